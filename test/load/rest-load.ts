/** Print jobs by REST, by the clock: raw labels for Zebra printers, documents for the others. */
import { setTimeout as delay } from 'node:timers/promises'
import type { RestUser } from './callers.ts'
import { labelPdf, labelZpl, markText } from './mark.ts'
import type { Paper } from './paper.ts'
import type { PrintTarget } from './workspace.ts'

export interface RestLoadOptions {
  readonly shops: readonly RestUser[]
  readonly targets: readonly PrintTarget[]
  readonly locationId: string
  readonly paper: Paper
  readonly seconds: number
  readonly ratePerSecond: number
  onJob(jobId: string): void
}

const SECOND_MS = 1_000

/** Resolves when everything that was sent is answered. */
export async function runRestLoad(options: RestLoadOptions): Promise<void> {
  const { shops, targets, seconds, ratePerSecond } = options
  const startedAt = performance.now()
  const sent: Promise<void>[] = []
  const total = Math.floor(seconds * ratePerSecond)
  for (let number = 0; number < total; number += 1) {
    const waitMs = startedAt + (number * SECOND_MS) / ratePerSecond - performance.now()
    if (waitMs > 0) await delay(waitMs)
    const shop = shops[number % shops.length] as RestUser
    sent.push(submitJob(shop, targets[number % targets.length] as PrintTarget, options))
  }
  await Promise.all(sent)
}

/** With an idempotency key, so that asking again makes no second one. */
export async function submitJob(
  shop: RestUser,
  { stationId, printerName, takes }: PrintTarget,
  { paper, locationId, onJob }: Pick<RestLoadOptions, 'paper' | 'locationId' | 'onJob'>,
): Promise<void> {
  const mark = paper.newMark()
  const [type, bytes] =
    takes === 'zpl' ? ['application/vnd.zebra-zpl', labelZpl(mark)] : ['application/pdf', labelPdf(mark)]
  const body = {
    location_id: locationId,
    print_station_id: stationId,
    printer_name: printerName,
    name: markText(mark),
    data: `data:${type};base64,${bytes.toString('base64')}`,
  }
  paper.ask(mark, performance.now())
  const job = await shop.post('/v1/cloud-printing/jobs', body, markText(mark))
  onJob(job.id)
}
