import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type ServerProcess, startServerProcess } from '../helpers/server-process.ts'

const JOBS = '/v1/cloud-printing/jobs'
const STOPPED = 'the server stopped before the first byte'
/** So that nobody waits a minute between two deaths. */
const QUICK = { retryMinMs: 10, retryMaxMs: 50, pollMs: 200, graceMs: 100 }

/** docs/printing.md, "When something goes wrong". */
describe('a job with which the process ends before the first byte, again and again', function () {
  this.timeout(180_000)
  let server: TestServer
  let living: ServerProcess | undefined

  beforeEach(async () => {
    server = await startServer({ printingTiming: QUICK })
  })
  afterEach(async () => {
    living?.kill('SIGKILL')
    await living?.ended
    await server.stop()
  })

  /** Queued at a paused printer; then the server is stopped and the printer isn't paused any more. */
  async function leaveQueued(names: readonly string[]): Promise<string[]> {
    const rest = createRestClient(server.url, server.credentials.admin.api_key)
    await server.db.raw(`update printers set is_paused = true where name = 'Laser'`)
    const jobIds: string[] = []
    for (const name of names) {
      const pdf = await makePdf({ text: name })
      const { json } = await rest.post(JOBS, {
        location_id: server.credentials.location_id,
        printer_name: 'Laser',
        data: `data:application/pdf;base64,${pdf.toString('base64')}`,
      })
      jobIds.push(json.data.id)
    }
    await server.pause()
    await server.db.raw(`update printers set is_paused = false where name = 'Laser'`)
    return jobIds
  }
  /** What earlier deaths, and perhaps a refusal, have left in the ledger. */
  const remember = (jobId: string, details: string[]) =>
    server.db.raw(
      `insert into print_attempts (job_id, attempt, printer_id, started_at, ended_at, outcome, detail)
       select job_id, number, printer_id, now(), now(), 'not_sent', detail
       from print_jobs, unnest(?::text[]) with ordinality as past (detail, number) where job_id = ?`,
      [details, jobId],
    )
  async function dieWithIt(times: number): Promise<void> {
    for (let time = 1; time <= times; time += 1) {
      // Before it has said that it is ready, or after.
      const doomed = startServerProcess(server.env, 'claimed', QUICK)
      const ending = doomed.then(
        ({ ended: end }) => end,
        ({ message }: Error) => message,
      )
      expect(await ending, `death ${time}`).to.contain('SIGKILL')
    }
  }
  async function live(): Promise<RestClient> {
    living = await startServerProcess(server.env, 'none', QUICK)
    return createRestClient(living.baseUrl, server.credentials.admin.api_key)
  }
  const ended = (rest: RestClient, jobId: string) =>
    eventually(
      'the job ends',
      async () => {
        const { data } = (await rest.get(`${JOBS}/${jobId}`)).json
        return ['queued', 'processing'].includes(data.status) ? undefined : data
      },
      30_000,
    )

  it('is given up after twenty times in a row, says so, and the queue behind it goes on', async () => {
    const [poison = '', next = ''] = await leaveQueued(['poison', 'behind it'])
    await remember(poison, Array(16).fill(STOPPED))
    await dieWithIt(4)
    const rest = await live()
    const job = await ended(rest, poison)
    expect([job.status, job.reason]).to.deep.equal([
      'failed',
      'aborted-by-system: the server stopped while it prepared this job, 20 times in a row: it is given up, and nothing was printed',
    ])
    const { data: attempts } = (await rest.get(`${JOBS}/${poison}/attempts`)).json
    expect(attempts.map(({ detail }: { detail: string }) => detail)).to.deep.equal(Array(20).fill(STOPPED))
    expect((await ended(rest, next)).status).to.equal('completed')
  })

  it('is printed all the same when it was refused in between, or fewer times', async () => {
    const [first = '', second = ''] = await leaveQueued(['refused in between', 'nineteen times'])
    await remember(first, [...Array(19).fill(STOPPED), 'connection refused'])
    await remember(second, Array(19).fill(STOPPED))
    await dieWithIt(1)
    const rest = await live()
    expect((await ended(rest, first)).status).to.equal('completed')
    expect((await ended(rest, second)).status).to.equal('completed')
  })
})
