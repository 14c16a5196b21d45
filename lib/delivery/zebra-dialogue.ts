import type { SocketConnection } from './socket-connection.ts'
import { ZebraAnswers, type ZebraStatus } from './zebra-status.ts'

const QUESTION = Buffer.from('~HS')

/** Questions and answers beside a document, on its connection. */
export class ZebraDialogue {
  readonly #connection: SocketConnection
  readonly #answers = new ZebraAnswers()
  #latest: ZebraStatus | undefined
  #hasAnswered = false

  constructor(connection: SocketConnection) {
    this.#connection = connection
  }

  /** Anything so far, in time or late. */
  get hasAnswered(): boolean {
    return this.#hasAnswered
  }

  /** How the printer is now; undefined when it keeps silent. An answer that comes late is forgotten. Throws SocketError. */
  async ask(limitMs: number): Promise<ZebraStatus | undefined> {
    this.#latest = undefined
    await this.#connection.ask(QUESTION, limitMs, (chunk) => this.#hear(chunk))
    return this.#latest
  }

  #hear(chunk: Uint8Array): boolean {
    const latest = this.#answers.read(chunk).at(-1)
    if (latest === undefined) return false
    this.#hasAnswered = true
    this.#latest = latest
    return true
  }
}
