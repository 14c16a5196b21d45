import { setMaxListeners } from 'node:events'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Notifications } from './db/notifications.ts'
import { JOBS_CHANNEL, STATIONS_CHANNEL, THERMAL_CHANNEL } from './db/printer-signals.ts'
import { createDrivers } from './delivery/driver-registry.ts'
import { probePrinter } from './delivery/printer-probe.ts'
import { ESCPOS_TYPE } from './documents/raw-document.ts'
import type { Observe } from './observation.ts'
import { createAttemptTelling } from './print-jobs/attempt-telling.ts'
import { createCommandStep } from './print-jobs/command-step.ts'
import {
  createDeliveryStep,
  type DeliveryStepOptions,
  type DispatcherCheckpoint,
} from './print-jobs/delivery-step.ts'
import { startDispatcher } from './print-jobs/dispatcher.ts'
import { createJobCountsService } from './print-jobs/job-counts-service.ts'
import { createJobFailoverService } from './print-jobs/job-failover-service.ts'
import { createLedgerService } from './print-jobs/ledger-service.ts'
import type { StationClientsService } from './print-jobs/station-clients-service.ts'
import type { Printer } from './printers/printer.ts'
import { startPrinterChecks } from './printers/printer-check-service.ts'
import { statusByReasons } from './printers/state-reasons.ts'
import { parseStationSignal } from './printers/station-signal.ts'
import { createStationSilence } from './printers/station-silence-service.ts'
import type { Rendering } from './rendering/rendering.ts'
import type { Services } from './services.ts'
import type { ThermalJobsService } from './thermal/thermal-jobs-service.ts'
import { thermalSettings } from './thermal/thermal-settings.ts'

/** The way from the queue to paper, running. */
export interface Printing {
  stop(drainMs: number): Promise<void>
}

export interface PrintingOptions {
  readonly db: Knex
  readonly notifications: Notifications
  readonly services: Services
  readonly rendering: Rendering
  readonly dataDir: string
  /** Other times than the usual ones: for tests. */
  readonly timing?: Partial<PrintingTiming> | undefined
  readonly checkpoint: DispatcherCheckpoint
  readonly observe: Observe
  readonly log: Logger
}

/** A frozen process keeps a printer from the others for at most as long as the lease. */
const TIMING = {
  leaseTtlMs: 15_000,
  /** A listener that the database or a firewall ended is back within milliseconds; a dead process's printers wait so long. */
  graceMs: 2_000,
  pollMs: 2_000,
  idleMs: 30_000,
  retryMinMs: 500,
  retryMaxMs: 15_000,
  /** Half a minute of refusals, by the two times above. */
  refusalsMax: 6,
}

/** The slow look that finds what no notification told. */
const THERMAL_POLL_MS = 5_000

/** A job that its printer ends within a breath is known to be printed; others wait there for the next process. */
const LEAVE_AFTER_MS = 1_000

/** Any will do to count pages. */
const COUNTING_DPI = 72

export type PrintingTiming = typeof TIMING

export async function startPrinting(options: PrintingOptions): Promise<Printing> {
  const timing = { ...TIMING, ...options.timing }
  const { db, notifications, services, rendering, checkpoint } = options
  const log = options.log.child({ service: 'dispatcher' })
  const { events, printers } = services
  const { processNumber } = notifications
  const telling = createAttemptTelling({ db, observe: options.observe, log })
  const isSettled = () => notifications.isSettled()
  const ledger = createLedgerService({ db, processNumber, isSettled, timing, telling })
  const drivers = createDrivers({
    dataDir: options.dataDir,
    drawPage: (pdf, page, dpi) => rendering.drawPage(pdf, page, dpi),
    countPages: async (pdf) => (await rendering.inspect(pdf, { dpi: COUNTING_DPI })).pageCount,
    onStateReasons(printerId, stateReasons) {
      const state = { status: statusByReasons(stateReasons), stateReasons }
      printers.reportState(printerId, state).catch((error: unknown) => {
        log.warn({ err: error, printerId }, 'printer state not recorded')
      })
    },
  })
  const leaving = new AbortController()
  // Each printer that is sent something listens: Node would take eleven for a leak.
  setMaxListeners(0, leaving.signal)
  const delivery = createDeliveryStep({
    db,
    ledger,
    printers,
    prepare: withPicture(services),
    driverFor: (printer) => drivers.for(drivenPrinter(printer)),
    probe: probePrinter,
    checkpoint,
    leaving: leaving.signal,
    log,
  })
  const command = createCommandStep({
    db,
    printers,
    send: (printer, sent, context) => drivers.command(drivenPrinter(printer), sent, context),
    log,
  })
  const failover = createJobFailoverService({ db, printers })
  const work = { ledger, delivery, command, failover, jobCounts: createJobCountsService({ db }) }
  const isConnected = () => notifications.isConnected()
  const dispatcher = startDispatcher({ ...work, isConnected, checkpoint, timing, log })
  await notifications.listen(STATIONS_CHANNEL, {
    onNotification: (payload) => hear(services.stationClients, payload),
    onReconnect: () => services.stationClients.catchUp(),
  })
  const silence = createStationSilence({ db, events })
  const checks = startPrinterChecks({ db, printers, silence, probe: probePrinter, log })
  await notifications.listen(JOBS_CHANNEL, {
    onNotification: (printerId) => dispatcher.wake(printerId),
    onReconnect: () => void Promise.all([dispatcher.renew(), dispatcher.poll()]),
  })
  const thermal = await followThermalJobs(services.thermalJobs, notifications, log)
  await dispatcher.poll()
  return {
    async stop(drainMs) {
      services.stationClients.close()
      const leave = setTimeout(() => leaving.abort(new Error('the server is stopping')), LEAVE_AFTER_MS)
      await Promise.all([checks.stop(), dispatcher.stop(drainMs)])
      clearTimeout(leave)
      thermal.stop()
      await drivers.close()
    },
  }
}

/** A folder gets the receipt's picture along. */
function withPicture({ prepareDelivery, thermalJobs }: Services): DeliveryStepOptions['prepare'] {
  return async (claimed, printer, device) => {
    const document = await prepareDelivery(claimed, printer, device)
    if (printer.connection.type !== 'virtual' || document.mediaType !== ESCPOS_TYPE) return document
    const picture = await thermalJobs.pictureOf(claimed.job)
    return picture ? { ...document, picture } : document
  }
}

function drivenPrinter(printer: Printer) {
  const { statusCheck } = thermalSettings(printer.configuration.thermal ?? {})
  return { ...printer, id: printer.printerId, statusCheck }
}

async function followThermalJobs(
  thermalJobs: ThermalJobsService,
  notifications: Notifications,
  log: Logger,
): Promise<{ stop(): void }> {
  const logged = (work: Promise<void>) =>
    void work.catch((error: unknown) => log.warn({ err: error }, 'ends of thermal jobs not followed'))
  await notifications.listen(THERMAL_CHANNEL, {
    onNotification: (jobId) => logged(thermalJobs.hear(jobId)),
    onReconnect: () => logged(thermalJobs.catchUp()),
  })
  // Copies that a killed process left are made at once.
  logged(thermalJobs.catchUp())
  const timer = setInterval(() => logged(thermalJobs.catchUp()), THERMAL_POLL_MS)
  return { stop: () => clearInterval(timer) }
}

function hear(stationClients: StationClientsService, payload: string): void {
  const signal = parseStationSignal(payload)
  if (signal) stationClients.hear(signal)
}
