import { setMaxListeners } from 'node:events'
import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import type { Connection } from '../delivery/connection.ts'
import type { ProbeFinding } from '../delivery/printer-probe.ts'
import { withLimit } from '../delivery/time-limit.ts'
import { unlessAborted } from '../within-time.ts'
import { takeDueChecks } from './printer-check-store.ts'
import type { PrintersService } from './printers-service.ts'
import { statusByReasons } from './state-reasons.ts'
import type { StationSilence } from './station-silence-service.ts'

/** Notices what happens at printers that have no job: one was switched off, one got its paper, a station's client fell silent. */
export interface PrinterChecks {
  /** Looks at those whose turn it is. */
  run(): Promise<void>
  stop(): Promise<void>
}

export interface PrinterChecksOptions {
  readonly db: Db
  readonly printers: PrintersService
  readonly silence: StationSilence
  /** Undefined: nothing was learned. */
  readonly probe: (connection: Connection, signal: AbortSignal) => Promise<ProbeFinding | undefined>
  readonly timing?: { readonly tickMs: number; readonly intervalMs: number; readonly lookMs: number }
  readonly log: Logger
}

/** `lookMs`: more than each wait of a probe. One that doesn't end must not keep the others from being looked at. */
const TIMING = { tickMs: 5_000, intervalMs: 60_000, lookMs: 60_000 }
/** At a tick of 5 s a process looks at some 240 printers a minute; several share the work. */
const CHECKS_PER_TICK = 20

export function startPrinterChecks(options: PrinterChecksOptions): PrinterChecks {
  const { db, printers, silence, probe, timing = TIMING, log } = options
  const stopping = new AbortController()
  // Each printer that is looked at listens: Node would take eleven for a leak.
  setMaxListeners(0, stopping.signal)
  let running: Promise<void> = Promise.resolve()
  let isRunning = false

  const check = async (printerId: string): Promise<void> => {
    try {
      const { connection } = await printers.getPrinter(db, printerId)
      const finding = await withLimit(stopping.signal, timing.lookMs, (signal) =>
        // A probe that doesn't heed the signal is left to itself.
        unlessAborted(probe(connection, signal), signal).catch((error: unknown) => {
          if (!signal.aborted) throw error
          return undefined
        }),
      )
      if (finding) await printers.reportState(printerId, toState(finding), connection.type)
    } catch (error) {
      log.warn({ err: error, printerId }, 'could not look at an idle printer')
    }
  }

  const run = async (): Promise<void> => {
    if (isRunning || stopping.signal.aborted) return
    isRunning = true
    try {
      await silence.tell()
      const due = await takeDueChecks(db, { intervalMs: timing.intervalMs, limit: CHECKS_PER_TICK })
      await Promise.all(due.map(check))
    } catch (error) {
      log.warn({ err: error }, 'could not look for idle printers')
    } finally {
      isRunning = false
    }
  }

  const timer = setInterval(() => {
    if (!isRunning) running = run()
  }, timing.tickMs)
  return {
    run,
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await running
    },
  }
}

function toState({ isReachable, stateReasons }: ProbeFinding) {
  if (!isReachable) return { status: 'offline', stateReasons: ['connecting-to-device'] } as const
  return { status: statusByReasons(stateReasons), stateReasons }
}
