/** What the keys of a keyboard wedge look like: contracts/packing.md, "The pages in the browser". */

/** Scanners send a key every 1 to 30 ms; the fastest typists need some 60 ms. */
const BURST_GAP_MS = 45
/** Shorter bursts happen when somebody types two keys at once. */
const SCAN_LENGTH_MIN = 4
/** Without Enter at its end a burst must be longer to be believed. */
const BARE_SCAN_LENGTH_MIN = 6
/**
 * After this silence a scanner that sends no Enter is done. Shorter gaps are hiccups of a radio or of a busy machine: nobody
 * presses a key and then scans within it.
 */
export const BARE_SCAN_MS = 350
/** Of the gaps of a scan that many may be hiccups, 1 in any case: whoever types makes nearly all of them slow. */
const HICCUPS_SHARE = 0.25
/** Some send Enter twice, or a carriage return and a line feed: the second one is still the scanner's. */
const ECHO_MS = 250

export type KeyVerdict =
  /** The key ended a scan: that is its code. */
  | { readonly kind: 'scan'; readonly code: string }
  /** Enter or Tab that the scanner sent after a scan: nobody pressed it. */
  | { readonly kind: 'echo' }
  | { readonly kind: 'none' }

const NONE: KeyVerdict = { kind: 'none' }
const NOTHING = { text: '', burst: '', slowGaps: 0 } as const

/** Tells a scanner's burst from typing by the time between keys. Times are in milliseconds of any one clock. */
export class ScanReader {
  /** Keys without a silence between them, those since the last slow gap, and how many gaps were slow. */
  #run: { readonly text: string; readonly burst: string; readonly slowGaps: number } = NOTHING
  #lastAt = Number.NEGATIVE_INFINITY
  #scannedAt = Number.NEGATIVE_INFINITY

  /** A key that went down: one character, or a name such as `Enter`. */
  key(key: string, at: number, isRepeat = false): KeyVerdict {
    const gapMs = at - this.#lastAt
    this.#lastAt = at
    if (key === 'Enter' || key === 'Tab') return this.#end(at, gapMs)
    // Shift goes down and up within a scan of capitals.
    if (key === 'Shift') return NONE
    if ([...key].length !== 1 || isRepeat) this.#run = NOTHING
    else this.#add(key, gapMs)
    return NONE
  }

  /** Nothing came for BARE_SCAN_MS after the last key. */
  silence(at: number): KeyVerdict {
    if (at - this.#lastAt < BARE_SCAN_MS) return NONE
    const code = this.#code(this.#run.slowGaps)
    this.#run = NOTHING
    if (code.length < BARE_SCAN_LENGTH_MIN) return NONE
    this.#scannedAt = at
    return { kind: 'scan', code }
  }

  #add(key: string, gapMs: number): void {
    const { text, burst, slowGaps } = this.#run
    if (text === '' || gapMs > BARE_SCAN_MS) this.#run = { text: key, burst: key, slowGaps: 0 }
    else if (gapMs > BURST_GAP_MS) this.#run = { text: text + key, burst: key, slowGaps: slowGaps + 1 }
    else this.#run = { text: text + key, burst: burst + key, slowGaps }
  }

  /** The whole run when it had few hiccups; else somebody typed, and a scan may have followed. */
  #code(slowGaps: number): string {
    const { text, burst } = this.#run
    return slowGaps <= Math.max(1, text.length * HICCUPS_SHARE) ? text : burst
  }

  #end(at: number, gapMs: number): KeyVerdict {
    const isFast = gapMs <= BURST_GAP_MS
    const slowGaps = this.#run.slowGaps + (isFast ? 0 : 1)
    const code = this.#code(slowGaps)
    const isWhole = code === this.#run.text && gapMs <= BARE_SCAN_MS
    this.#run = NOTHING
    if ((isFast || isWhole) && code.length >= SCAN_LENGTH_MIN) {
      this.#scannedAt = at
      return { kind: 'scan', code }
    }
    return at - this.#scannedAt <= ECHO_MS ? { kind: 'echo' } : NONE
  }
}
