/** Print jobs by REST, by the clock: raw labels for Zebra printers, documents for the others. */
import { setTimeout as delay } from 'node:timers/promises'
import { CallFailed, type RestUser } from './callers.ts'
import type { Clicks } from './clicks.ts'
import { labelPdf, labelZpl, markText } from './mark.ts'
import type { Paper } from './paper.ts'
import type { PrintTarget } from './workspace.ts'

export interface RestLoadOptions {
  readonly shops: readonly RestUser[]
  readonly targets: readonly PrintTarget[]
  readonly locationId: string
  readonly paper: Paper
  readonly clicks: Clicks
  readonly seconds: number
  readonly ratePerSecond: number
}

const SECOND_MS = 1_000

/** Resolves when everything that was sent is answered. */
export async function runRestLoad(options: RestLoadOptions): Promise<void> {
  const { shops, targets, seconds, ratePerSecond } = options
  const startedAt = performance.now()
  const sent: Promise<unknown>[] = []
  const total = Math.floor(seconds * ratePerSecond)
  for (let number = 0; number < total; number += 1) {
    const waitMs = startedAt + (number * SECOND_MS) / ratePerSecond - performance.now()
    if (waitMs > 0) await delay(waitMs)
    const shop = shops[number % shops.length] as RestUser
    sent.push(submitJob(shop, targets[number % targets.length] as PrintTarget, options))
  }
  await Promise.all(sent)
}

/** Answers its mark. A refusal breaks the run by itself: `Timings` has it. */
export async function submitJob(
  shop: RestUser,
  { stationId, printerName, takes }: PrintTarget,
  { paper, locationId, clicks }: Pick<RestLoadOptions, 'paper' | 'locationId' | 'clicks'>,
): Promise<number> {
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
  try {
    clicks.jobIds.add((await shop.post('/v1/cloud-printing/jobs', body, markText(mark))).id)
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
  }
  return mark
}
