import { createHash, randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Caller } from '../../lib/access/caller.ts'
import type { StoredDocument } from '../../lib/documents/document.ts'
import { insertDocument } from '../../lib/documents/document-store.ts'
import { newId } from '../../lib/ids.ts'
import type { NewPrintJob } from '../../lib/print-jobs/print-jobs-service.ts'

export const PRINTER_PORTS = [
  { first: 631, last: 631 },
  { first: 9100, last: 9109 },
]

export interface RecordedEvent {
  readonly type: string
  readonly resource_type: string
  readonly resource_id: string
  readonly sequence: number
  readonly location_id: string | null
  readonly merchant_id: string | null
  readonly data: Record<string, unknown>
}

export function aCaller(change: Partial<Caller> = {}): Caller {
  return {
    kind: 'user',
    id: 'usr_1',
    name: 'packer',
    role: 'packer',
    scopes: [],
    merchantId: null,
    locationId: null,
    ...change,
  }
}

export async function aLocation(db: Knex): Promise<string> {
  const locationId = newId('loc')
  await db.raw('insert into locations (location_id, name) values (?, ?)', [locationId, 'Warehouse'])
  return locationId
}

/** Any bytes: nothing here looks into them. */
export async function aDocument(db: Knex, mediaType = 'application/pdf'): Promise<StoredDocument> {
  const bytes = Buffer.from(randomUUID())
  const document = {
    mediaType,
    sizeBytes: bytes.length,
    pageCount: 3,
    firstPageWidthPt: 612,
    firstPageHeightPt: 792,
    isEncrypted: false,
  }
  const sha256 = createHash('sha256').update(bytes).digest()
  return { ...document, documentId: await insertDocument(db, newId('doc'), { ...document, bytes, sha256 }) }
}

export function aJob(
  document: StoredDocument,
  locationId: string,
  change: Partial<NewPrintJob> = {},
): NewPrintJob {
  return {
    name: 'Label.pdf',
    document,
    locationId,
    callerId: 'usr_1',
    callerName: 'packer',
    merchantId: null,
    printTarget: null,
    preferredStationId: null,
    stationId: null,
    printerName: null,
    resource: null,
    options: {},
    instructionId: null,
    confirmationId: null,
    ...change,
  }
}

/** Oldest first. */
export async function eventsOf(db: Knex, resourceId: string): Promise<RecordedEvent[]> {
  const { rows } = await db.raw<{ rows: RecordedEvent[] }>(
    `select type, resource_type, resource_id, sequence, location_id, merchant_id, data
     from events where resource_id = ? order by position`,
    [resourceId],
  )
  return rows
}

/** What a promise was rejected with; fails when it wasn't. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('value' in outcome) throw new Error(`expected a refusal, got ${JSON.stringify(outcome.value)}`)
  return outcome.error
}
