import type { SocketConnection as SocketAddress } from './connection.ts'
import { notSent, printed, unknownOutcome, unreachable } from './delivery-result.ts'
import type { Delivery, DeliveryContext, DeliveryResult, Driver } from './driver.ts'
import { SocketConnection, SocketError } from './socket-connection.ts'

export interface SocketLimits {
  readonly connectMs: number
  /** No byte taken for so long: the printer is off, jammed or full. */
  readonly stallMs: number
  /** How long a printer has to close after the last byte. */
  readonly silenceMs: number
  /** The same for one that didn't close the last time: many never do, and each label would wait. */
  readonly habitualSilenceMs: number
}

const LIMITS: SocketLimits = { connectMs: 5_000, stallMs: 60_000, silenceMs: 3_000, habitualSilenceMs: 300 }

/** Raw TCP, port 9100 and the like: knows that bytes were accepted, never that they were printed. */
export class SocketDriver implements Driver {
  readonly #address: SocketAddress
  readonly #limits: SocketLimits
  #keepsOpen = false

  constructor(address: SocketAddress, limits: Partial<SocketLimits> = {}) {
    this.#address = address
    this.#limits = { ...LIMITS, ...limits }
  }

  async deliver(delivery: Delivery, context: DeliveryContext): Promise<DeliveryResult> {
    const connection = new SocketConnection(this.#address, context.signal)
    const sending = new Sending(delivery)
    try {
      const { silenceMs, habitualSilenceMs } = this.#limits
      const waitMs = this.#keepsOpen ? Math.min(habitualSilenceMs, silenceMs) : silenceMs
      const { isClosed, result } = await sending.run(connection, context, {
        ...this.#limits,
        silenceMs: waitMs,
      })
      if (isClosed !== null) this.#keepsOpen = !isClosed
      return result
    } catch (error) {
      if (!(error instanceof SocketError)) throw error
      return sending.broken(
        `${this.#address.host}:${this.#address.port}: ${error.message}`,
        context.signal.aborted,
      )
    } finally {
      connection.close()
    }
  }

  /** Every delivery closes its own connection. */
  async close(): Promise<void> {}
}

/** Copies of the document one after the other in one connection. */
class Sending {
  readonly #delivery: Delivery
  readonly #bytesOffered: number
  #bytesWritten = 0

  constructor(delivery: Delivery) {
    this.#delivery = delivery
    this.#bytesOffered = delivery.bytes.length * delivery.copies
  }

  async run(
    connection: SocketConnection,
    context: DeliveryContext,
    limits: SocketLimits,
  ): Promise<{ readonly result: DeliveryResult; readonly isClosed: boolean | null }> {
    await connection.connected(limits.connectMs)
    const refusal = await context
      .beforeFirstByte()
      .catch((cause: unknown) => cause ?? new Error('not permitted'))
    if (refusal !== undefined) return { result: this.#notSent('sending was not permitted'), isClosed: null }
    for (let copy = 0; copy < this.#delivery.copies; copy += 1) {
      await connection.write(this.#delivery.bytes, limits.stallMs, (length) => {
        this.#bytesWritten += length
      })
    }
    const isClosed = await connection.finish(limits.stallMs, limits.silenceMs)
    const ending = isClosed ? 'the printer closed the connection' : 'the printer kept the connection open'
    const detail = `${this.#bytesWritten} bytes accepted; ${ending}`
    return { result: printed('sent', { ...this.#ledger(), detail }), isClosed }
  }

  /**
   * What was handed to the kernel may have been printed, so even a connection that broke after the last byte leaves the
   * outcome open: a reset throws away what the printer hadn't read.
   */
  broken(detail: string, isAborted: boolean): DeliveryResult {
    if (this.#bytesWritten === 0)
      return isAborted ? this.#notSent(detail) : unreachable(this.#bytesOffered, detail)
    const progress = `after at most ${this.#bytesWritten} of ${this.#bytesOffered} bytes; it may have printed`
    return unknownOutcome({ ...this.#ledger(), detail: `${detail} ${progress}` })
  }

  #notSent(detail: string): DeliveryResult {
    return notSent({ bytesOffered: this.#bytesOffered, detail, next: 'retry', reason: null })
  }

  #ledger(): { bytesOffered: number; bytesWritten: number } {
    return { bytesOffered: this.#bytesOffered, bytesWritten: this.#bytesWritten }
  }
}
