import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const JOBS = '/v1/cloud-printing/jobs'
const PRINTERS = '/v1/cloud-printing/printers'

/** What other parts of the server never leave behind: written here by the database. */
describe('a job that can never be sent', function () {
  this.timeout(60_000)
  let server: TestServer
  let rest: RestClient
  let printerId: string
  const logged: Record<string, unknown>[] = []

  before(async () => {
    server = await startServer({
      env: { LOG_LEVEL: 'error' },
      onLog: (line) => void logged.push(JSON.parse(line)),
      printingTiming: { retryMinMs: 10, retryMaxMs: 50, pollMs: 200 },
    })
    rest = createRestClient(server.url, server.credentials.admin.api_key)
    const { rows } = await server.db.raw(`select printer_id from printers where name = 'Laser'`)
    printerId = rows[0].printer_id
  })
  after(() => server.stop())

  const tell = (action: 'pause' | 'resume') => rest.post(`${PRINTERS}/${printerId}/${action}`)
  async function queued(text: string): Promise<string> {
    const pdf = await makePdf({ text })
    const { json } = await rest.post(JOBS, {
      location_id: server.credentials.location_id,
      printer_name: 'Laser',
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
    })
    return json.data.id
  }
  const ended = (id: string) =>
    eventually(
      'the job ends',
      async () => {
        const { data } = (await rest.get(`${JOBS}/${id}`)).json
        return ['queued', 'processing'].includes(data.status) ? undefined : data
      },
      30_000,
    )
  /** Two jobs in the queue, the first of them spoiled. */
  async function behindSpoiled(spoil: (jobId: string) => Promise<unknown>) {
    expect((await tell('pause')).status).to.equal(200)
    const first = await queued('spoiled')
    const second = await queued('behind it')
    await spoil(first)
    await tell('resume')
    expect(await ended(second)).to.include({ status: 'completed' })
    return { job: await ended(first), attempts: (await rest.get(`${JOBS}/${first}/attempts`)).json.data }
  }

  it('fails at once when its document is no longer kept, and the queue behind it goes on', async () => {
    const { job, attempts } = await behindSpoiled((jobId) =>
      server.db.raw(
        `with spoiled as (
           update documents set removed_at = clock_timestamp() from print_jobs
           where print_jobs.document_id = documents.document_id and print_jobs.job_id = ?
           returning documents.document_id
         )
         delete from document_contents using spoiled where document_contents.document_id = spoiled.document_id`,
        [jobId],
      ),
    )
    expect(job).to.include({
      status: 'failed',
      reason: 'document-access-error: the document is no longer kept',
    })
    expect(attempts).to.have.length(1)
    expect(attempts[0]).to.include({ outcome: 'not_sent', detail: 'the document is no longer kept' })
  })

  it('fails after ten tries when the server itself fails with it, says so, and is named in the log each time', async () => {
    const { job, attempts } = await behindSpoiled((jobId) =>
      server.db.raw(`update print_jobs set paper_size = 'of_another_registry' where job_id = ?`, [jobId]),
    )
    expect(job.status).to.equal('failed')
    expect(job.reason).to.equal(
      'aborted-by-system: the server failed before sending, for the 10th time: it is given up, and nothing was printed',
    )
    expect(attempts.map(({ outcome }: { outcome: string }) => outcome)).to.deep.equal(
      Array(10).fill('not_sent'),
    )
    const lines = logged.filter(({ msg }) => msg === 'delivery failed')
    expect(lines).to.have.length(10)
    for (const line of lines) expect(line).to.include({ jobId: job.id, printerId })
  })
})
