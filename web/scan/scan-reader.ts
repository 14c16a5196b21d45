/** What the keys of a keyboard wedge look like: contracts/packing.md, "The pages in the browser". */

/** Scanners send a key every 1 to 30 ms; the fastest typists need some 60 ms. */
const BURST_GAP_MS = 45
/** Shorter bursts happen when somebody types two keys at once. */
const SCAN_LENGTH_MIN = 4
/** Without Enter at its end a burst must be longer to be believed. */
const BARE_SCAN_LENGTH_MIN = 6
/** After this silence a scanner that sends no Enter is done. Shorter, and a browser that is busy would cut codes in two. */
export const BARE_SCAN_MS = 350
/** Some send Enter twice, or a carriage return and a line feed: the second one is still the scanner's. */
const ECHO_MS = 250

export type KeyVerdict =
  /** The key ended a scan: that is its code. */
  | { readonly kind: 'scan'; readonly code: string }
  /** Enter or Tab that the scanner sent after a scan: nobody pressed it. */
  | { readonly kind: 'echo' }
  | { readonly kind: 'none' }

const NONE: KeyVerdict = { kind: 'none' }

/** Tells a scanner's burst from typing by the time between keys. Times are in milliseconds of any one clock. */
export class ScanReader {
  #burst = ''
  #lastAt = Number.NEGATIVE_INFINITY
  #scannedAt = Number.NEGATIVE_INFINITY

  /** A key that went down: one character, or a name such as `Enter`. */
  key(key: string, at: number, isRepeat = false): KeyVerdict {
    const isFast = at - this.#lastAt <= BURST_GAP_MS
    this.#lastAt = at
    if (key === 'Enter' || key === 'Tab') return this.#end(at, isFast)
    // Shift goes down and up within a scan of capitals.
    if (key === 'Shift') return NONE
    if ([...key].length !== 1) this.#burst = ''
    else if (isRepeat) this.#burst = ''
    else this.#burst = isFast ? this.#burst + key : key
    return NONE
  }

  /** Nothing came for BARE_SCAN_MS after the last key. */
  silence(at: number): KeyVerdict {
    if (at - this.#lastAt < BARE_SCAN_MS) return NONE
    const code = this.#burst
    this.#burst = ''
    if (code.length < BARE_SCAN_LENGTH_MIN) return NONE
    this.#scannedAt = at
    return { kind: 'scan', code }
  }

  #end(at: number, isFast: boolean): KeyVerdict {
    const code = this.#burst
    this.#burst = ''
    if (isFast && code.length >= SCAN_LENGTH_MIN) {
      this.#scannedAt = at
      return { kind: 'scan', code }
    }
    return at - this.#scannedAt <= ECHO_MS ? { kind: 'echo' } : NONE
  }
}
