import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { aStation } from '../print-jobs/station-client-fixtures.ts'

describe('print_job.retrieve', () => {
  let server: TestServer
  // biome-ignore lint/suspicious/noExplicitAny: answers are judged by the assertions
  let job: any

  before(async () => {
    server = await startServer()
    const { stationId } = await aStation(server)
    const data = `data:application/pdf;base64,${(await makePdf()).toString('base64')}`
    job = await server.rpc.call('print_job.create', [
      { location_id: server.credentials.location_id, data, print_station_id: stationId },
    ])
  })
  after(() => server.stop())

  it('answers the job as it was made, to its merchant and to packers', async () => {
    for (const user of ['demo', 'packer'] as const) {
      const answer = await server.rpc.call('print_job.retrieve', [job.id], user)
      expect({ ...answer, data_url: '' }).to.deep.equal({ ...job, data_url: '' })
      expect(answer.data_url.split('?')[0]).to.equal(job.data_url.split('?')[0])
    }
    expect(await server.rpc.call('print_job.retrieve', { job_id: job.id })).to.include({ id: job.id })
  })

  it("knows no job by an unknown id, and none of another merchant's", async () => {
    for (const id of ['prnt_job_none', 'a\0', 5, '']) {
      expect((await server.rpc.fault('print_job.retrieve', [id])).code).to.equal(-32101)
    }
    expect((await server.rpc.fault('print_job.retrieve', [job.id], 'demo-other')).code).to.equal(-32101)
    expect((await server.rpc.fault('print_job.retrieve', [])).code).to.equal(-32006)
    expect((await server.rpc.fault('print_job.retrieve', [true])).code).to.equal(-32100)
  })

  it('signs a link that its own server vouches for', () => {
    const url = new URL(job.data_url)
    const documentId = url.pathname.split('/').at(-1) ?? ''
    const signed = { expires: url.searchParams.get('expires'), signature: url.searchParams.get('signature') }
    expect(server.services.documentLinks.verify(documentId, signed)).to.equal(true)
  })
})
