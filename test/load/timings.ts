/** How long things took, by name, in milliseconds, and what went wrong. */
export class Timings {
  readonly #samples = new Map<string, number[]>()
  readonly #troubles = new Map<string, number>()

  record(name: string, ms: number): void {
    const own = this.#samples.get(name)
    if (own) own.push(ms)
    else this.#samples.set(name, [ms])
  }

  /** `what` such as `HTTP 429`. */
  trouble(name: string, what: string): void {
    const key = `${name}: ${what}`
    this.#troubles.set(key, (this.#troubles.get(key) ?? 0) + 1)
  }

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

  troublesMatching(pattern: RegExp): number {
    return this.troubles().reduce((sum, [what, count]) => sum + (pattern.test(what) ? count : 0), 0)
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
