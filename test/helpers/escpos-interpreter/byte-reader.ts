/** What a printer would not understand, or would print otherwise than was meant; `offset` is that of the command. */
export class EscPosError extends Error {
  override readonly name = 'EscPosError'
  readonly offset: number
  constructor(message: string, offset: number) {
    super(`${message} (at byte ${offset})`)
    this.offset = offset
  }
}

/** Bytes in order; asking for more than there are is an error at the command that wanted them. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0
  #commandAt = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Where the command that is being read began. */
  get commandAt(): number {
    return this.#commandAt
  }

  /** The bytes of the command so far. */
  get commandBytes(): Uint8Array {
    return this.#bytes.subarray(this.#commandAt, this.#at)
  }

  /** The first byte of a command or of text. */
  begin(): number {
    this.#commandAt = this.#at
    return this.byte()
  }

  byte(): number {
    const value = this.#bytes[this.#at]
    if (value === undefined) throw this.error('the command is cut off')
    this.#at++
    return value
  }

  /** Low byte first. */
  word(): number {
    return this.byte() + this.byte() * 256
  }

  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + count)
    if (taken.length < count)
      throw this.error(`the command is cut off: ${count - taken.length} bytes are missing`)
    this.#at += count
    return taken
  }

  /** Up to the NUL, which is read too. */
  untilNul(): Uint8Array {
    const end = this.#bytes.indexOf(0, this.#at)
    if (end < 0) throw this.error('the command is cut off: its NUL is missing')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end + 1
    return taken
  }

  /** A byte that has to be one of these; Epson often takes 1 and the digit "1" alike, hence `digitToo`. */
  oneOf(what: string, allowed: readonly number[], digitToo = false): number {
    const value = this.byte()
    if (allowed.includes(value)) return value
    if (digitToo && allowed.includes(value - 0x30)) return value - 0x30
    throw this.error(`${what} ${value} is not one of ${allowed.join(', ')}`)
  }

  error(message: string): EscPosError {
    return new EscPosError(message, this.#commandAt)
  }
}
