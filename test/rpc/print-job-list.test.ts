import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { aKey, aStation } from '../print-jobs/station-client-fixtures.ts'
import { aLocation, rejection } from '../printers/printing-fixtures.ts'

describe('print_job.list', () => {
  let server: TestServer
  let data: string
  let stationId: string
  let otherStationId: string
  const made: { id: string; created_at: string }[] = []

  before(async () => {
    server = await startServer()
    data = `data:application/pdf;base64,${(await makePdf()).toString('base64')}`
    stationId = (await aStation(server)).stationId
    otherStationId = (await aStation(server)).stationId
    for (let count = 0; count < 5; count += 1) {
      made.push(await create({ resource: { type: 'shipment', id: `shp_${count % 2}` } }))
    }
    await create({ print_station_id: otherStationId }, 'demo-other')
  })
  after(() => server.stop())

  const create = (more: object, as?: 'demo-other') =>
    server.rpc.call(
      'print_job.create',
      [{ location_id: server.credentials.location_id, data, print_station_id: stationId, ...more }],
      as,
    )
  const list = (query?: object | null, as?: 'packer' | 'demo-other') =>
    server.rpc.call('print_job.list', query === undefined ? [] : [query], as)
  const ids = async (query?: object) => (await list(query)).data.map(({ id }: { id: string }) => id)
  const newestFirst = () => made.map(({ id }) => id).toReversed()

  it('answers the newest jobs first, with what the REST list has of pagination', async () => {
    const page = await list()
    expect(page.data.map(({ id }: { id: string }) => id)).to.deep.equal(newestFirst())
    expect(page.pagination).to.deep.equal({ page: 1, limit: 20, has_more: false })
    expect(await list(null)).to.have.nested.property('data.length', 5)
    expect(await list([] as unknown as object)).to.have.nested.property('data.length', 5)
  })

  it('shows each job once, page after page, and knows exactly when there is more', async () => {
    const first = await list({ limit: '2', direction: 'asc' })
    expect(first.pagination).to.deep.equal({ page: 1, limit: 2, has_more: true })
    const pages = [first, await list({ page: 2, limit: 2, direction: 'asc' })]
    pages.push(await list({ page: 3, limit: 2, direction: 'asc' }))
    expect(pages.flatMap((page) => page.data.map(({ id }: { id: string }) => id))).to.deep.equal(
      made.map(({ id }) => id),
    )
    expect(pages.map(({ pagination }) => pagination.has_more)).to.deep.equal([true, true, false])
    expect((await list({ limit: 5 })).pagination.has_more).to.equal(false)
    expect(await list({ page: 9 })).to.deep.equal({
      data: [],
      pagination: { page: 9, limit: 20, has_more: false },
    })
  })

  it('is narrowed by each filter, and an unknown id leaves nothing', async () => {
    expect(await ids({ print_station_id: stationId })).to.have.length(5)
    expect(await ids({ print_station_id: otherStationId })).to.have.length(0)
    expect(await ids({ location_id: server.credentials.location_id, status: 'queued' })).to.have.length(5)
    expect(await ids({ status: 'failed' })).to.have.length(0)
    expect(await ids({ resource_type: 'shipment', resource_id: 'shp_1' })).to.have.length(2)
    expect(await ids({ printer_id: '019b1234-0000-7000-8000-000000000000' })).to.have.length(0)
    expect(await ids({ location_id: 'a\0' })).to.have.length(0)
    expect(await ids({ frobnicate: 1 })).to.have.length(5)
  })

  it('takes inclusive bounds in both spellings', async () => {
    const [first, second] = made
    const until = second?.created_at
    const inside = [second?.id, first?.id]
    expect(await ids({ 'created_at[lte]': until })).to.include.members(inside)
    expect(await ids({ created_at: { gte: first?.created_at, lte: until } })).to.include.members(inside)
    expect(await ids({ 'created_at[gte]': '2100-01-01' })).to.have.length(0)
    expect(await ids({ 'updated_at[gte]': 0, order_by: 'updated_at' })).to.have.length(5)
  })

  it('names everything that is wrong with a query', async () => {
    const query = {
      page: 0,
      limit: 101,
      order_by: 'name',
      status: 'done',
      printer_id: 'x',
      'created_at[gte]': 'soon',
    }
    const { code, data: details } = await server.rpc.fault('print_job.list', [query])
    expect(code).to.equal(-32100)
    expect((details?.['errors'] as string[]).map((error) => error.split(' ')[0])).to.have.members(
      Object.keys(query),
    )
  })

  it("shows merchants their own jobs, packers everybody's", async () => {
    expect((await list(null, 'demo-other')).data).to.have.length(1)
    expect((await list(null, 'packer')).data).to.have.length(6)
  })

  it('shows a key of one location that location alone, and refuses to look elsewhere', async () => {
    const elsewhere = await aLocation(server.db)
    const limited = aKey({ locationId: elsewhere })
    const filter = {
      locationId: null,
      stationId: null,
      printerId: null,
      status: null,
      resourceType: null,
      resourceId: null,
    }
    const page = {
      page: 1,
      limit: 20,
      orderBy: 'created_at',
      direction: 'desc',
      createdFrom: null,
      createdTo: null,
      updatedFrom: null,
      updatedTo: null,
    } as const
    const listed = (change: object) =>
      server.services.jobLookup.listJobs(limited, { ...filter, ...change }, page)
    expect(await listed({})).to.include({ totalCount: 0 })
    for (const change of [{ locationId: server.credentials.location_id }, { stationId }]) {
      expect(await rejection(listed(change))).to.have.nested.property('details.reason', 'location')
    }
  })
})
