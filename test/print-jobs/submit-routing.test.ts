import { expect } from 'chai'
import fc from 'fast-check'
import type { Knex } from 'knex'
import type { Connection } from '../../lib/delivery/connection.ts'
import type { StoredDocument } from '../../lib/documents/document.ts'
import { createPrintJobsService } from '../../lib/print-jobs/print-jobs-service.ts'
import type { PrinterPool, PrinterStatus, StationStatus } from '../../lib/printers/printer.ts'
import type { Orientation, RenderedLanguage } from '../../lib/printers/printer-capability.ts'
import { createPrintersService, type PrintersService } from '../../lib/printers/printers-service.ts'
import {
  type RoutingCandidate,
  type RoutingDecision,
  type RoutingRequest,
  route,
} from '../../lib/printers/routing.ts'
import { createEventsService } from '../../lib/webhooks/events-service.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { aDocument, aJob, aLocation, PRINTER_PORTS } from '../printers/printing-fixtures.ts'

const RUNS = 60
const CALLER_ID = 'usr_1'
const RENDERABLE: ReadonlySet<RenderedLanguage> = new Set(['zpl'])
const CONNECTIONS: readonly Connection[] = [
  { type: 'station' },
  { type: 'virtual' },
  { type: 'ipp', uri: 'ipp://printer.example/' },
  { type: 'socket', host: '127.0.0.1', port: 9100, language: 'zpl' },
  { type: 'socket', host: '127.0.0.1', port: 9100, language: 'escpos' },
]

const printerSpec = fc.record({
  pool: fc.constantFrom<(PrinterPool | null)[]>('LABEL', 'LASER', null),
  status: fc.constantFrom<PrinterStatus[]>('online', 'online', 'busy', 'offline', 'error'),
  isPaused: fc.boolean(),
  hasColor: fc.boolean(),
  hasDuplex: fc.boolean(),
  orientations: fc.constantFrom<Orientation[][]>(['portrait', 'landscape'], ['portrait'], ['landscape']),
  priority: fc.option(fc.integer({ min: 0, max: 2 })),
  pageSizes: fc.subarray(['a4', 'letter', 'label_4x6']),
  connection: fc.constantFrom(...CONNECTIONS),
  queueDepth: fc.integer({ min: 0, max: 2 }),
})

const stationSpec = fc.record({
  status: fc.constantFrom<StationStatus[]>('online', 'online', 'offline'),
  isSilent: fc.boolean(),
  allowAllUsers: fc.boolean(),
  isCallerListed: fc.boolean(),
  printers: fc.array(printerSpec, { maxLength: 4 }),
})

const requestSpec = fc.record({
  mediaType: fc.constantFrom('application/pdf', 'application/vnd.zebra-zpl'),
  pool: fc.constantFrom<('LABEL' | null)[]>('LABEL', null, null),
  paperSize: fc.constantFrom<(string | null)[]>('a4', 'label_4x6', null, null),
  orientation: fc.constantFrom<Orientation[]>('portrait', 'portrait', 'landscape'),
  colorPrint: fc.boolean(),
  doubleSided: fc.boolean(),
  named: fc.constantFrom('none', 'none', 'station', 'printer'),
  isAtHand: fc.boolean(),
})

type Generated<A> = A extends fc.Arbitrary<infer T> ? T : never
type StationSpec = Generated<typeof stationSpec>
type RequestSpec = Generated<typeof requestSpec>

describe('routing of submitted jobs', () => {
  let database: TestDatabase
  let db: Knex
  let printers: PrintersService
  let stationNumber = 0
  const documents = new Map<string, StoredDocument>()

  before(async () => {
    database = await cloneDatabase()
    db = database.db
    printers = createPrintersService({ db, events: createEventsService(), printerPorts: PRINTER_PORTS })
    for (const mediaType of ['application/pdf', 'application/vnd.zebra-zpl']) {
      documents.set(mediaType, await aDocument(db, mediaType))
    }
  })
  after(() => database.drop())

  it('takes the printer that the pure decision takes, for any printers and any job', async () => {
    const jobs = createPrintJobsService({ printers, renderable: RENDERABLE })
    let chosenCount = 0
    const property = fc.asyncProperty(
      fc.array(stationSpec, { maxLength: 3 }),
      requestSpec,
      async (specs, wanted) => {
        const locationId = await aLocation(db)
        const document = documents.get(wanted.mediaType) as StoredDocument
        const candidates: RoutingCandidate[] = []
        for (const spec of specs) candidates.push(...(await build(spec, locationId, document)))

        const { named: _named, isAtHand: _isAtHand, pool, mediaType, ...options } = wanted
        const place = placeOf(wanted, candidates)
        const request: RoutingRequest = { ...options, ...place, pool, mediaType, renderable: RENDERABLE }
        const expected = route(request, candidates)
        const job = aJob(document, locationId, { callerId: CALLER_ID, printTarget: pool, options, ...place })

        expect(await jobs.route(db, job)).to.deep.equal(expected)
        const submitted = await jobs.submit(db, job).catch((error: unknown) => error)
        expect(submitted).to.have.nested.property(...outcomeOf(expected))
        chosenCount += expected.chosen === null ? 0 : 1
      },
    )
    await fc.assert(property, { numRuns: RUNS })
    expect(chosenCount, 'runs in which a printer was found').to.be.above(0)
  })

  /** Makes the station in the database, and says apart from it what routing must see. */
  async function build(
    spec: StationSpec,
    locationId: string,
    document: StoredDocument,
  ): Promise<RoutingCandidate[]> {
    stationNumber += 1
    const { stationId, printers: made } = await printers.createStation('key_1', {
      locationId,
      name: `S${stationNumber}`,
      status: spec.status,
      allowAllUsers: spec.allowAllUsers,
      allowedUsers: spec.isCallerListed ? ['usr_2', CALLER_ID] : ['usr_2'],
      printers: spec.printers.map((printer, index) => ({
        ...printer,
        name: `P${index}`,
        model: `M${index}`,
      })),
    })
    const silence = spec.isSilent ? '1 hour' : '1 second'
    const touched = await db.raw<{ rows: { name: string; display_name: string }[] }>(
      'update stations set last_seen_at = now() - ?::interval where station_id = ? returning name, display_name',
      [silence, stationId],
    )
    const { name = '', display_name: displayName = '' } = touched.rows[0] ?? {}
    const candidates = spec.printers.map((printer, index): RoutingCandidate => {
      const { connection, ...rest } = printer
      const kind =
        connection.type === 'socket'
          ? { type: connection.type, language: connection.language }
          : { type: connection.type }
      return {
        ...rest,
        id: made[index]?.printerId ?? '',
        name: `P${index}`,
        model: `M${index}`,
        station: { id: stationId, name, displayName },
        version: '',
        isStationOpenToCaller: spec.allowAllUsers || spec.isCallerListed,
        stationStatus: spec.isSilent ? 'offline' : spec.status,
        connection: kind,
      }
    })
    const changed: RoutingCandidate[] = []
    for (const candidate of candidates) {
      const { id, isPaused, queueDepth } = candidate
      const { rows } = await db.raw<{ rows: { version: string }[] }>(
        'update printers set is_paused = ? where printer_id = ? returning xmin::text as version',
        [isPaused, id],
      )
      await fillQueue({ printerId: id, queueDepth, document, locationId })
      changed.push({ ...candidate, version: rows[0]?.version ?? '' })
    }
    return changed
  }

  async function fillQueue(queue: {
    printerId: string
    queueDepth: number
    document: StoredDocument
    locationId: string
  }): Promise<void> {
    await db.raw(
      `insert into print_jobs
         (job_id, name, status, document_id, location_id, station_id, printer_id, user_name, routing, created_by,
          updated_by, expires_at)
       select gen_random_uuid()::text, 'n', state, :documentId, :locationId, station_id, printer_id, 'u', '{}', 'u',
         'u', now()
       from generate_series(1, :queueDepth::integer) as n,
         unnest(array[case when n = 1 then 'queued' else 'processing' end, 'completed']) as state,
         printers
       where printer_id = :printerId::uuid`,
      { ...queue, documentId: queue.document.documentId },
    )
  }
})

/** The station and printer that the request names, by turns those that exist. */
function placeOf({ named, isAtHand }: RequestSpec, candidates: readonly RoutingCandidate[]) {
  const [first, last] = [candidates[0], candidates.at(-1)]
  return {
    stationId: named === 'station' && first ? first.station.id : null,
    printerName: named === 'printer' && first ? first.name : null,
    preferredStationId: isAtHand && last ? last.station.id : null,
  }
}

/** Path and value by which a job, or the error in its place, shows what was decided. */
function outcomeOf({ refusal, chosen }: RoutingDecision): [string, string] {
  if (refusal !== null) return ['code', 'forbidden']
  return chosen === null ? ['code', 'no_printer'] : ['printer.printerId', chosen.id]
}
