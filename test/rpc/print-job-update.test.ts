import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { aStation } from '../print-jobs/station-client-fixtures.ts'

describe('print_job.update', () => {
  let server: TestServer
  let data: string
  let stationId: string

  before(async () => {
    server = await startServer()
    stationId = (await aStation(server)).stationId
    data = `data:application/pdf;base64,${(await makePdf()).toString('base64')}`
  })
  after(() => server.stop())

  async function create(): Promise<string> {
    const body = { location_id: server.credentials.location_id, data, print_station_id: stationId }
    return (await server.rpc.call('print_job.create', [body])).id
  }
  const update = (id: string, change: object, as?: 'packer') =>
    server.rpc.call('print_job.update', [id, change], as)
  const fault = async (id: string, change: unknown, as?: 'packer' | 'demo-other') =>
    (await server.rpc.fault('print_job.update', [id, change], as)).code

  it('follows a job to its end, for packers', async () => {
    const id = await create()
    const processing = await update(id, { status: 'processing' }, 'packer')
    expect(processing).to.deep.include({ id, status: 'processing' })
    expect(processing.claim.expires_at).to.match(/Z$/)
    expect(processing.updated_by).not.to.equal(processing.created_by)
    expect(await update(id, { status: 'completed', reason: 5 }, 'packer')).to.deep.include({
      status: 'completed',
      reason: null,
      claim: null,
    })
    expect(await fault(id, { status: 'canceled' }, 'packer')).to.equal(-32105)
  })

  it('lets a merchant cancel, and nothing else', async () => {
    const id = await create()
    expect(await fault(id, { status: 'processing' })).to.equal(-32002)
    expect(await fault(id, { status: 'canceled' }, 'demo-other')).to.equal(-32101)
    expect(await update(id, { status: 'canceled', reason: 'not needed' })).to.deep.include({
      status: 'canceled',
      reason: 'not needed',
    })
    expect(await update(id, { status: 'canceled' })).to.include({ reason: 'not needed' })
  })

  it('wants a reason of 3 to 1023 characters for a failure', async () => {
    const id = await create()
    for (const reason of [undefined, null, '', 'ab', '  ab  ', 5, 'x'.repeat(1024), 'abc\0', '\ud800abc']) {
      expect(await fault(id, { status: 'failed', reason }, 'packer'), String(reason)).to.equal(-32100)
    }
    const reason = '🖨'.repeat(1023)
    expect(await update(id, { status: 'failed', reason }, 'packer')).to.include({ status: 'failed', reason })
  })

  it('refuses what is no status or no update', async () => {
    const id = await create()
    for (const change of [{}, [], { status: 'done' }, { status: null }, { status: ['queued'] }, 'canceled']) {
      expect(await fault(id, change), JSON.stringify(change)).to.equal(-32100)
    }
    expect(await fault('prnt_job_none', { status: 'canceled' })).to.equal(-32101)
    expect((await server.rpc.fault('print_job.update', [id])).code).to.equal(-32006)
  })
})
