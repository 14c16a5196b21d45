import type { SocketConnection as SocketAddress } from './connection.ts'
import { notSent, printed, unknownOutcome, unreachable } from './delivery-result.ts'
import type { Delivery, DeliveryContext, DeliveryResult } from './driver.ts'
import type { SocketConnection, SocketError } from './socket-connection.ts'

/** Why a printer isn't sent anything now. */
export interface PrinterTrouble {
  /** Keyword of contracts/cloud-printing.md, "Reasons", or of RFC 8011, 5.4.12. */
  readonly reason: string
  readonly detail: string
  readonly stateReasons: readonly string[]
}

/** Copies of a document one after the other in one connection, and what may be said of them afterwards. */
export class SocketSending {
  readonly #address: SocketAddress
  readonly #delivery: Delivery
  readonly #bytesOffered: number
  #bytesWritten = 0

  constructor(address: SocketAddress, delivery: Delivery) {
    this.#address = address
    this.#delivery = delivery
    this.#bytesOffered = delivery.bytes.length * delivery.copies
  }

  /** False: nothing may be sent, and nothing was. Throws SocketError once a byte may be on its way. */
  async run(connection: SocketConnection, context: DeliveryContext, stallMs: number): Promise<boolean> {
    const isPermitted = await context.beforeFirstByte(null, this.#bytesOffered).then(
      () => true,
      () => false,
    )
    if (!isPermitted) return false
    for (let copy = 0; copy < this.#delivery.copies; copy += 1) {
      await connection.write(this.#delivery.bytes, stallMs, (length) => {
        this.#bytesWritten += length
      })
    }
    return true
  }

  notPermitted(): DeliveryResult {
    return this.#stopped('sending was not permitted')
  }

  held({ reason, detail, stateReasons }: PrinterTrouble): DeliveryResult {
    return notSent({ bytesOffered: this.#bytesOffered, detail, next: 'retry', reason, stateReasons })
  }

  /** All bytes were taken; `words` say what more is known. */
  accepted(
    outcome: 'sent' | 'confirmed' | 'unknown',
    words: string,
    stateReasons: readonly string[] = [],
  ): DeliveryResult {
    const ending = {
      bytesOffered: this.#bytesOffered,
      bytesWritten: this.#bytesWritten,
      detail: `${this.#bytesWritten} bytes accepted; ${words}`,
      stateReasons,
    }
    return outcome === 'unknown' ? unknownOutcome(ending) : printed(outcome, ending)
  }

  /** Our side is ended; many printers never end theirs. */
  finished(isClosed: boolean): DeliveryResult {
    const ending = isClosed ? 'the printer closed the connection' : 'the printer kept the connection open'
    return this.accepted('sent', ending)
  }

  /**
   * What was handed to the kernel may have been printed, so even a connection that broke after the last byte leaves the
   * outcome open: a reset throws away what the printer hadn't read.
   */
  broken(error: SocketError, { aborted }: AbortSignal): DeliveryResult {
    const { host, port } = this.#address
    const detail = `${host}:${port}: ${error.message}`
    const bytesOffered = this.#bytesOffered
    const bytesWritten = this.#bytesWritten
    if (bytesWritten === 0) return aborted ? this.#stopped(detail) : unreachable(bytesOffered, detail)
    const progress = `after at most ${bytesWritten} of ${bytesOffered} bytes; it may have printed`
    return unknownOutcome({ bytesOffered, bytesWritten, detail: `${detail} ${progress}` })
  }

  #stopped(detail: string): DeliveryResult {
    return notSent({ bytesOffered: this.#bytesOffered, detail, next: 'retry', reason: null })
  }
}
