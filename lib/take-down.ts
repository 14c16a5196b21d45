/** Stops one part that has started. */
export type Step = () => Promise<unknown>

/** What stops the parts that have started. */
export class TakeDown {
  readonly #drains: [name: string, step: Step][] = []
  readonly #cleanUp: [name: string, step: Step][] = []
  readonly #running = new Set<string>()
  #done: Promise<void> | undefined

  /** All of these at once: from here on nothing new is accepted, claimed or sent. `name` is for an operator. */
  drain(name: string, step: Step): void {
    this.#drains.push([name, step])
  }

  /** Then one after the other, the last started first. */
  cleanUp(name: string, step: Step): void {
    this.#cleanUp.push([name, step])
  }

  /** Names of the steps that have begun and not ended. */
  waitsFor(): readonly string[] {
    return [...this.#running]
  }

  /** Each step, whatever became of the others; then the first failure is thrown. Idempotent. */
  run(): Promise<void> {
    return (this.#done ??= this.#takeDown())
  }

  async #takeDown(): Promise<void> {
    const failures: unknown[] = []
    const run = async ([name, step]: readonly [string, Step]): Promise<void> => {
      this.#running.add(name)
      await step().catch((error: unknown) => failures.push(error))
      this.#running.delete(name)
    }
    await Promise.all(this.#drains.map(run))
    for (const step of this.#cleanUp.toReversed()) await run(step)
    if (failures.length > 0) throw failures[0]
  }
}
