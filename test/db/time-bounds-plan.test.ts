import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { inOneGo } from '../../lib/db/one-go.ts'
import { lockOldDocuments, removeUnneeded } from '../../lib/documents/document-retention-store.ts'
import { deleteExpiredIdempotencyKeys } from '../../lib/idempotency/idempotency-store.ts'
import { cancelExpiredJobs } from '../../lib/print-jobs/ledger-store.ts'
import { insertCommand } from '../../lib/print-jobs/printer-command-store.ts'
import { endLapsedClaims } from '../../lib/print-jobs/station-claim-store.ts'
import { rememberRepeat } from '../../lib/thermal/thermal-job-store.ts'
import { claimDeliveries } from '../../lib/webhooks/delivery-claim-store.ts'
import { deleteOldEvents } from '../../lib/webhooks/retention-store.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { nodesOf, plansOf } from '../helpers/plans.ts'

/** Indexes alone: the tables are empty here. */
const SETTINGS = 'set local enable_seqscan = off; set local enable_bitmapscan = off'

/** What each looks for by the time, and the index that must lead to it. */
const LOOKS: Readonly<
  Record<string, { index: string; bound: string; look: (db: Knex) => Promise<unknown> }>
> = {
  'queued jobs that have expired': {
    index: 'print_jobs_expires_at_idx',
    bound: 'expires_at <=',
    look: (db) => cancelExpiredJobs(db, 10),
  },
  'claims of clients that fell silent': {
    index: 'print_jobs_claim_expires_at_idx',
    bound: 'claim_expires_at <=',
    look: (db) => endLapsedClaims(db, 10),
  },
  'old commands': {
    index: 'printer_commands_created_at_idx',
    bound: 'created_at <',
    look: withoutForeignKeys((db) =>
      insertCommand(db, { commandId: randomUUID(), printerId: randomUUID(), bytes: Buffer.from('x') }),
    ),
  },
  'repetitions of thermal jobs': {
    index: 'thermal_repeats_created_at_idx',
    bound: 'created_at <',
    look: withoutForeignKeys((db) => rememberRepeat(db, { callerId: 'c', thermalJobId: 't' }, 'j')),
  },
  'deliveries of webhooks that are due': {
    index: 'webhook_deliveries_due_idx',
    bound: 'next_attempt_at <=',
    look: (db) =>
      inOneGo(db, [
        claimDeliveries({
          webhookNumber: 1,
          claimsMax: 1,
          underWayMax: 1,
          leaseId: randomUUID(),
          leaseMs: 1,
        }),
      ]),
  },
  'old events': {
    index: 'events_created_at_idx',
    bound: 'created_at <',
    look: (db) => deleteOldEvents(db, { olderThanMs: 1, limit: 10 }),
  },
  'old idempotency keys': {
    index: 'idempotency_keys_expires_at_idx',
    bound: 'expires_at <=',
    look: (db) => deleteExpiredIdempotencyKeys(db, 10),
  },
  'old documents, from where the last batch ended': {
    index: 'documents_created_at_idx',
    bound: 'created_at <',
    look: (db) =>
      lockOldDocuments(db, {
        olderThanDays: 30,
        after: { documentId: 'doc_1', createdAt: new Date() },
        limit: 10,
      }),
  },
  'prints of a document within its retention': {
    index: 'print_jobs_document_id_updated_at_idx',
    bound: 'updated_at >=',
    look: (db) => removeUnneeded(db, { documentIds: ['doc_1'], olderThanDays: 30 }),
  },
}

describe('what is looked for by the time', () => {
  let database: TestDatabase
  before(async () => {
    database = await cloneDatabase()
  })
  after(() => database.drop())

  // PostgreSQL compares `clock_timestamp()` itself with every row: it may differ from one to the next.
  for (const [name, { index, bound, look }] of Object.entries(LOOKS)) {
    it(`is found by an index that begins at the time: ${name}`, async () => {
      const plans = await plansOf(database.db, () => look(database.db), SETTINGS)
      const conditions = plans
        .flatMap(nodesOf)
        .filter((node) => node['Index Name'] === index)
        .map((node) => node['Index Cond'])
      expect(conditions.join('; ')).to.include(bound)
    })
  }
})

/** What it inserts belongs to nothing, and is taken back. */
function withoutForeignKeys(look: (db: Knex) => Promise<unknown>): (db: Knex) => Promise<unknown> {
  return async (db) => {
    const trx = await db.transaction()
    await trx.raw(
      'alter table printer_commands disable trigger all; alter table thermal_repeats disable trigger all',
    )
    await look(trx)
    await trx.rollback()
  }
}
