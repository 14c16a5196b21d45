/** What was asked for, held against what came out at the printers. */
import { readPaper } from './paper-reading.ts'

const KEPT_MAX = 1_000

export class Paper {
  readonly #asked = new Map<number, number>()
  readonly #came = new Map<number, string[]>()
  readonly #clicks = new Map<number, number>()
  readonly #faults: string[] = []
  #taken = 0
  #marks = 0

  newMark(): number {
    return ++this.#marks
  }

  /** One more copy, from the moment it was asked for: performance.now(). */
  ask(mark: number, at: number): void {
    this.#asked.set(mark, (this.#asked.get(mark) ?? 0) + 1)
    if (!this.#clicks.has(mark)) this.#clicks.set(mark, at)
  }

  /** All that a printer received at once; `at`: when its first byte came. Answers as `come`, for each paper that tells. */
  take(received: Buffer, at: number, where: string): readonly number[] {
    const { marks, fault } = readPaper(received)
    if (marks.length > 0 || fault !== null) this.#taken += 1
    if (fault !== null && this.#faults.length < KEPT_MAX) this.#faults.push(`${where}: ${fault}`)
    return marks.flatMap((mark) => this.come(mark, at, where) ?? [])
  }

  /** Answers how long after the click, where one is known. */
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

  /** Receptions but for those that brought nothing to print. */
  get taken(): number {
    return this.#taken
  }

  /** What was received and is no whole document; the first thousand. */
  get faults(): readonly string[] {
    return this.#faults
  }

  /** Different documents of those that were asked for. */
  get documents(): number {
    return this.#asked.size
  }

  get askedFor(): number {
    return [...this.#asked.values()].reduce((sum, count) => sum + count, 0)
  }
}
