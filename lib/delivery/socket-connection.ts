import { connect, type Socket } from 'node:net'

import { describeNetworkError } from './network-error.ts'

/** Small enough that a slow printer is seen to move within the stall limit. */
const CHUNK_BYTES = 16 * 1024
/** What a device may say while it is printed on; more is a flood, and nobody reads it. */
const CHATTER_BYTES_MAX = 1024 * 1024

/** The connection ended or a limit ran out: `message` says which, for a person. */
export class SocketError extends Error {
  override readonly name = 'SocketError'
}

/** One outgoing byte stream with limits on every wait. Everything it throws is a SocketError. */
export class SocketConnection {
  readonly #socket: Socket
  readonly #signal: AbortSignal
  readonly #failed: Promise<never>
  #chatterBytes = 0
  #hear: ((chunk: Uint8Array) => void) | null = null

  constructor(address: { readonly host: string; readonly port: number }, signal: AbortSignal) {
    this.#signal = signal
    // allowHalfOpen: a device that ends its side early may still be reading ours.
    this.#socket = connect({ host: address.host, port: address.port, allowHalfOpen: true, noDelay: true })
    this.#failed = new Promise((_, reject) => {
      this.#socket.on('error', (error) => reject(toSocketError(error)))
    })
    this.#failed.catch(() => undefined)
    this.#socket.on('data', (chunk) => {
      this.#hear?.(chunk)
      this.#drain(chunk.length)
    })
    signal.addEventListener('abort', this.#abort)
    if (signal.aborted) this.#abort()
  }

  async connected(limitMs: number): Promise<void> {
    await this.#within(limitMs, 'no connection', this.#event('connect'))
  }

  /** Resolves when the kernel has taken the bytes; `onBytes` is told of every part before it is handed over. */
  async write(bytes: Uint8Array, stallMs: number, onBytes: (length: number) => void): Promise<void> {
    for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
      const chunk = bytes.subarray(offset, offset + CHUNK_BYTES)
      this.throwIfBroken()
      onBytes(chunk.length)
      const taken = new Promise<void>((resolve) => this.#socket.write(chunk, (error) => error ?? resolve()))
      await this.#within(stallMs, 'the printer took nothing', taken)
    }
  }

  /**
   * Asks the device something. `hear` gets what it says from then on, until the next question, and tells whether that
   * was the answer; false when none came in time.
   */
  async ask(question: Uint8Array, limitMs: number, hear: (chunk: Uint8Array) => boolean): Promise<boolean> {
    this.throwIfBroken()
    let onEnd = (): void => undefined
    const answered = new Promise<void>((resolve, reject) => {
      this.#hear = (chunk) => {
        if (hear(chunk)) resolve()
      }
      onEnd = () => reject(new SocketError('the printer closed the connection'))
    })
    this.#socket.once('end', onEnd)
    this.#socket.write(question)
    try {
      return await this.#withinOr(limitMs, answered)
    } finally {
      this.#socket.off('end', onEnd)
      answered.catch(() => undefined)
    }
  }

  /**
   * Ends our side and waits for the printer to end its own: true if it did, false if it kept silent. Silence is no
   * error: many never close.
   */
  async finish(stallMs: number, silenceMs: number): Promise<boolean> {
    this.throwIfBroken()
    const ended = this.#event('end')
    const flushed = this.#event('finish')
    this.#socket.end()
    await this.#within(stallMs, 'the printer took nothing', flushed)
    return this.#withinOr(silenceMs, ended)
  }

  /**
   * A printer that ends its side before we ended ours is busy with another host or has given up: it may have read
   * nothing of what the kernel took, and the reset that tells so would come too late to be seen.
   */
  throwIfBroken(): void {
    if (this.#socket.errored !== null) throw toSocketError(this.#socket.errored)
    if (this.#socket.readableEnded) throw new SocketError('the printer closed the connection')
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#abort)
    this.#socket.destroy()
  }

  #event(name: string): Promise<void> {
    return new Promise((resolve) => this.#socket.once(name, () => resolve()))
  }

  async #within<T>(ms: number, complaint: string, step: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#socket.destroy(new SocketError(`${complaint} within ${ms} ms`)), ms)
    try {
      return await Promise.race([step, this.#failed])
    } finally {
      clearTimeout(timer)
    }
  }

  async #withinOr(ms: number, step: Promise<void>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), ms)
    })
    try {
      return await Promise.race([step.then(() => true), silence, this.#failed])
    } finally {
      clearTimeout(timer)
    }
  }

  #drain(length: number): void {
    this.#chatterBytes += length
    if (this.#chatterBytes > CHATTER_BYTES_MAX) this.#socket.pause()
  }

  readonly #abort = (): void => {
    this.#socket.destroy(new SocketError('stopped by the server'))
  }
}

function toSocketError(error: Error): SocketError {
  return error instanceof SocketError ? error : new SocketError(describeNetworkError(error), { cause: error })
}
