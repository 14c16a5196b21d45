import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

import { HttpAuthenticator } from './http-authenticator.ts'
import { type IppEndpoint, identityCheck } from './ipp-endpoint.ts'
import { Exchange, type IppDocument } from './ipp-exchange.ts'
import { IppTransportError, toTransportError } from './ipp-transport-error.ts'

/** ippeveprinter and many printers close an idle connection after 10 s; ours must go first. */
const IDLE_MS = 8_000
/** One that works and one that asks how it goes: embedded printers accept few. */
const CONNECTIONS_MAX = 2

export interface IppTimeouts {
  /** Name, TCP and TLS together. */
  readonly connectMs: number
  /** From the last byte sent to the head of the response. */
  readonly responseMs: number
  /** A request without a document, from start to end. */
  readonly requestMs: number
  /** A request with one. */
  readonly documentMs: number
}

interface Request {
  readonly message: Uint8Array
  readonly document?: IppDocument
  readonly authorization: string | undefined
  readonly isChunked?: boolean
}

const LENGTH_REQUIRED = 411
const TOO_LARGE = 413

/** POST of application/ipp over HTTP(S): RFC 8010, section 4. Everything it throws is an IppTransportError. */
export class IppTransport {
  readonly #endpoint: IppEndpoint
  readonly #timeouts: IppTimeouts
  readonly #agent: HttpAgent | HttpsAgent
  readonly #authenticator: HttpAuthenticator
  /** Every printer takes a document whose length it is told; one that has no room for all of it may take it in chunks. */
  #isChunked = false

  constructor(endpoint: IppEndpoint, timeouts: IppTimeouts) {
    this.#endpoint = endpoint
    this.#timeouts = timeouts
    this.#authenticator = new HttpAuthenticator(endpoint.credentials)
    const options = { keepAlive: true, timeout: IDLE_MS, maxSockets: CONNECTIONS_MAX, maxFreeSockets: 1 }
    this.#agent = endpoint.isSecure ? new HttpsAgent(options) : new HttpAgent(options)
  }

  /** Repeats itself once when a kept connection turns out to be closed, so only for requests that may arrive twice. */
  async ask(message: Uint8Array, signal?: AbortSignal): Promise<Buffer> {
    try {
      return await this.#introduced(message, signal)
    } catch (error) {
      if (!(error instanceof IppTransportError) || !error.isStaleConnection) throw error
      return this.#introduced(message, signal)
    }
  }

  /**
   * Never repeats what a printer may have seen. With a document it goes out once, whatever the answer: one that asks for
   * the password is remembered for the next, and so is one that finds it too large.
   */
  async submit(message: Uint8Array, document: IppDocument | undefined, signal: AbortSignal): Promise<Buffer> {
    if (document === undefined) return this.#introduced(message, signal)
    const authorization = this.#authorize()
    try {
      return await this.#exchange({ message, document, authorization, isChunked: this.#isChunked }, signal)
    } catch (error) {
      this.#isWorthProof(error, authorization)
      throw this.#afterRefusal(error)
    }
  }

  /** In chunks the next time, where the whole was too large; a printer that refuses these too will never take it. */
  #afterRefusal(error: unknown): unknown {
    if (!(error instanceof IppTransportError)) return error
    const { failure, message, statusCode } = error
    if (statusCode !== TOO_LARGE && statusCode !== LENGTH_REQUIRED) return error
    const isForGood = this.#isChunked
    this.#isChunked = !isForGood && statusCode === TOO_LARGE
    return isForGood
      ? new IppTransportError(failure, message, { cause: error, statusCode, isForGood })
      : error
  }

  /** Ends idle connections; one in use ends with its exchange. */
  close(): void {
    this.#agent.maxFreeSockets = 0
    for (const sockets of Object.values(this.#agent.freeSockets))
      sockets?.forEach((socket) => socket.destroy())
  }

  /** A server that refused for want of a proof hasn't handed the request to the printer: it is sent again, with one. */
  async #introduced(message: Uint8Array, signal?: AbortSignal): Promise<Buffer> {
    const authorization = this.#authorize()
    try {
      return await this.#exchange({ message, authorization }, signal)
    } catch (error) {
      if (!this.#isWorthProof(error, authorization)) throw error
      return this.#exchange({ message, authorization: this.#authorize() }, signal)
    }
  }

  #authorize(): string | undefined {
    return this.#authenticator.authorize('POST', this.#endpoint.path)
  }

  #isWorthProof(error: unknown, authorization: string | undefined): boolean {
    if (!(error instanceof IppTransportError) || error.challenge === null) return false
    return this.#authenticator.learn(error.challenge, authorization !== undefined)
  }

  async #exchange(request: Request, signal?: AbortSignal): Promise<Buffer> {
    const { message, document } = request
    const exchange = new Exchange(this.#open(request), signal)
    try {
      const { connectMs, responseMs, requestMs, documentMs } = this.#timeouts
      exchange.limit(document === undefined ? requestMs : documentMs, 'no end of the exchange')
      await exchange.within(connectMs, 'no connection', exchange.connected())
      await exchange.permitted(document)
      await exchange.send(message, document)
      const response = await exchange.within(responseMs, 'no response', exchange.responded())
      return await exchange.read(response)
    } catch (error) {
      throw toTransportError(error, this.#endpoint, exchange.isReused)
    } finally {
      exchange.end()
    }
  }

  #open({ message, document, authorization, isChunked = false }: Request): ClientRequest {
    const { host, port, path, isSecure, ca } = this.#endpoint
    const contentLength = message.length + (document?.bytes.length ?? 0)
    const headers = {
      'content-type': 'application/ipp',
      ...(isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': contentLength }),
      ...(authorization === undefined ? {} : { authorization }),
    }
    const options = { method: 'POST', agent: this.#agent, host, port, path, headers }
    if (!isSecure) return httpRequest(options)
    try {
      return httpsRequest({
        ...options,
        ...(ca === undefined ? {} : { ca, checkServerIdentity: identityCheck(ca) }),
      })
    } catch (error) {
      throw toTransportError(error, this.#endpoint, false)
    }
  }
}
