/** A wait that ends when somebody calls `wake`, or after a time. A call that comes before the wait isn't lost. */
export class WakeSignal {
  #isWoken = false
  #resolve: (() => void) | null = null

  get isWoken(): boolean {
    return this.#isWoken
  }

  wake(): void {
    this.#isWoken = true
    this.#resolve?.()
  }

  /** True when woken, false when the time was over. */
  async wait(timeoutMs: number): Promise<boolean> {
    if (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs)
        this.#resolve = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#resolve = null
    }
    const wasWoken = this.#isWoken
    this.#isWoken = false
    return wasWoken
  }
}
