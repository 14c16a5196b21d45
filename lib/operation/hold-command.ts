import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { createPrinterHoldService } from '../printers/printer-hold-service.ts'
import { createPrinterPauseService } from '../printers/printer-pause-service.ts'
import { createPrintersService } from '../printers/printers-service.ts'
import { createEventsService } from '../webhooks/events-service.ts'
import { createWebhookHoldService } from '../webhooks/webhook-hold-service.ts'
import { withDatabase } from './database-access.ts'

/** Stops everything that is sent, for all processes of the database, and answers what to tell. May be repeated. */
export function holdEverything(config: Config, log: Logger): Promise<string> {
  return withDatabase({ config, log }, async (db) => {
    const { printers, webhooks } = createHolds(db, config)
    // First: that printers are paused is an event too, and is told with the rest after the release.
    const heldWebhooks = await webhooks.hold()
    const heldPrinters = await printers.hold()
    return `held: ${heldPrinters} printers, ${heldWebhooks} webhooks; cancel at /floor what is done, then run packhouse release`
  })
}

/** Sets going what `holdEverything` stopped, and answers what to tell. */
export function releaseEverything(config: Config, log: Logger): Promise<string> {
  return withDatabase({ config, log }, async (db) => {
    const { printers, webhooks } = createHolds(db, config)
    return `released: ${await printers.release()} printers, ${await webhooks.release()} webhooks`
  })
}

function createHolds(db: Parameters<typeof createWebhookHoldService>[0]['db'], config: Config) {
  const events = createEventsService()
  const printers = createPrintersService({ db, events, printerPorts: config.printerPorts })
  const pauses = createPrinterPauseService({ events, printers })
  return {
    printers: createPrinterHoldService({ db, pauses }),
    webhooks: createWebhookHoldService({ db }),
  }
}
