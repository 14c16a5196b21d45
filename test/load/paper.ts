/** What was asked for, held against what came out at the printers. */
export class Paper {
  readonly #asked = new Map<number, number>()
  readonly #came = new Map<number, string[]>()
  readonly #clicks = new Map<number, number>()
  #marks = 0

  newMark(): number {
    return ++this.#marks
  }

  /** One more copy, from the moment it was asked for: performance.now(). */
  ask(mark: number, at: number): void {
    this.#asked.set(mark, (this.#asked.get(mark) ?? 0) + 1)
    if (!this.#clicks.has(mark)) this.#clicks.set(mark, at)
  }

  /** `at`: when its first byte came. Answers how long after the click, where one is known. */
  come(mark: number, at: number, where: string): number | null {
    const before = this.#came.get(mark)
    if (before) before.push(where)
    else this.#came.set(mark, [where])
    const clicked = this.#clicks.get(mark)
    return before || clicked === undefined ? null : at - clicked
  }

  get lastMark(): number {
    return this.#marks
  }

  /** Copies that are still to come, of marks beyond that one. */
  missing(after = 0): readonly number[] {
    return [...this.#asked]
      .filter(([mark, count]) => mark > after && this.timesCome(mark) < count)
      .map(([mark]) => mark)
  }

  /** More copies than were asked for, and where they came. */
  doubled(): readonly string[] {
    return [...this.#came]
      .filter(([mark, places]) => places.length > (this.#asked.get(mark) ?? 0))
      .map(([mark, places]) => `${mark} came at ${places.join(', ')}`)
  }

  timesCome(mark: number): number {
    return this.#came.get(mark)?.length ?? 0
  }

  get askedFor(): number {
    return [...this.#asked.values()].reduce((sum, count) => sum + count, 0)
  }
}
