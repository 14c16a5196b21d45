import { expect } from 'chai'
import { SCOPES } from '../../lib/access/scope.ts'
import type { RestClient } from '../helpers/rest-client.ts'
import {
  assertRefused,
  blamed,
  JOB_MEMBERS,
  JOBS,
  type JobWorkspace,
  openJobWorkspace,
} from './print-job-fixtures.ts'

describe('GET /v1/cloud-printing/jobs', () => {
  let workspace: JobWorkspace
  let admin: RestClient
  let stationId: string
  let elsewhere: string
  /** In the order of their making: five at the demo's station, two at another one, one at another location. */
  const made: { id: string; created_at: string; printer: { id: string } }[] = []

  before(async () => {
    workspace = await openJobWorkspace()
    admin = workspace.admin
    stationId = (await workspace.newStation([{ name: 'p' }])).id
    elsewhere = await workspace.newLocation()
    await workspace.newStation([{ name: 'far' }], { locationId: elsewhere })
    for (let n = 0; n < 5; n += 1)
      made.push(await workspace.create({ resource: { type: 'shipment', id: `s${n % 2}` } }))
    for (let n = 0; n < 2; n += 1) {
      made.push(
        await workspace.create({
          print_station_id: stationId,
          printer_name: 'p',
          resource: { type: 'item', id: 's0' },
        }),
      )
    }
    made.push(await workspace.create({ location_id: elsewhere, printer_name: 'far' }))
    await admin.post(`${JOBS}/${made[0]?.id}`, { status: 'processing' })
    await admin.post(`${JOBS}/${made[1]?.id}`, { status: 'canceled' })
  })
  after(() => workspace.stop())

  const list = (query: string, client = admin) => client.get(`${JOBS}?${query}`)
  const places = async (query: string, client = admin): Promise<number[]> => {
    const { status, json } = await list(query, client)
    expect(status, JSON.stringify(json.errors)).to.equal(200)
    return json.data.map(({ id }: { id: string }) => made.findIndex((job) => job.id === id))
  }

  it("answers the specification's request with whole jobs, a count in words and the pagination", async () => {
    const { json } = await list(`status=queued&print_station_id=${stationId}`)
    const { data, ...envelope } = json
    expect(envelope).to.deep.equal({
      status: 200,
      message: '2 print jobs retrieved',
      code: null,
      error_code: null,
      errors: [],
      events: [],
      pagination: { page: 1, limit: 20, has_more: false, total_count: 2 },
      endpoint: JOBS,
    })
    for (const job of data) expect(Object.keys(job)).to.have.members([...JOB_MEMBERS])
    const { data_url: _listed, ...listed } = data[1]
    const { data_url: _read, ...read } = (await admin.get(`${JOBS}/${made[5]?.id}`)).json.data
    expect(listed).to.deep.equal(read)
  })

  it('counts one job in the singular', async () => {
    expect((await list('limit=1')).json.message).to.equal('1 print job retrieved')
    expect((await list('status=failed')).json.message).to.equal('0 print jobs retrieved')
  })

  it('is narrowed by every filter', async () => {
    const demo = workspace.server.credentials
    expect(await places('')).to.deep.equal([7, 6, 5, 4, 3, 2, 1, 0])
    expect(await places(`location_id=${elsewhere}`)).to.deep.equal([7])
    expect(await places(`location_id=${demo.location_id}&print_station_id=${demo.station_id}`)).to.deep.equal(
      [4, 3, 2, 1, 0],
    )
    expect(await places(`printer_id=${made[5]?.printer.id}`)).to.deep.equal([6, 5])
    expect(await places(`printer_id=${made[5]?.printer.id.toUpperCase()}`)).to.deep.equal([6, 5])
    expect(await places('status=processing')).to.deep.equal([0])
    expect(await places('status=canceled')).to.deep.equal([1])
    expect(await places('resource_id=s0')).to.deep.equal([6, 5, 4, 2, 0])
    expect(await places('resource_type=shipment&resource_id=s0')).to.deep.equal([4, 2, 0])
    expect(await places(`location_id=${elsewhere}&print_station_id=${stationId}`)).to.deep.equal([])
  })

  it('is empty for an id that names nothing', async () => {
    for (const filter of [
      'location_id=loc_none',
      'print_station_id=%00',
      'printer_id=019b1234-0000-7000-8000-000000000000',
      'printer_id=00000000-0000-0000-0000-00000000000f',
      'resource_type=%F0%9F%92%A5',
      'resource_id=',
    ]) {
      const { json } = await list(filter)
      expect([json.data, json.pagination.total_count], filter).to.deep.equal([[], 0])
    }
  })

  it('takes bounds of both times, and orders by either', async () => {
    const [at2, at4] = [made[2]?.created_at ?? '', made[4]?.created_at ?? '']
    expect(await places(`created_at[gte]=${at2}&created_at[lte]=${at4}&direction=asc`)).to.deep.equal([
      2, 3, 4,
    ])
    expect(await places(`created_at%5Bgte%5D=${made[7]?.created_at}`)).to.deep.equal([7])
    expect((await places('order_by=updated_at')).slice(0, 2)).to.deep.equal([1, 0])
    const changed = (await admin.get(`${JOBS}/${made[0]?.id}`)).json.data.updated_at
    expect(await places(`updated_at[gte]=${changed}&order_by=updated_at&direction=asc`)).to.deep.equal([0, 1])
    expect(await places(`created_at[gte]=2100-01-01`)).to.deep.equal([])
  })

  it('names every parameter that is wrong', async () => {
    const reply = await list(
      'page=0&limit=101&order_by=name&direction=up&status=done&printer_id=x&created_at[gte]=soon&updated_at[lte]=&other=1',
    )
    assertRefused(reply, 400, 'validation_error')
    expect(blamed(reply)).to.deep.equal([
      'created_at[gte]',
      'direction',
      'limit',
      'order_by',
      'page',
      'printer_id',
      'status',
      'updated_at[lte]',
    ])
  })

  it('shows a key of one location that location alone, and refuses to look elsewhere', async () => {
    const { client } = await workspace.keyWith(SCOPES, { limit_to_location: elsewhere })
    expect(await places('', client)).to.deep.equal([7])
    expect(await places(`location_id=${elsewhere}`, client)).to.deep.equal([7])
    expect(await places('print_station_id=prnt_stn_none', client)).to.deep.equal([])
    for (const filter of [
      `location_id=${workspace.server.credentials.location_id}`,
      `print_station_id=${stationId}`,
      `printer_id=${made[0]?.printer.id}`,
    ]) {
      assertRefused(await list(filter, client), 403, 'location_access')
    }
  })

  for (const query of ['direction=asc&', 'direction=desc&created_at[lte]=now&']) {
    it(`shows every job once to who walks with ${query.slice(0, -1)} while jobs are added`, async () => {
      const fixed = query.replace('now', new Date().toISOString())
      const before = (await list(`${fixed}limit=1`)).json.pagination.total_count
      const seen: string[] = []
      for (let page = 1, hasMore = true; hasMore; page += 1) {
        const { data, pagination } = (await list(`${fixed}limit=3&page=${page}`)).json
        seen.push(...data.map(({ id }: { id: string }) => id))
        hasMore = pagination.has_more
        if (page <= 3) await workspace.create()
      }
      expect(new Set(seen)).to.have.property('size', seen.length)
      expect(seen).to.include.members(made.map(({ id }) => id))
      expect(seen.length).to.be.at.least(before)
    })
  }
})
