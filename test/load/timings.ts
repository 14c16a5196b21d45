/** How long things took, by name, in milliseconds, and what went wrong. */
export class Timings {
  readonly #samples = new Map<string, number[]>()
  readonly #troubles = new Map<string, number>()
  readonly #refused: string[] = []
  readonly #internal = new Map<string, string>()

  record(name: string, ms: number): void {
    const own = this.#samples.get(name)
    if (own) own.push(ms)
    else this.#samples.set(name, [ms])
  }

  /** What was asked again. `what` such as `HTTP 429`. */
  trouble(name: string, what: string): void {
    const key = `${name}: ${what}`
    this.#troubles.set(key, (this.#troubles.get(key) ?? 0) + 1)
  }

  /** What somebody gave up. */
  refuse(what: string): void {
    this.#refused.push(what)
  }

  /** An answer that is a defect unless the server's log says that it was busy. */
  internal(requestId: string, name: string): void {
    this.#internal.set(requestId, name)
  }

  /** Forgets how long the set-up took. */
  reset(): void {
    this.#samples.clear()
    this.#troubles.clear()
  }

  /** In the order of first use. */
  rows(): readonly TimingRow[] {
    return [...this.#samples].map(([name, samples]) => ({ name, ...distributionOf(samples) }))
  }

  /** Most frequent first. */
  troubles(): readonly (readonly [string, number])[] {
    return [...this.#troubles].toSorted(([, one], [, other]) => other - one)
  }

  get refused(): readonly string[] {
    return this.#refused
  }

  /** Names of the calls by their request's id. */
  get internalAnswers(): ReadonlyMap<string, string> {
    return this.#internal
  }
}

export interface Distribution {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export type TimingRow = Distribution & { readonly name: string }

function distributionOf(samples: readonly number[]): Distribution {
  const sorted = Float64Array.from(samples).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}
