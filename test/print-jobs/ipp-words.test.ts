import { expect } from 'chai'
import type { IppAttribute } from '../../lib/delivery/ipp-message.ts'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'
import { eventually } from '../helpers/eventually.ts'
import {
  aJob,
  answering,
  aPrinterState,
  type FakeAnswers,
  type FakeIppPrinter,
  startFakeIppPrinter,
} from '../helpers/fake-ipp-printer.ts'
import { JOBS, type JobWorkspace, openJobWorkspace } from '../rest/print-job-fixtures.ts'

const COMPLETED = 9
const ABORTED = 8
const STOPPED = 5

/** Programs in C send the octet that ends their texts along, now and then. */
const ENDED = 'done\u0000'

const said = (name: string): IppAttribute => ({
  name,
  values: [{ tag: 'textWithoutLanguage', value: ENDED }],
})
const EMPTY: IppAttribute = {
  name: 'printer-state-reasons',
  values: [{ tag: 'keyword', value: 'media-empty\u0000' }],
}

describe('words of an IPP printer with the octet that ends texts in C', () => {
  let workspace: JobWorkspace
  let printer: FakeIppPrinter

  before(async () => {
    workspace = await openJobWorkspace()
  })
  afterEach(() => printer.close())
  after(() => workspace.stop())

  async function submit(answers: FakeAnswers): Promise<string> {
    printer = await startFakeIppPrinter(answers)
    const name = `words ${printer.uri}`
    await workspace.newStation([{ name, connection: { type: 'ipp', uri: printer.uri } }])
    return (await workspace.create({ printer_name: name })).id
  }

  async function outcomeOf(answers: FakeAnswers): Promise<{ status: string; reason: string | null }> {
    const id = await submit(answers)
    return eventually('the job ends', async () => {
      const { status, reason } = (await workspace.admin.get(`${JOBS}/${id}`)).json.data
      return status === 'queued' || status === 'processing' ? undefined : { status, reason }
    })
  }

  it('do not keep a job from being completed', async () => {
    const job = [...aJob(COMPLETED, 1), said('job-state-message')]
    expect(await outcomeOf({ getJobAttributes: answering(0, GROUP.job, job) })).to.deep.equal({
      status: 'completed',
      reason: null,
    })
  })

  it('are told of a job that the printer gave up', async () => {
    const job = [...aJob(ABORTED), said('job-state-message')]
    const { status, reason } = await outcomeOf({ getJobAttributes: answering(0, GROUP.job, job) })
    expect([status, reason]).to.deep.equal(['failed', 'aborted-by-system: job aborted: done'])
  })

  it('are told of a printer that has no paper', async () => {
    const state = aPrinterState({ state: STOPPED, more: [said('printer-state-message')] })
    const empty = state.map((one) => (one.name === 'printer-state-reasons' ? EMPTY : one))
    const id = await submit({ getPrinterAttributes: answering(0, GROUP.printer, empty) })
    await eventually('the job says why it waits', async () => {
      const { state_reasons: reasons } = (await workspace.admin.get(`${JOBS}/${id}`)).json.data
      return reasons.includes('media-empty') ? true : undefined
    })
  })
})
