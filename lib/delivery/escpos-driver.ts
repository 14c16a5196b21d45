import { setTimeout as delay } from 'node:timers/promises'
import type { SocketConnection as SocketAddress } from './connection.ts'
import { notSent, printed, unknownOutcome, unreachable } from './delivery-result.ts'
import type { Delivery, DeliveryContext, DeliveryResult, Driver } from './driver.ts'
import { askStatus, type EscposTrouble, type StatusCheck } from './escpos-status.ts'
import { SocketConnection, SocketError } from './socket-connection.ts'

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

  deliver(delivery: Delivery, context: DeliveryContext): Promise<DeliveryResult> {
    return this.#inLine(() => this.#deliver(delivery, context))
  }

  /** Bytes alone, without a question. Throws SocketError. */
  command(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#inLine(async () => {
      const { connection } = await this.#reach(signal, 'off')
      try {
        await connection.write(bytes, this.#limits.stallMs, () => undefined)
        await connection.finish(this.#limits.stallMs, this.#limits.closeMs)
      } finally {
        connection.close()
      }
    })
  }

  async close(): Promise<void> {}

  async #deliver(delivery: Delivery, context: DeliveryContext): Promise<DeliveryResult> {
    const job = Buffer.concat(Array.from({ length: delivery.copies }, () => delivery.bytes))
    const ledger = { bytesOffered: job.length, bytesWritten: 0 }
    const { signal } = context
    let connection: SocketConnection | undefined
    try {
      const reached = await this.#reach(signal, this.#statusCheck)
      connection = reached.connection
      if (reached.trouble) return troubled(job.length, reached.trouble)
      if (!(await isPermitted(context))) return serverRefusal(job.length, 'sending was not permitted')
      await connection.write(job, this.#limits.stallMs, (length) => {
        ledger.bytesWritten += length
      })
      const isClosed = await connection.finish(this.#limits.stallMs, this.#limits.closeMs)
      const ending = isClosed ? 'the printer closed the connection' : 'the printer kept the connection open'
      return printed('sent', { ...ledger, detail: `${job.length} bytes accepted; ${ending}` })
    } catch (error) {
      if (!(error instanceof SocketError)) throw error
      return this.#broken(error, ledger, signal)
    } finally {
      connection?.close()
    }
  }

  /** A connection on which the printer raised no objection. Lost ones are made again, as long as the time lasts. */
  async #reach(
    signal: AbortSignal,
    check: StatusCheck,
  ): Promise<{ readonly connection: SocketConnection; readonly trouble: EscposTrouble | null }> {
    const deadline = performance.now() + this.#limits.connectMs
    for (;;) {
      const connection = new SocketConnection(this.#address, signal)
      try {
        await connection.connected(Math.max(1, Math.ceil(deadline - performance.now())))
        return { connection, trouble: await askStatus(connection, check, this.#limits) }
      } catch (error) {
        connection.close()
        const isLate = performance.now() + this.#limits.retryMs >= deadline
        if (!(error instanceof SocketError) || signal.aborted || isLate) throw error
      }
      await delay(this.#limits.retryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  #broken(
    error: SocketError,
    ledger: { bytesOffered: number; bytesWritten: number },
    signal: AbortSignal,
  ): DeliveryResult {
    const detail = `${this.#address.host}:${this.#address.port}: ${error.message}`
    if (ledger.bytesWritten === 0) {
      return signal.aborted
        ? serverRefusal(ledger.bytesOffered, detail)
        : unreachable(ledger.bytesOffered, detail)
    }
    const progress = `after at most ${ledger.bytesWritten} of ${ledger.bytesOffered} bytes; it may have printed`
    return unknownOutcome({ ...ledger, detail: `${detail} ${progress}` })
  }

  #inLine<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(act)
    this.#line = turn.catch(() => undefined)
    return turn
  }
}

async function isPermitted(context: DeliveryContext): Promise<boolean> {
  return context.beforeFirstByte().then(
    () => true,
    () => false,
  )
}

function serverRefusal(bytesOffered: number, detail: string): DeliveryResult {
  return notSent({ bytesOffered, detail, next: 'retry', reason: null })
}

function troubled(bytesOffered: number, { reason, detail }: EscposTrouble): DeliveryResult {
  const isState = reason === 'cover-open' || reason === 'media-empty'
  return notSent({ bytesOffered, detail, next: 'retry', reason, ...(isState && { stateReasons: [reason] }) })
}
