import { expect } from 'chai'
import type { RestClient } from '../helpers/rest-client.ts'
import { assertRefused, type JobWorkspace, openJobWorkspace } from './print-job-fixtures.ts'

const STATISTICS = '/v1/cloud-printing/job-statistics'
const FROM = '2026-03-01T00:30:00.000Z'

describe('GET /v1/cloud-printing/job-statistics', () => {
  let workspace: JobWorkspace
  let admin: RestClient
  let elsewhere: string

  /** A job that was made at that time, with that status. */
  async function made(at: string, status: string, change: object = {}): Promise<void> {
    const { id } = await workspace.create(change)
    await workspace.server.db.raw('update print_jobs set created_at = ?, status = ? where job_id = ?', [
      at,
      status,
      id,
    ])
  }

  before(async () => {
    workspace = await openJobWorkspace()
    admin = workspace.admin
    elsewhere = await workspace.newLocation()
    await workspace.newStation([{ name: 'far' }], { locationId: elsewhere })
    await made('2026-03-01T00:29:59.999Z', 'failed')
    await made('2026-03-01T00:30:00Z', 'completed')
    await made('2026-03-01T01:29:59.999Z', 'failed')
    await made('2026-03-01T01:30:00Z', 'canceled')
    await made('2026-03-01T01:30:00Z', 'queued', { location_id: elsewhere, printer_name: 'far' })
    await made('2026-03-01T03:30:00Z', 'completed')
  })
  after(() => workspace.stop())

  const hoursOf = async (query: string, client = admin) => {
    const { status, json } = await client.get(`${STATISTICS}?${query}`)
    expect(status, JSON.stringify(json.errors)).to.equal(200)
    return json.data
  }

  it('counts by the hour from wherever it begins, empty hours too', async () => {
    const { status, json } = await admin.get(`${STATISTICS}?from=${FROM}&hours=3`)
    expect([status, json.message, json.pagination]).to.deep.equal([200, '3 hours retrieved', null])
    const empty = {
      object: 'print_job_statistics',
      queued: 0,
      processing: 0,
      completed: 0,
      failed: 0,
      canceled: 0,
    }
    expect(json.data).to.deep.equal([
      { ...empty, from: FROM, jobs: 2, completed: 1, failed: 1 },
      { ...empty, from: '2026-03-01T01:30:00.000Z', jobs: 2, queued: 1, canceled: 1 },
      { ...empty, from: '2026-03-01T02:30:00.000Z', jobs: 0 },
    ])
  })

  it('is of the last 24 hours, the present one last, unless asked otherwise', async () => {
    await workspace.create()
    const hours = await hoursOf('')
    expect(hours).to.have.length(24)
    expect(Date.now() - Date.parse(hours[23].from)).to.be.within(0, 3_600_000)
    expect(hours[23].jobs).to.be.at.least(1)
  })

  it('shows each caller its own place, and a merchant nothing of another', async () => {
    const { client } = await workspace.keyWith(['print_jobs:read'], { limit_to_location: elsewhere })
    const own = await hoursOf(`from=${FROM}&hours=4`, client)
    expect(own.map(({ jobs }: { jobs: number }) => jobs)).to.deep.equal([0, 1, 0, 0])
    const { location_id } = workspace.server.credentials
    assertRefused(await client.get(`${STATISTICS}?location_id=${location_id}`), 403, 'location_access')
    const there = await hoursOf(`from=${FROM}&hours=4&location_id=${elsewhere}`)
    expect(there).to.deep.equal(own)
    const nowhere = await hoursOf(`from=${FROM}&hours=4&location_id=loc_none`)
    expect(nowhere.map(({ jobs }: { jobs: number }) => jobs)).to.deep.equal([0, 0, 0, 0])
    const merchant = { role: 'merchant', merchantId: 'mrch_none', locationId: null, id: 'usr_m', name: 'm' }
    const wanted = { locationId: null, from: new Date(FROM), hours: 4 }
    const seen = await workspace.server.services.jobLookup.statistics(merchant as never, wanted)
    expect(seen.map(({ jobs }) => jobs)).to.deep.equal([0, 0, 0, 0])
  })

  it('needs a scope and takes a week at most', async () => {
    const { client } = await workspace.keyWith(['print_stations:read'])
    assertRefused(await client.get(STATISTICS), 403, 'missing_scope')
    for (const query of ['hours=0', 'hours=169', 'hours=x', 'from=yesterday', 'from=']) {
      assertRefused(await admin.get(`${STATISTICS}?${query}`), 400, 'validation_error')
    }
    expect(await hoursOf('hours=168')).to.have.length(168)
  })
})
