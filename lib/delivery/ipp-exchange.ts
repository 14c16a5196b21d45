import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import { IPP_MESSAGE_BYTES_MAX } from './ipp-decoder.ts'
import { IppTransportError } from './ipp-transport-error.ts'

/** The ledger's grain when a connection ends: no more than this is in doubt. */
const CHUNK_BYTES = 16 * 1024

export interface IppDocument {
  readonly bytes: Uint8Array
  /** Called when the printer is connected; no byte leaves before it resolves, none at all if it rejects. */
  beforeFirstByte(): Promise<void>
  /** Bytes of the document handed over, called before each part is. */
  onBytes(handedOver: number): void
  /** The kernel has all of it, and goes on sending whatever becomes of the exchange. */
  onFlushed?(): void
}

/** One request and its response; whatever ends it early ends every wait. */
export class Exchange {
  readonly #request: ClientRequest
  readonly #signal: AbortSignal | undefined
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #failed: Promise<never>
  /** Ends every wait, also one for a request that was destroyed without a word. */
  readonly #fail: (error: Error) => void
  readonly #response: Promise<IncomingMessage>
  #reader: IncomingMessage | undefined

  constructor(request: ClientRequest, signal: AbortSignal | undefined) {
    this.#request = request
    this.#signal = signal
    let fail: (error: Error) => void = () => undefined
    this.#failed = new Promise((_, reject) => {
      fail = reject
    })
    this.#fail = fail
    this.#failed.catch(() => undefined)
    request.on('error', fail)
    // Node drops a connection that is upgraded when nobody listens for that, and tells no error.
    request.on('upgrade', (response, socket) => {
      socket.destroy()
      fail(new IppTransportError('bad-response', `HTTP ${response.statusCode}, which nobody asked for`))
    })
    request.on('close', () => {
      if (this.#reader === undefined) fail(new IppTransportError('unreachable', 'the connection ended'))
    })
    this.#response = new Promise((resolve) =>
      request.once('response', (response) => {
        this.#reader = response
        resolve(response)
      }),
    )
    if (signal?.aborted) this.#abort()
    signal?.addEventListener('abort', this.#abort)
  }

  get isReused(): boolean {
    return this.#request.reusedSocket
  }

  limit(ms: number, complaint: string): NodeJS.Timeout {
    const error = new IppTransportError('timeout', `${complaint} within ${ms} ms`)
    const timer = setTimeout(() => this.#break(error), ms)
    this.#timers.add(timer)
    return timer
  }

  async within<T>(ms: number, complaint: string, step: Promise<T>): Promise<T> {
    const timer = this.limit(ms, complaint)
    try {
      return await Promise.race([step, this.#failed])
    } finally {
      clearTimeout(timer)
    }
  }

  /** A request writes nothing by itself, so nothing has left when this resolves. */
  connected(): Promise<void> {
    return new Promise((resolve) => {
      this.#request.once('socket', (socket) => {
        if (isEstablished(socket)) resolve()
        else socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => resolve())
      })
    })
  }

  async permitted(document: IppDocument | undefined): Promise<void> {
    try {
      await document?.beforeFirstByte()
    } catch (cause) {
      throw new IppTransportError('forbidden', 'sending was not permitted', { cause })
    }
  }

  responded(): Promise<IncomingMessage> {
    return this.#response
  }

  /** Stops at an early response: a printer that refuses needn't take the rest. */
  async send(message: Uint8Array, document: IppDocument | undefined): Promise<void> {
    await this.#write(message)
    const bytes = document?.bytes ?? new Uint8Array()
    for (let offset = 0; offset < bytes.length && this.#reader === undefined; offset += CHUNK_BYTES) {
      const chunk = bytes.subarray(offset, offset + CHUNK_BYTES)
      document?.onBytes(offset + chunk.length)
      await this.#write(chunk)
    }
    if (this.#reader === undefined) this.#request.end(() => document?.onFlushed?.())
  }

  async #write(bytes: Uint8Array): Promise<void> {
    // A request that has ended takes nothing and is never drained: the race then ends with its error.
    if (this.#request.write(bytes)) return
    const drained = new Promise((resolve) => this.#request.once('drain', resolve))
    await Promise.race([drained, this.#response, this.#failed])
  }

  async read(response: IncomingMessage): Promise<Buffer> {
    if (response.statusCode !== 200) {
      throw new IppTransportError('http-status', `HTTP ${response.statusCode}`, {
        statusCode: response.statusCode ?? 0,
        challenge: response.headers['www-authenticate'],
      })
    }
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > IPP_MESSAGE_BYTES_MAX) throw new IppTransportError('bad-response', 'a response over 1 MiB')
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }

  /**
   * A connection is kept only when both sides have said all they had to say, and were heard: Node gives none back of whose
   * answer a part is unread, and after a few refusals there would be none left for this printer.
   */
  end(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#signal?.removeEventListener('abort', this.#abort)
    if (!this.#request.writableFinished || this.#reader?.readableEnded !== true) this.#request.destroy()
  }

  readonly #abort = (): void => {
    this.#break(new IppTransportError('aborted', 'stopped waiting for the printer'))
  }

  #break(error: Error): void {
    const target = this.#reader ?? this.#request
    target.destroy(error)
    this.#fail(error)
  }
}

function isEstablished(socket: Socket): boolean {
  if (socket.connecting) return false
  return !(socket instanceof TLSSocket) || !UNFINISHED.has(socket.getProtocol())
}

/** What a TLS socket calls its protocol before the handshake is over. */
const UNFINISHED: ReadonlySet<string | null> = new Set([null, 'unknown'])
