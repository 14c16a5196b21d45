import { expect } from 'chai'
import type { Knex } from 'knex'
import type { ListQuery } from '../../lib/db/list-page.ts'
import { getQueueFacts } from '../../lib/operation/examination-store.ts'
import { type JobFilter, listPrintJobs } from '../../lib/print-jobs/job-list-store.ts'
import { countJobsByHour } from '../../lib/print-jobs/job-statistics-store.ts'
import { findPrinter } from '../../lib/printers/printer-store.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { nodesOf, type Plan, plansOf } from '../helpers/plans.ts'
import { aDocument, aLocation } from '../printers/printing-fixtures.ts'

const NO_FILTER: JobFilter = {
  locationId: null,
  merchantId: null,
  stationId: null,
  printerId: null,
  status: null,
  resourceType: null,
  resourceId: null,
}
const FIRST_PAGE: ListQuery = {
  page: 1,
  limit: 20,
  orderBy: 'created_at',
  direction: 'desc',
  createdFrom: null,
  createdTo: null,
  updatedFrom: null,
  updatedTo: null,
}
const PLACES = 20
const JOBS = 50_000

describe('lists of print jobs: plans', () => {
  let database: TestDatabase
  let db: Knex
  let filters: Record<string, Partial<JobFilter>>

  before(async function () {
    this.timeout(120_000)
    database = await cloneDatabase()
    db = database.db
    filters = await seed(db)
  })
  after(() => database.drop())

  for (const name of [
    'nothing',
    'locationId',
    'merchantId',
    'stationId',
    'printerId',
    'status',
    'resourceType',
  ]) {
    for (const orderBy of ['created_at', 'updated_at'] as const) {
      for (const direction of ['asc', 'desc'] as const) {
        it(`reads a page narrowed by ${name} in the order of ${orderBy} ${direction} from an index`, async () => {
          const filter = { ...NO_FILTER, ...filters[name] }
          const nodes = nodesOf((await planOf(db, filter, { ...FIRST_PAGE, orderBy, direction })).page)
          const reads = nodes.filter((node) => node['Relation Name'] === 'print_jobs')
          expect(reads.map((node) => node['Index Name'] ?? node['Node Type']).join()).to.match(
            /^print_jobs_\w*(created|updated)_at_idx$/,
          )
          expect(nodes.map((node) => node['Node Type'])).not.to.include('Sort')
        })
      }
    }
  }

  for (const name of ['nothing', 'locationId', 'merchantId', 'stationId', 'printerId', 'resourceType']) {
    it(`passes over what stands before a page far down by an index alone, narrowed by ${name}`, async () => {
      const filter = { ...NO_FILTER, ...filters[name] }
      const list = { ...FIRST_PAGE, page: 100 }
      const { page, count, nodes } = await planOf(db, filter, list)
      const counting = nodesOf(count)
      expect(nodesOf(page)[1]).to.include({ 'Node Type': 'Index Only Scan' })
      const reads = nodes.filter((node) => node['Relation Name'] === 'print_jobs' && !counting.includes(node))
      expect(reads.every((node) => node['Index Name'] !== undefined)).to.equal(true)
      for (const direction of ['asc', 'desc'] as const) {
        const whole = await db.raw(
          `select job_id from print_jobs where :column: = :value
           order by created_at ${direction}, queue_position ${direction} limit 20 offset 1980`,
          columnOf(filters[name] ?? {}),
        )
        const { items } = await listPrintJobs(db, filter, { ...list, direction })
        expect(items.map(({ jobId }) => jobId)).to.deep.equal(
          whole.rows.map(({ job_id: jobId }: { job_id: string }) => jobId),
        )
      }
    })
  }

  it('shows a page far down by the last change, within bounds', async () => {
    const list = {
      ...FIRST_PAGE,
      page: 60,
      limit: 100,
      orderBy: 'updated_at' as const,
      createdTo: new Date(),
    }
    const { items, totalCount } = await listPrintJobs(db, NO_FILTER, list)
    expect(totalCount).to.equal(JOBS)
    const { rows } = await db.raw(
      'select job_id from print_jobs order by updated_at desc, queue_position desc limit 100 offset 5900',
    )
    expect(items.map(({ jobId }) => jobId)).to.deep.equal(rows.map((row: { job_id: string }) => row.job_id))
  })

  for (const name of ['nothing', 'locationId', 'merchantId', 'stationId', 'printerId', 'status']) {
    it(`counts a list narrowed by ${name} without looking at its jobs`, async () => {
      const filter = { ...NO_FILTER, ...filters[name] }
      const count = nodesOf((await planOf(db, filter, FIRST_PAGE)).count)
      expect(count.map((node) => node['Relation Name'])).to.include('print_job_counts')
      expect(count.map((node) => node['Relation Name'])).not.to.include('print_jobs')
      const { totalCount } = await listPrintJobs(db, filter, FIRST_PAGE)
      const counted = await listPrintJobs(db, filter, { ...FIRST_PAGE, createdFrom: new Date(0) })
      expect(totalCount).to.equal(counted.totalCount).and.be.above(0)
    })
  }

  it('knows how much waits at a printer without looking at its jobs', async () => {
    const printerId = filters['printerId']?.printerId ?? ''
    const [plan] = await plansOf(db, () => findPrinter(db, printerId))
    const relations = nodesOf(plan as Plan).map((node) => node['Relation Name'])
    expect(relations).to.include('print_job_counts').and.not.include('print_jobs')
    const { rows } = await db.raw(
      `select printer_id, count(*)::integer as queued from print_jobs where status = 'queued' group by printer_id`,
    )
    expect(rows).to.have.length.above(0)
    for (const { printer_id: id, queued } of rows) {
      expect(await findPrinter(db, id)).to.include({ queueDepth: queued })
    }
  })

  it('finds what failed within a day, of all that ever failed, by an index', async () => {
    const [plan] = await plansOf(db, () => getQueueFacts(db))
    const conditions = nodesOf(plan as Plan).map((node) => node['Index Cond'] ?? '')
    expect(conditions.join('; ')).to.match(/status = 'failed'.*updated_at >/)
  })

  it('finds the jobs of a resource by an index', async () => {
    const nodes = nodesOf((await planOf(db, { ...NO_FILTER, ...filters['resourceId'] }, FIRST_PAGE)).page)
    expect(nodes.map((node) => node['Index Name'])).to.include('print_jobs_resource_id_idx')
    const read = nodes.filter((node) => node['Relation Name'] === 'print_jobs')
    expect(read.map((node) => node['Node Type'])).to.deep.equal(['Bitmap Heap Scan'])
  })

  it('walks all of a list once, in a total order, whatever the page', async () => {
    const seen = new Set<string>()
    const filter = { ...NO_FILTER, ...filters['resourceId'] }
    for (let page = 1; ; page += 1) {
      const { items, totalCount, hasMore } = await listPrintJobs(db, filter, {
        ...FIRST_PAGE,
        page,
        limit: 3,
      })
      for (const { jobId } of items) seen.add(jobId)
      expect(hasMore).to.equal(seen.size < totalCount)
      if (!hasMore) {
        expect(seen.size).to.equal(totalCount)
        break
      }
    }
    const past = await listPrintJobs(db, filter, { ...FIRST_PAGE, page: 1e15 })
    expect(past).to.deep.include({ items: [], hasMore: false, totalCount: seen.size })
  })

  it('counts the jobs of a day from an index, whatever the history', async () => {
    const from = new Date(Date.now() - 86_400_000)
    for (const place of [{}, filters['locationId'], filters['merchantId']]) {
      const { locationId = null, merchantId = null } = place ?? {}
      const wanted = { locationId, merchantId, from, hours: 24 }
      const [plan] = await plansOf(db, () => countJobsByHour(db, wanted))
      const nodes = nodesOf(plan as Plan)
      const reads = nodes.filter((node) => node['Relation Name'] === 'print_jobs')
      const indexes = nodes.map((node) => node['Index Name'])
      expect(reads.map((node) => node['Node Type']).join()).to.match(/^(Index|Index Only|Bitmap Heap) Scan$/)
      expect(indexes.join()).to.match(/print_jobs_\w*created_at_idx/)
      expect(nodes.map((node) => node['Index Cond'] ?? '').join()).to.include('created_at')
    }
  })
})

/** As a binding of Knex; of no filter one that is true. */
function columnOf(filter: Partial<JobFilter>): { readonly column: string; readonly value: string } {
  const [[member, value] = ['jobStatus', '']] = Object.entries(filter)
  if (value === '' || value === null) return { column: 'reverse_order', value: 'false' }
  return { column: member.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value }
}

/** The subtree that reads the page, and that beside it, which counts. */
async function planOf(
  db: Knex,
  filter: JobFilter,
  list: ListQuery,
): Promise<{ readonly page: Plan; readonly count: Plan; readonly nodes: readonly Plan[] }> {
  const [plan] = await plansOf(db, () => listPrintJobs(db, filter, list))
  const nodes = nodesOf(plan as Plan)
  return {
    nodes,
    page: nodes.find((node) => node['Node Type'] === 'Limit') as Plan,
    count: nodes.find((node) => node['Node Type'] === 'Aggregate') as Plan,
  }
}

/** Jobs of some years at twenty locations, nearly all of them ended; answers a filter for each kind. */
async function seed(db: Knex): Promise<Record<string, Partial<JobFilter>>> {
  const { documentId } = await aDocument(db)
  for (let count = 0; count < PLACES; count += 1) await aLocation(db)
  await db.raw(`
    insert into merchants (merchant_id, name) select 'mrch_' || n, 'Merchant ' || n from generate_series(1, 20) as n;
    insert into stations (station_id, location_id, name, display_name, created_by, updated_by)
    select 'prnt_stn_' || location_id, location_id, 'S', 'S', 'key_1', 'key_1' from locations;
    insert into printers (printer_id, station_id, position, name)
    select gen_random_uuid(), station_id, 0, 'P' from stations;`)
  await db.raw(
    `insert into print_jobs
       (job_id, name, status, document_id, location_id, station_id, printer_id, merchant_id, resource_type, resource_id,
        user_name, routing, created_by, updated_by, created_at, updated_at, expires_at)
     select 'prnt_job_' || n, 'n', case when n % 1000 = 0 then 'queued' when n % 50 = 0 then 'failed' else 'completed' end,
       :documentId, location_id, station_id, printer_id, 'mrch_' || 1 + n % 20,
       case when n % 10 = 0 then 'item' else 'shipment' end, 'shp_' || n % 5000, 'u', '{}', 'key_1', 'key_1',
       now() - (:jobs - n) / 7 * interval '1 minute', now() - (:jobs - n) / 7 * interval '1 minute', now()
     from generate_series(1, :jobs) as n
     join (select row_number() over () as place, * from printers join stations using (station_id)) as places
       on places.place = 1 + n % :places`,
    { documentId, jobs: JOBS, places: PLACES },
  )
  await db.raw('vacuum analyze print_jobs')
  const { rows } = await db.raw<{ rows: Record<string, string>[] }>(
    `select location_id, station_id, printer_id, merchant_id, resource_id from print_jobs where job_id = 'prnt_job_77'`,
  )
  const [job = {}] = rows
  return {
    nothing: {},
    locationId: { locationId: job['location_id'] ?? '' },
    merchantId: { merchantId: job['merchant_id'] ?? '' },
    stationId: { stationId: job['station_id'] ?? '' },
    printerId: { printerId: job['printer_id'] ?? '' },
    status: { status: 'failed' },
    resourceType: { resourceType: 'item' },
    resourceId: { resourceId: job['resource_id'] ?? '' },
  }
}
