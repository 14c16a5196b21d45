import type { SocketConnection as SocketAddress } from './connection.ts'
import type { Delivery, DeliveryContext, DeliveryResult, Driver } from './driver.ts'
import { SocketConnection, SocketError } from './socket-connection.ts'
import { SocketSending } from './socket-sending.ts'

export interface SocketLimits {
  readonly connectMs: number
  /** No byte taken for so long: the printer is off, jammed or full. */
  readonly stallMs: number
  /** How long a printer has to close after the last byte. */
  readonly silenceMs: number
  /** The same for one that didn't close the last time: many never do, and each label would wait. */
  readonly habitualSilenceMs: number
}

export const SOCKET_LIMITS: SocketLimits = {
  connectMs: 5_000,
  stallMs: 60_000,
  silenceMs: 3_000,
  habitualSilenceMs: 300,
}

/** Raw TCP, port 9100 and the like: knows that bytes were accepted, never that they were printed. */
export class SocketDriver implements Driver {
  readonly #address: SocketAddress
  readonly #limits: SocketLimits
  readonly #closing: ClosingHabit

  constructor(address: SocketAddress, limits: Partial<SocketLimits> = {}) {
    this.#address = address
    this.#limits = { ...SOCKET_LIMITS, ...limits }
    this.#closing = new ClosingHabit(this.#limits)
  }

  async deliver(delivery: Delivery, context: DeliveryContext): Promise<DeliveryResult> {
    const connection = new SocketConnection(this.#address, context.signal)
    const sending = new SocketSending(this.#address, delivery)
    try {
      await connection.connected(this.#limits.connectMs)
      if (!(await sending.run(connection, context, this.#limits.stallMs))) return sending.notPermitted()
      return sending.finished(await this.#closing.finish(connection))
    } catch (error) {
      if (!(error instanceof SocketError)) throw error
      return sending.broken(error, context.signal)
    } finally {
      connection.close()
    }
  }

  /** Every delivery closes its own connection. */
  async close(): Promise<void> {}
}

/** Whether a printer closes the connection after us, which is worth waiting for once. */
export class ClosingHabit {
  readonly #limits: SocketLimits
  #keepsOpen = false

  constructor(limits: SocketLimits) {
    this.#limits = limits
  }

  /** True when the printer closed, too. Throws SocketError. */
  async finish(connection: SocketConnection): Promise<boolean> {
    const { stallMs, silenceMs, habitualSilenceMs } = this.#limits
    const waitMs = this.#keepsOpen ? Math.min(habitualSilenceMs, silenceMs) : silenceMs
    const isClosed = await connection.finish(stallMs, waitMs)
    this.#keepsOpen = !isClosed
    return isClosed
  }
}
