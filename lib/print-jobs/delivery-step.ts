import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import { isDatabaseUnavailable } from '../db/database-availability.ts'
import type { Connection } from '../delivery/connection.ts'
import { notSent, unreachable } from '../delivery/delivery-result.ts'
import type { Delivery, DeliveryPaper, DeliveryResult, Driver } from '../delivery/driver.ts'
import { firstAbort } from '../delivery/first-abort.ts'
import type { ProbeFinding } from '../delivery/printer-probe.ts'
import { paperSizeByKey } from '../printers/paper-sizes.ts'
import type { Printer } from '../printers/printer.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import { statusByReasons } from '../printers/state-reasons.ts'
import { traceIdOf } from '../trace-context.ts'
import { resultOfFailure } from './delivery-failure.ts'
import { sidesOf } from './delivery-format.ts'
import type { PreparedDocument, PrepareDelivery } from './delivery-preparation.ts'
import { createDrivenPrinters } from './driven-printers.ts'
import type { Interruption } from './interruption-store.ts'
import type { Lease } from './lease-store.ts'
import type { LedgerService } from './ledger-service.ts'
import type { ClaimedJob } from './ledger-store.ts'
import type { PrintJob } from './print-job.ts'
import { getPrintJob } from './print-job-store.ts'

/** Between these steps a process may die: tests kill it there. */
export const DISPATCHER_STEPS = [
  'leased',
  'claimed',
  'reached',
  'marked',
  'accepted',
  'delivered',
  'recovered',
  'recorded',
] as const
export type DispatcherStep = (typeof DISPATCHER_STEPS)[number]
export type DispatcherCheckpoint = (step: DispatcherStep) => Promise<void> | void

/** Whatever goes wrong is a result. */
export interface DeliveryStep {
  /** Takes one claimed job to its printer. */
  deliver(lease: Lease, claimed: ClaimedJob, signal: AbortSignal): Promise<DeliveryResult>
  /** Why a printer that refused a job takes nothing yet; null when it may be offered one. Nothing is made ready for that. */
  probe(printerId: string, signal: AbortSignal): Promise<DeliveryResult | null>
  /**
   * Asks the printer what became of a job whose process ended after the mark; sends nothing. Rejects where the database is away
   * before the printer was asked: that is no reason to doubt what it can tell.
   */
  recover(lease: Lease, interruption: Interruption, signal: AbortSignal): Promise<DeliveryResult>
}

export interface DeliveryStepOptions {
  readonly db: Db
  readonly ledger: LedgerService
  readonly printers: PrintersService
  /** What this printer gets for that job. `device` is what the device itself says it takes; null where it isn't asked. */
  readonly prepare: PrepareDelivery
  readonly driverFor: (printer: Printer) => Driver
  /** For printers whose driver has no `look`. Undefined: nothing was learned. */
  readonly probe: (connection: Connection, signal: AbortSignal) => Promise<ProbeFinding | undefined>
  readonly checkpoint: DispatcherCheckpoint
  /** Aborted when the server is told to stop: whatever sends nothing is broken off then. */
  readonly leaving: AbortSignal
  readonly log: Logger
}

export function createDeliveryStep(options: DeliveryStepOptions): DeliveryStep {
  const { db, printers, log, leaving } = options
  const driven = createDrivenPrinters(options)
  const reported = async (
    printer: Printer,
    { jobId, traceparent }: PrintJob,
    result: DeliveryResult,
  ): Promise<DeliveryResult> => {
    const { outcome, detail } = result
    const traceId = traceIdOf(traceparent)
    // Of what may have printed a person must decide.
    const level = outcome === 'unknown' ? 'warn' : 'info'
    log[level]({ jobId, printerId: printer.printerId, outcome, detail, traceId }, 'delivered')
    await reportState(options, printer, result)
    return result
  }

  return {
    async deliver(lease, claimed, signal) {
      const { job, printerVersion } = claimed
      let isSending = false
      const onSending = () => {
        isSending = true
      }
      try {
        const printer = await driven.at(lease.printerId, printerVersion)
        if (printer.connection.type === 'station') return handedOver(printer)
        const result = await lookAndSend(options, { ...claimed, lease, printer, signal, onSending })
        return await reported(printer, job, result)
      } catch (error) {
        const { printerId } = lease
        const { jobId, traceparent } = job
        return resultOfFailure(error, { jobId, printerId, traceId: traceIdOf(traceparent), isSending }, log)
      }
    },

    async probe(printerId, aborting) {
      const { signal, release } = firstAbort(aborting, leaving)
      try {
        const printer = await printers.getPrinter(db, printerId)
        const held = await askHow(options, printer, signal)
        if (held) await reportState(options, printer, held)
        return held
      } catch (error) {
        // The delivery will tell what is the matter.
        log.warn({ err: error, printerId }, 'could not look at a printer that refused a job')
        return null
      } finally {
        release()
      }
    },

    async recover(lease, interruption, aborting) {
      const { jobId } = interruption.claim
      const { signal, release } = firstAbort(aborting, leaving)
      let traceId: string | undefined
      try {
        const job = await getPrintJob(db, jobId)
        traceId = traceIdOf(job.traceparent)
        const printer = await printers.getPrinter(db, job.printer.printerId)
        const driver = options.driverFor(printer)
        if (!driver.recover) throw new TypeError('this printer knows nothing of its jobs')
        const { name: jobName, userName } = job
        const result = await driver.recover({ ...interruption, jobId, jobName, userName }, signal)
        return await reported(printer, job, result)
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw error
        return resultOfFailure(error, { jobId, printerId: lease.printerId, traceId, isSending: true }, log)
      } finally {
        release()
      }
    },
  }
}

/** Between the claim and now. */
function handedOver({ station }: Printer): DeliveryResult {
  const detail = `the printer was given to the client of station ${station.name}`
  return notSent({ bytesOffered: 0, detail, next: 'retry', reason: null })
}

async function askHow(
  { driverFor, probe }: DeliveryStepOptions,
  printer: Printer,
  signal: AbortSignal,
): Promise<DeliveryResult | null> {
  const look = await driverFor(printer).look?.(signal)
  if (look) return look.kind === 'held' ? look.result : look.trouble
  const finding = await probe(printer.connection, signal)
  if (!finding) return null
  if (!finding.isReachable) return unreachable(0, 'the printer cannot be reached')
  const { stateReasons } = finding
  const [reason = null] = stateReasons
  if (statusByReasons(stateReasons) === 'online') return null
  return notSent({ bytesOffered: 0, next: 'retry', reason, detail: stateReasons.join(', '), stateReasons })
}

async function lookAndSend(options: DeliveryStepOptions, sending: Sending): Promise<DeliveryResult> {
  const { job, firstPage, rawBytes, printer, signal } = sending
  const driver = options.driverFor(printer)
  const look = await lookAt(driver, signal, options.leaving)
  if (look?.kind === 'held') return look.result
  const document = await options.prepare({ job, firstPage, rawBytes }, printer, look?.abilities ?? null)
  return send(options, { ...sending, driver, delivery: toDelivery(job, document) })
}

/** Undefined for a device that isn't asked: nothing listens for that. */
async function lookAt(driver: Driver, aborting: AbortSignal, leaving: AbortSignal) {
  if (!driver.look) return undefined
  const { signal, release } = firstAbort(aborting, leaving)
  try {
    return await driver.look(signal)
  } finally {
    release()
  }
}

function toDelivery(job: PrintJob, document: PreparedDocument): Delivery {
  const { options } = job
  return {
    jobId: job.jobId,
    jobName: job.name,
    userName: job.userName,
    copies: options.copies,
    sides: sidesOf(options),
    colorMode: options.colorPrint ? 'color' : 'monochrome',
    paper: paperOf(options),
    ...document,
  }
}

function paperOf({ paperSize }: PrintJob['options']): DeliveryPaper | null {
  const size = paperSize === null ? null : paperSizeByKey(paperSize)
  return size && { widthMm: size.widthMm, heightMm: size.heightMm, isAsked: true }
}

interface Sending extends Omit<ClaimedJob, 'printerVersion'> {
  readonly lease: Lease
  readonly printer: Printer
  readonly signal: AbortSignal
  onSending(): void
}

function send(
  { ledger, checkpoint, leaving, log }: DeliveryStepOptions,
  sending: Sending & { readonly driver: Driver; readonly delivery: Delivery },
): Promise<DeliveryResult> {
  const { lease, claim, driver, delivery, signal, onSending } = sending
  return driver.deliver(delivery, {
    signal,
    leaving,
    async beforeFirstByte(deviceJobId = null, bytesOffered = delivery.bytes.length) {
      await checkpoint('reached')
      await ledger.markSending(lease, { claim, bytesOffered, deviceJobId })
      onSending()
      await checkpoint('marked')
    },
    async onAccepted() {
      try {
        await ledger.markAccepted(claim)
      } catch (error) {
        // Worth knowing after a crash alone: the outcome follows anyhow.
        log.warn({ err: error, jobId: claim.jobId }, 'not recorded that the printer has the document')
      }
      await checkpoint('accepted')
    },
  })
}

/** What the delivery taught about the printer. It is told beside the outcome and must not cost it. */
async function reportState(
  { printers, log }: DeliveryStepOptions,
  printer: Printer,
  result: DeliveryResult,
): Promise<void> {
  const isReached = result.reason !== 'connecting-to-device'
  const stateReasons = isReached ? result.stateReasons : ['connecting-to-device']
  const status = isReached ? statusByReasons(stateReasons) : 'offline'
  if (status === printer.status && stateReasons.join() === printer.stateReasons.join()) return
  try {
    await printers.reportState(printer.printerId, { status, stateReasons }, printer.connection.type)
  } catch (error) {
    log.warn({ err: error, printerId: printer.printerId }, 'printer state not recorded')
  }
}
