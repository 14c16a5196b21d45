import type { TestDatabase } from '../helpers/database.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { eventually } from '../helpers/eventually.ts'
import type { PrinterPool } from '../../lib/printers/printer.ts'
import type { Witness } from './witnesses.ts'

const JOBS = '/v1/cloud-printing/jobs'
const MEDIA_TYPES = { pdf: 'application/pdf', escpos: 'application/vnd.escpos' } as const

/** So that nobody waits two seconds after each death. */
export const SHORT_GRACE = { graceMs: 100 }

/** A document that is asked for, and the printer that saw what came of it. */
export interface Asked {
  /** Of the job, and of no other. */
  readonly name: string
  readonly document: Buffer
  readonly copies: number
  readonly printer: FloorPrinter
}

export interface FloorPrinter {
  readonly name: string
  readonly printerId: string
  readonly stationId: string
  readonly witness: Witness
}

export interface SeenJob {
  readonly id: string
  readonly status: string
  readonly reason: string | null
  /** Of the ledger, oldest first; null while an attempt runs. */
  readonly outcomes: readonly (string | null)[]
}

/** A server on a database of its own, with printers that are watched. */
export interface Floor {
  readonly server: TestServer
  /** Of no pool unless one is named: its jobs are its own. */
  addPrinter(witness: Witness, name: string, pool?: PrinterPool): Promise<FloorPrinter>
  /** Asks a server process for it; false when it died before it answered. */
  submit(baseUrl: string, asked: Asked): Promise<boolean>
  /** The job as the ledger has it; undefined when no such job was accepted. */
  find(name: string): Promise<SeenJob | undefined>
  untilEnded(name: string, limitMs?: number): Promise<SeenJob>
  /** What is untrue about it, seen from the printer; empty when all is well. */
  untruths(asked: Asked): Promise<string[]>
}

export async function openFloor(database?: TestDatabase): Promise<Floor> {
  const server = await startServer({
    env: { PRINTER_PORTS: '1-65535' },
    printingTiming: SHORT_GRACE,
    ...(database && { database }),
  })
  const find: Floor['find'] = async (name) => {
    const { rows } = await server.db.raw(
      `select print_jobs.job_id as id, print_jobs.status, print_jobs.reason,
              (select coalesce(json_agg(outcome order by attempt), '[]') from print_attempts
               where print_attempts.job_id = print_jobs.job_id) as outcomes
       from print_jobs where name = ?`,
      [name],
    )
    return (rows as SeenJob[])[0]
  }
  return {
    server,
    find,
    async addPrinter(witness, name, pool) {
      const { stationId, printers } = await server.services.printers.createStation('usr_test', {
        locationId: server.credentials.location_id,
        name,
        printers: [{ name, connection: witness.connection, ...(pool && { pool }) }],
      })
      return { name, stationId, printerId: printers[0]?.printerId ?? '', witness }
    },
    async submit(baseUrl, { name, document, copies, printer }) {
      const reply = await createRestClient(baseUrl, server.credentials.admin.api_key)
        .post(JOBS, {
          location_id: server.credentials.location_id,
          printer_name: printer.name,
          name,
          data: `data:${MEDIA_TYPES[printer.witness.takes]};base64,${document.toString('base64')}`,
          configuration: { copies },
        })
        .catch(() => undefined)
      if (reply && reply.status !== 201) throw new Error(`job ${name}: ${reply.text}`)
      return reply !== undefined
    },
    untilEnded: (name, limitMs) =>
      eventually(
        `job ${name} ends`,
        async () => {
          const job = await find(name)
          return job && isSettled(job) ? job : undefined
        },
        limitMs,
      ),
    async untruths(asked) {
      const job = await find(asked.name)
      const printed = await asked.printer.witness.copiesOf(asked.document)
      return untruthsOf(job, printed, asked.copies).map((what) => `${asked.name}: ${what}`)
    },
  }
}

/** It has ended, and so has every attempt. */
function isSettled({ status, outcomes }: SeenJob): boolean {
  return status !== 'queued' && status !== 'processing' && !outcomes.includes(null)
}

/** The promise of contracts/printing.md, "Outcome: the ledger", held against what the printer received. Pure. */
export function untruthsOf(job: SeenJob | undefined, printed: number, copies: number): string[] {
  const untruths: string[] = []
  if (printed > copies) untruths.push(`${printed} copies were printed of ${copies}`)
  if (job === undefined) return printed > 0 ? [...untruths, 'it was printed and is no job'] : untruths
  const said = `it is ${job.status} (${job.reason}), attempts ${job.outcomes.join()}`
  if (job.status === 'completed' && printed < copies) {
    untruths.push(`${said}, and ${printed} copies were printed of ${copies}`)
  }
  if (job.status !== 'completed' && !mayHavePrinted(job) && printed > 0) {
    untruths.push(`${said}, and ${printed} copies were printed`)
  }
  return untruths
}

function mayHavePrinted({ reason, status, outcomes }: SeenJob): boolean {
  if (status === 'processing') return outcomes.includes(null)
  return status === 'failed' && /^outcome-unknown: .*may have printed/.test(reason ?? '')
}

/** A page of its own that is sent byte for byte; `text` tells it from every other. */
export function aPdf(text: string): Buffer {
  const objects = [
    '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
    '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]>>endobj',
  ]
  return Buffer.from(`%PDF-1.7\n%${text}\n${objects.join('\n')}\ntrailer<</Root 1 0 R>>\n%%EOF\n`)
}

/** The same for a receipt printer. */
export function aReceipt(text: string): Buffer {
  return Buffer.from(`\x1b@${text}\n\x1dV1`)
}

export function aDocument({ takes }: Witness, text: string): Buffer {
  return takes === 'pdf' ? aPdf(text) : aReceipt(text)
}
