import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { addPackagesWithFile, addSocketPrinter } from '../helpers/print-floor.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'

describe('what a person says of a job that may have printed', function () {
  this.timeout(60_000)
  let server: TestServer
  let sink: SocketSink
  let rest: RestClient

  beforeEach(async () => {
    sink = await startSocketSink({ resetAfterBytes: 1 })
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    rest = createRestClient(server.url, server.credentials.admin.api_key)
  })
  afterEach(async () => {
    await server.stop()
    await sink.close()
  })

  async function aDoubtfulJob(): Promise<{ readonly jobId: string; readonly instructionId: number }> {
    const pdf = await makePdf({ pages: 400, widthPt: 612, heightPt: 792, text: 'doubtful' })
    const { stationId } = await addSocketPrinter(server, sink)
    const { instructionId } = await addPackagesWithFile(server, { id: 'V', count: 1, pdf })
    await server.rpc.call('packing.confirm', [instructionId, 'V-s-1', { station_id: stationId }], 'packer')
    const jobId = await eventually('it is not known what became of it', async () => {
      const { rows } = await server.db.raw(
        `select job_id from print_jobs where status = 'failed' and reason like 'outcome-unknown: %'`,
      )
      return rows[0]?.job_id as string | undefined
    })
    return { jobId, instructionId }
  }

  const path = (jobId: string, rest = '') => `/v1/cloud-printing/jobs/${jobId}${rest}`
  const attemptsOf = async (jobId: string): Promise<{ outcome: string; detail: string }[]> =>
    (await rest.get(path(jobId, '/attempts'))).json.data
  const copiesOf = async (): Promise<string> =>
    (await server.rpc.call('order_instruction.list', ['V']))[0].copies_printed

  it('"it printed": the job is completed, once, and the ledger says who said so and why', async () => {
    const { jobId } = await aDoubtfulJob()
    expect(await copiesOf()).to.equal('0')
    const verdict = { status: 'completed', reason: 'lay in the output tray' }
    const said = await rest.post(path(jobId), verdict)
    expect(said.status).to.equal(200)
    expect(said.json.data).to.include({ status: 'completed', reason: null })
    expect(said.json.events).to.deep.equal(['cloud_printing.job.completed'])
    expect((await attemptsOf(jobId)).map(({ outcome }) => outcome)).to.deep.equal(['unknown', 'confirmed'])
    expect((await attemptsOf(jobId)).at(-1)?.detail).to.match(
      /^key_\w+ \(.*\) says that it printed: lay in the output tray$/,
    )
    expect(await copiesOf()).to.equal('1')
    // Nobody but a person reports on a printer that Packhouse drives, and that has been done.
    expect((await rest.post(path(jobId), verdict)).json.code).to.equal('invalid_status_transition')
    expect((await rest.post(path(jobId), { status: 'failed', reason: 'no, it did not' })).status).to.equal(
      400,
    )
    expect(await attemptsOf(jobId)).to.have.length(2)
  })

  it('"it printed", by RPC: the same, with the packer’s name', async () => {
    const { jobId } = await aDoubtfulJob()
    const verdict = { status: 'completed', reason: 'on the desk' }
    const job = await server.rpc.call('print_job.update', [jobId, verdict], 'packer')
    expect(job).to.include({ status: 'completed' })
    expect((await attemptsOf(jobId)).at(-1)?.detail).to.match(
      /^usr_\w+ \(.+\) says that it printed: on the desk$/,
    )
  })

  for (const [what, reason] of [
    ['a number', 7],
    ['two characters', 'no'],
    ['too long', 'x'.repeat(1024)],
    ['U+0000', 'a\u0000b'],
  ] as const) {
    it(`"it printed" with a reason that can't be kept (${what}): it is left out, as the contract has it`, async () => {
      const { jobId } = await aDoubtfulJob()
      expect((await rest.post(path(jobId), { status: 'completed', reason })).status).to.equal(200)
      expect((await attemptsOf(jobId)).at(-1)?.detail).to.match(/says that it printed$/)
    })
  }

  it('"print it again": a new job, linked to the old one, with who and why; the old one stays in doubt', async () => {
    const { jobId } = await aDoubtfulJob()
    const again = await rest.post(path(jobId, '/reprint'), { reason: 'nothing in the tray' })
    expect(again.status).to.equal(201)
    expect(again.json.data).to.include({ reprint_of: jobId, reprint_reason: 'nothing in the tray' })
    expect(again.json.data.created_by).to.match(/^key_/)
    expect((await rest.get(path(jobId))).json.data).to.include({ status: 'failed' })
    const repeated = await server.rpc.call('packing.reprint', [1, 'V-s-1', 'x'], 'packer').catch(() => null)
    expect(repeated, 'a reason of one character is none').to.equal(null)
  })
})
