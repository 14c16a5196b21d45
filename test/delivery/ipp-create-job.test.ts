import { expect } from 'chai'
import type { Delivery, DeliveryResult } from '../../lib/delivery/driver.ts'
import { IppDriver } from '../../lib/delivery/ipp-driver.ts'
import type { IppAttribute } from '../../lib/delivery/ipp-message.ts'
import { OPERATION } from '../../lib/delivery/ipp-status.ts'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'
import { aContext, aDelivery, type RecordingContext, someBytes } from '../helpers/deliveries.ts'
import {
  aJob,
  aJobWith,
  answering,
  aPrinterState,
  type FakeAnswers,
  type FakeIppPrinter,
  type FakeRequest,
  startFakeIppPrinter,
} from '../helpers/fake-ipp-printer.ts'

const PENDING = 3
const COMPLETED = 9
const CANCELED = 7
const ABORTED = 8
const ITS_NUMBER = 7

const NO_DOCUMENTS: IppAttribute = { name: 'number-of-documents', values: [{ tag: 'integer', value: 0 }] }

const IMPATIENT = {
  timeouts: { connectMs: 300, responseMs: 300 },
  limits: { pollFirstMs: 1, pollMaxMs: 5, unreachableMs: 300, jobMs: 300 },
}

describe('IPP driver and a printer that makes the job before its document', () => {
  const printers: FakeIppPrinter[] = []
  const drivers: IppDriver[] = []

  afterEach(async () => {
    await Promise.all(drivers.splice(0).map((driver) => driver.close()))
    await Promise.all(printers.splice(0).map((printer) => printer.close()))
  })

  async function deliver(
    answers: FakeAnswers,
    delivery: Partial<Delivery> = {},
    context: RecordingContext = aContext(),
  ): Promise<{ readonly result: DeliveryResult; readonly asked: readonly string[] }> {
    const operations = [OPERATION.createJob, OPERATION.sendDocument]
    const state = answering(0, GROUP.printer, aPrinterState({ operations }))
    const printer = await startFakeIppPrinter({ getPrinterAttributes: state, ...answers })
    printers.push(printer)
    const driver = new IppDriver({ type: 'ipp', uri: printer.uri }, IMPATIENT)
    drivers.push(driver)
    return { result: await driver.deliver(aDelivery(delivery), context), asked: printer.asked }
  }

  it('tells the printer’s number of the job before the first byte of the document', async () => {
    let isDocumentSent = false
    const context = aContext()
    const sendDocument = async (request: FakeRequest): Promise<void> => {
      isDocumentSent = true
      expect(context.deviceJobIds).to.deep.equal([ITS_NUMBER])
      await answering(0, GROUP.job, aJob(5))(request)
    }
    const { result, asked } = await deliver({ sendDocument }, {}, context)
    expect(result).to.include({ outcome: 'confirmed' })
    expect(isDocumentSent).to.equal(true)
    expect(asked.slice(0, 4)).to.deep.equal([
      'getPrinterAttributes',
      'validateJob',
      'createJob',
      'sendDocument',
    ])
  })

  it('takes back a job whose document may not be sent', async () => {
    const { result, asked } = await deliver({}, {}, aContext(new Error('the lease is lost')))
    expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: null, bytesWritten: 0 })
    expect(asked.filter((name) => name === 'sendDocument')).to.deep.equal([])
    expect(asked.at(-1)).to.equal('cancelJob')
  })

  it('takes back a job whose document the printer refuses', async () => {
    const { result, asked } = await deliver({ sendDocument: answering(0x0411) })
    expect(result).to.include({ outcome: 'not_sent', next: 'fail', reason: 'document-format-error' })
    expect(asked.at(-1)).to.equal('cancelJob')
  })

  it('holds the queue when a busy printer makes no job, and sends it no document', async () => {
    const context = aContext()
    const { result, asked } = await deliver({ createJob: answering(0x0507) }, {}, context)
    expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: 'printer-busy' })
    expect(context.begun).to.equal(0)
    expect(asked).not.to.include('sendDocument')
  })

  it('clears its own empty job out of the way of a busy printer, and no other', async () => {
    const other = aJob(PENDING, 0, 'Label #12 (prnt_job_0000000000000000000009)')
    const own = await deliver({
      createJob: answering(0x0507),
      getJobs: answering(0, GROUP.job, aJob(PENDING)),
    })
    expect(own.asked.filter((name) => name === 'cancelJob')).to.have.length(1)
    const others = await deliver({ createJob: answering(0x0507), getJobs: answering(0, GROUP.job, other) })
    expect(others.asked).not.to.include('cancelJob')
  })

  it('asks for the job by its number when the connection ends within the document', async () => {
    const { result, asked } = await deliver(
      {
        sendDocument: ({ http }) => void http.socket.resetAndDestroy(),
        getJobAttributes: answering(0, GROUP.job, aJob(ABORTED)),
      },
      { bytes: someBytes(20_000_000) },
    )
    expect(result).to.include({ outcome: 'not_sent', next: 'fail', reason: 'submission-interrupted' })
    expect(asked).not.to.include('getJobs')
  })

  const resetAfterBody = async ({ readBody, http }: FakeRequest): Promise<void> => {
    await readBody()
    http.socket.resetAndDestroy()
  }

  it('confirms a job whose answer was lost, by its number, if the printer had the whole document', async () => {
    const { result, asked } = await deliver({
      sendDocument: resetAfterBody,
      getJobAttributes: answering(0, GROUP.job, aJobWith(1, COMPLETED, 1)),
    })
    expect(result).to.include({ outcome: 'confirmed' })
    expect(asked.filter((name) => name === 'sendDocument')).to.have.length(1)
  })

  it('does not take a small document for printed whole because the kernel had all of it', async () => {
    const { result } = await deliver({ sendDocument: ({ http }) => void http.socket.resetAndDestroy() })
    expect(result).to.include({ outcome: 'unknown', reason: 'outcome-unknown' })
    expect(result.detail).to.include('only a part of the document')
  })

  it('takes back a job whose document broke off with all of it in the kernel', async () => {
    const incoming = [...aJob(PENDING), NO_DOCUMENTS]
    let isCanceled = false
    const { result } = await deliver({
      sendDocument: ({ http }) => void http.socket.resetAndDestroy(),
      getJobAttributes: (request) => answering(0, GROUP.job, isCanceled ? aJob(CANCELED) : incoming)(request),
      cancelJob: (request) => {
        isCanceled = true
        return answering(0)(request)
      },
    })
    expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: null })
  })

  it('is in doubt about a job whose document came while it was taken back', async () => {
    const incoming = [...aJob(PENDING), NO_DOCUMENTS]
    let isCanceled = false
    const { result } = await deliver({
      sendDocument: ({ http }) => void http.socket.resetAndDestroy(),
      getJobAttributes: (request) =>
        answering(0, GROUP.job, isCanceled ? aJobWith(1, CANCELED) : incoming)(request),
      cancelJob: (request) => {
        isCanceled = true
        return answering(0)(request)
      },
    })
    expect(result).to.include({ outcome: 'unknown', reason: 'outcome-unknown' })
  })

  it('is told by number that somebody canceled the job at the printer', async () => {
    const { result } = await deliver({ getJobAttributes: answering(0, GROUP.job, aJob(CANCELED)) })
    expect(result).to.include({ outcome: 'not_sent', next: 'cancel', reason: 'job-canceled-at-device' })
  })
})
