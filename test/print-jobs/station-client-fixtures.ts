import type { Caller } from '../../lib/access/caller.ts'
import type { DocumentSource } from '../../lib/documents/document-source.ts'
import type { PrintJobDraft } from '../../lib/print-jobs/job-draft.ts'
import type { PrintJob } from '../../lib/print-jobs/print-job.ts'
import type { NewPrinter, StationWithPrinters } from '../../lib/printers/printer.ts'
import { makePdf } from '../helpers/documents.ts'
import type { TestServer } from '../helpers/server.ts'

export function aKey(change: Partial<Caller> = {}): Caller {
  return {
    kind: 'key',
    id: 'key_client',
    name: 'Client',
    role: null,
    scopes: ['print_jobs:write'],
    merchantId: null,
    locationId: null,
    ...change,
  }
}

let pdf: Promise<Buffer> | undefined

export async function aPdf(): Promise<DocumentSource> {
  pdf ??= makePdf({ pages: 2 })
  return { kind: 'data', declaredType: 'application/pdf', bytes: await pdf }
}

export async function aDraft(
  server: TestServer,
  change: Partial<PrintJobDraft> = {},
): Promise<PrintJobDraft> {
  return {
    locationId: server.credentials.location_id,
    source: await aPdf(),
    stationId: null,
    printerName: null,
    name: null,
    resource: null,
    options: {},
    expiresAt: null,
    ...change,
  }
}

export async function createJob(server: TestServer, change: Partial<PrintJobDraft> = {}): Promise<PrintJob> {
  return server.services.jobIntake.createJob(aKey(), await aDraft(server, change))
}

let stations = 0

export function aStation(
  server: TestServer,
  printers: readonly NewPrinter[] = [{ name: 'a' }],
  change: object = {},
): Promise<StationWithPrinters> {
  stations += 1
  return server.services.printers.createStation('usr_test', {
    locationId: server.credentials.location_id,
    name: `Client station ${stations}`,
    printers,
    ...change,
  })
}

/** As if its client had been silent for the length of its lease. */
export async function lapse(server: TestServer, jobId: string): Promise<void> {
  await server.db.raw('update print_jobs set claim_expires_at = clock_timestamp() where job_id = ?', [jobId])
}
