import type { SocketConnection as SocketAddress } from './connection.ts'
import type { Delivery, DeliveryContext, DeliveryResult, Driver } from './driver.ts'
import { SocketConnection, SocketError } from './socket-connection.ts'
import { ClosingHabit, SOCKET_LIMITS, type SocketLimits } from './socket-driver.ts'
import { SocketSending } from './socket-sending.ts'
import { onStateChange, type StateListener } from './state-change.ts'
import { ZebraDialogue } from './zebra-dialogue.ts'
import { isStopped, troubleOf } from './zebra-status.ts'
import { watchZebra, type ZebraEnd, type ZebraWatchLimits } from './zebra-watch.ts'

export interface ZplLimits extends SocketLimits, ZebraWatchLimits {
  /** How long a printer has to say how it is before the document; one that kept silent the last time gets none. */
  readonly statusMs: number
}

const LIMITS: ZplLimits = {
  ...SOCKET_LIMITS,
  statusMs: 500,
  answerMs: 5_000,
  pollFirstMs: 50,
  pollMaxMs: 1_000,
  attentionPollMs: 3_000,
  jobMs: 600_000,
  openFormatMs: 10_000,
  // A shift, as for IPP printers: paper that nobody has loaded by then is no longer on anybody's way.
  attentionMs: 8 * 3_600_000,
  silentMs: 30_000,
}

export interface ZplDriverOptions {
  readonly limits?: Partial<ZplLimits>
  /** What keeps the printer from working while it has a job: `['media-empty']`, then `[]`. Called on every change. */
  readonly onStateReasons?: StateListener
}

/**
 * A label printer behind TCP. Where it answers `~HS`, its trouble holds the queue before a byte of the document has left,
 * and it confirms that it printed; silence means neither trouble nor success: contracts/printing.md, "Delivery drivers".
 */
export class ZplDriver implements Driver {
  readonly #address: SocketAddress
  readonly #limits: ZplLimits
  readonly #closing: ClosingHabit
  readonly #onStateReasons: StateListener
  /** Silent printers are asked all the same, since one that answers late is then known to answer. */
  #isAnswering = true

  constructor(address: SocketAddress, options: ZplDriverOptions = {}) {
    this.#address = address
    this.#limits = { ...LIMITS, ...options.limits }
    this.#closing = new ClosingHabit(this.#limits)
    this.#onStateReasons = options.onStateReasons ?? (() => undefined)
  }

  async deliver(delivery: Delivery, context: DeliveryContext): Promise<DeliveryResult> {
    const { signal } = context
    const connection = new SocketConnection(this.#address, signal)
    const dialogue = new ZebraDialogue(connection)
    const sending = new SocketSending(this.#address, delivery)
    try {
      await connection.connected(this.#limits.connectMs)
      const status = await dialogue.ask(this.#isAnswering ? this.#limits.statusMs : 0)
      this.#isAnswering = status !== undefined
      const trouble = status ? troubleOf(status) : null
      if (trouble) return sending.held(trouble)
      if (!(await sending.run(connection, context, this.#limits.stallMs))) return sending.notPermitted()
      const end: ZebraEnd = dialogue.hasAnswered ? await this.#watch(dialogue, signal) : { kind: 'silent' }
      if (end.kind !== 'silent') return resultOf(sending, end)
      return sending.finished(await this.#closing.finish(connection))
    } catch (error) {
      if (!(error instanceof SocketError)) throw error
      return sending.broken(error, signal)
    } finally {
      this.#isAnswering ||= dialogue.hasAnswered
      connection.close()
    }
  }

  /** Every delivery closes its own connection. */
  async close(): Promise<void> {}

  #watch(dialogue: ZebraDialogue, signal: AbortSignal): Promise<ZebraEnd> {
    const report = onStateChange(this.#onStateReasons)
    return watchZebra(dialogue, this.#limits, {
      signal,
      onStatus: ({ stateReasons }) => report(stateReasons),
    })
  }
}

/**
 * A label that came out while the printer got into trouble may be a spoiled one, so that isn't confirmed. Labels that wait
 * behind trouble may come out later: nobody knows.
 */
function resultOf(sending: SocketSending, end: Exclude<ZebraEnd, { kind: 'silent' }>): DeliveryResult {
  const { status } = end
  const { stateReasons } = status
  if (end.kind === 'done') {
    if (!isStopped(status)) return sending.accepted('confirmed', 'the printer has nothing left to print')
    return sending.accepted(
      'sent',
      `the printer has nothing left to print, but ${status.words}`,
      stateReasons,
    )
  }
  const left = `${status.labelsWaiting + status.formatsWaiting} left to print: ${end.words}`
  if (end.isHeard && !isStopped(status)) return sending.accepted('sent', left)
  const words = [left, status.words, 'it may have printed'].filter(Boolean).join('; ')
  return sending.accepted('unknown', words, stateReasons)
}
