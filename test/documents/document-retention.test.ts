import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { addPackagesWithFile } from '../helpers/print-floor.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const DAYS = 30
const JOBS = '/v1/cloud-printing/jobs'

describe('the retention of documents', () => {
  let server: TestServer
  let rest: RestClient
  const { signal } = new AbortController()
  const prune = () => server.services.documentRetention.prune(signal)

  before(async () => {
    server = await startServer({ env: { DOCUMENT_RETENTION_DAYS: String(DAYS) } })
    rest = createRestClient(server.url, server.credentials.admin.api_key)
  })
  after(() => server.stop())

  /** The clock can't be turned, so what there is grows older. */
  const age = (days: number) =>
    server.db.raw(
      `with jobs as (update print_jobs set updated_at = updated_at - :days * interval '1 day'),
            parcels as (update packages set packed_at = packed_at - :days * interval '1 day')
       update documents set created_at = created_at - :days * interval '1 day'`,
      { days },
    )

  async function printed(pdf: Buffer): Promise<{ readonly id: string; readonly data_url: string }> {
    const { json } = await rest.post(JOBS, {
      location_id: server.credentials.location_id,
      printer_name: 'Laser',
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
    })
    return eventually('the job ends', async () => {
      const { data } = (await rest.get(`${JOBS}/${json.data.id}`)).json
      return data.status === 'completed' ? data : undefined
    })
  }

  it('removes the bytes of a job that ended long enough ago, and keeps everything that is known of it', async () => {
    const pdf = await makePdf({ text: 'old' })
    const { id } = await printed(pdf)
    await age(DAYS - 0.01)
    expect(await prune()).to.equal(0)
    await age(0.02)
    expect(await prune()).to.equal(1)
    const job = (await rest.get(`${JOBS}/${id}`)).json.data
    expect(job).to.deep.include({ id, status: 'completed', data_type: 'application/pdf' })
    expect(job.options.total_pages).to.equal(1)
    expect((await rest.get(`${JOBS}/${id}/attempts`)).json.data).to.have.length(1)
    expect((await fetch(job.data_url)).status).to.equal(404)
    expect((await rest.get(`${JOBS}/${id}/preview.png`)).status).to.equal(404)
    expect((await rest.post(`${JOBS}/${id}/reprint`, { reason: 'once more' })).status).to.equal(404)
  })

  it('has the bytes again when the same document comes again', async () => {
    const pdf = await makePdf({ text: 'again' })
    await printed(pdf)
    await age(DAYS + 1)
    expect(await prune()).to.equal(1)
    const { data_url } = await printed(pdf)
    expect(Buffer.from(await (await fetch(data_url)).arrayBuffer()).equals(pdf)).to.equal(true)
    expect(await prune()).to.equal(0)
  })

  it('keeps what waits for its printer, however old', async () => {
    const pdf = await makePdf({ text: 'waits' })
    const { json } = await rest.post(JOBS, {
      location_id: server.credentials.location_id,
      printer_name: 'Front desk',
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
    })
    await age(10 * DAYS)
    await prune()
    expect((await fetch((await rest.get(`${JOBS}/${json.data.id}`)).json.data.data_url)).status).to.equal(200)
  })

  it('keeps a receipt’s copy that is still to be made when its job has printed', async () => {
    const { id } = await printed(await makePdf({ text: 'copied' }))
    await server.db.raw(
      `insert into thermal_copies (job_id, position, printer_id, document_id)
       select job_id, 0, printer_id, document_id from print_jobs where job_id = ?`,
      [id],
    )
    await age(DAYS + 1)
    expect(await prune()).to.equal(0)
    await server.db.raw('delete from thermal_copies where job_id = ?', [id])
    expect(await prune()).to.equal(1)
  })

  it('keeps the file of an order until all of it has been packed for so long; then the file is null, its name stays', async () => {
    const pdf = await makePdf({ text: 'slip' })
    const { instructionId, packageIds } = await addPackagesWithFile(server, { id: 'kept', count: 2, pdf })
    const [first = '', second = ''] = packageIds
    const pack = async (packageId: string) => {
      await server.rpc.call('packing.confirm', [instructionId, packageId], 'packer')
      await server.rpc.call('packing.finish', [packageId], 'packer')
    }
    const content = async () =>
      (await server.rpc.call('order_instruction.list', ['kept', ['file_content']]))[0]
    await pack(first)
    await age(10 * DAYS)
    expect(await prune()).to.equal(0)
    await pack(second)
    await eventually('both copies are printed', async () =>
      (await content()).copies_printed === '2' ? true : undefined,
    )
    await age(DAYS - 1)
    expect(await prune()).to.equal(0)
    expect((await content()).file_content).to.equal(pdf.toString('base64'))
    await age(2)
    expect(await prune()).to.equal(1)
    expect(await content()).to.include({ file_content: null, file_name: 'slip.pdf', copies_printed: '2' })
  })
})
