import { setTimeout as delay } from 'node:timers/promises'
import type { SocketConnection as SocketAddress } from './connection.ts'
import type { Delivery, DeliveryContext, DeliveryResult, Driver } from './driver.ts'
import { askStatus, type EscposFinding, type StatusCheck } from './escpos-status.ts'
import { SocketConnection, SocketError } from './socket-connection.ts'
import { SocketSending } from './socket-sending.ts'

export interface EscposLimits {
  /** For all tries together. */
  readonly connectMs: number
  readonly retryMs: number
  readonly tolerantMs: number
  readonly strictMs: number
  /** No byte taken for so long: the printer is off, jammed or full. */
  readonly stallMs: number
  /** How long a printer has to close after the last byte. */
  readonly closeMs: number
}

const LIMITS: EscposLimits = {
  connectMs: 3_000,
  retryMs: 250,
  tolerantMs: 1_000,
  strictMs: 3_000,
  stallMs: 30_000,
  closeMs: 2_000,
}

/** A receipt printer behind TCP: contracts/thermal.md, section 4, "Sending to a `socket` printer". */
export class EscposDriver implements Driver {
  readonly #address: SocketAddress
  readonly #statusCheck: StatusCheck
  readonly #limits: EscposLimits
  /** One connection at a time: most of these printers refuse a second. */
  #line: Promise<unknown> = Promise.resolve()

  constructor(address: SocketAddress, statusCheck: StatusCheck, limits: Partial<EscposLimits> = {}) {
    this.#address = address
    this.#statusCheck = statusCheck
    this.#limits = { ...LIMITS, ...limits }
  }

  deliver(
    delivery: Delivery,
    context: DeliveryContext,
    statusCheck = this.#statusCheck,
  ): Promise<DeliveryResult> {
    return this.#inLine(() => this.#deliver(delivery, context, statusCheck))
  }

  async close(): Promise<void> {}

  async #deliver(
    delivery: Delivery,
    context: DeliveryContext,
    statusCheck: StatusCheck,
  ): Promise<DeliveryResult> {
    const { stallMs, closeMs } = this.#limits
    const { signal } = context
    const sending = new SocketSending(this.#address, delivery)
    let connection: SocketConnection | undefined
    try {
      const reached = await this.#reach(signal, statusCheck)
      connection = reached.connection
      if (reached.trouble) return sending.held(reached.trouble)
      if (!(await sending.run(connection, context, stallMs))) return sending.notPermitted()
      return sending.finished(await connection.finish(stallMs, closeMs))
    } catch (error) {
      if (!(error instanceof SocketError)) throw error
      return sending.broken(error, signal)
    } finally {
      connection?.close()
    }
  }

  /** A connection on which the printer raised no objection. Lost ones are made again, as long as the time lasts. */
  async #reach(
    signal: AbortSignal,
    check: StatusCheck,
  ): Promise<{ readonly connection: SocketConnection } & Pick<EscposFinding, 'trouble'>> {
    const deadline = performance.now() + this.#limits.connectMs
    for (;;) {
      const connection = new SocketConnection(this.#address, signal)
      try {
        await connection.connected(Math.max(1, Math.ceil(deadline - performance.now())))
        return { connection, trouble: await this.#ask(connection, check) }
      } catch (error) {
        connection.close()
        const isLate = performance.now() + this.#limits.retryMs >= deadline
        if (!(error instanceof SocketError) || signal.aborted || isLate) throw error
      }
      await delay(this.#limits.retryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #ask(connection: SocketConnection, check: StatusCheck): Promise<EscposFinding['trouble']> {
    if (check === 'off') return null
    const { tolerantMs, strictMs } = this.#limits
    const finding = await askStatus(connection, check === 'strict' ? strictMs : tolerantMs)
    if (check === 'tolerant' || !finding.isSilent) return finding.trouble
    const detail = `no status answer within ${strictMs / 1000} s`
    return { reason: 'connecting-to-device', detail, stateReasons: [] }
  }

  #inLine<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(act)
    this.#line = turn.catch(() => undefined)
    return turn
  }
}
