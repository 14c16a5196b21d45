import { expect } from 'chai'
import type { Delivery, DeliveryResult } from '../../lib/delivery/driver.ts'
import { IppDriver } from '../../lib/delivery/ipp-driver.ts'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'
import { aContext, aDelivery } from '../helpers/deliveries.ts'
import {
  aJob,
  answering,
  type FakeAnswers,
  type FakeIppPrinter,
  startFakeIppPrinter,
} from '../helpers/fake-ipp-printer.ts'

const PROCESSING = 5
const COMPLETED = 9
/** Of every job of the fake printer. */
const NUMBER = 7
const OTHER = 'Invoice (prnt_job_0000000000000000000009)'

const IMPATIENT = {
  timeouts: { connectMs: 300, responseMs: 300 },
  limits: { pollFirstMs: 1, pollMaxMs: 5, unreachableMs: 300, recoverMs: 300, jobMs: 300 },
}

describe('the number of a job at an IPP printer that may have started anew', () => {
  let printer: FakeIppPrinter
  let driver: IppDriver

  afterEach(async () => {
    await driver.close()
    await printer.close()
  })

  async function startPrinter(answers: FakeAnswers): Promise<void> {
    printer = await startFakeIppPrinter(answers)
    driver = new IppDriver({ type: 'ipp', uri: printer.uri }, IMPATIENT)
  }

  /** What each look at the job's number sees: its name and state there. The last one stays. */
  function looks(...seen: readonly (readonly [name: string, state: number])[]): FakeAnswers {
    let look = 0
    return {
      getJobAttributes: (request) => {
        const [name, state] = seen[Math.min(look, seen.length - 1)] ?? ['', COMPLETED]
        look += 1
        return answering(0, GROUP.job, aJob(state, 1, name))(request)
      },
    }
  }

  function recover(delivery: Partial<Delivery> = {}): Promise<DeliveryResult> {
    const { jobId, jobName, userName, bytes } = aDelivery(delivery)
    const bytesOffered = bytes.length
    const interrupted = { jobId, jobName, userName, bytesOffered, bytesWritten: bytesOffered }
    return driver.recover({ ...interrupted, deviceJobId: NUMBER }, aContext().signal)
  }

  it('proves nothing after an interruption when another job bears it', async () => {
    await startPrinter(looks([OTHER, COMPLETED]))
    const result = await recover()
    expect(result).to.include({ outcome: 'unknown', reason: 'outcome-unknown' })
    expect(result.detail).to.include('knows no such job')
  })

  it('proves nothing when another job bears it while ours is followed', async () => {
    const { jobName, jobId } = aDelivery()
    await startPrinter(looks([`${jobName} (${jobId})`, PROCESSING], [OTHER, COMPLETED]))
    expect(await driver.deliver(aDelivery(), aContext())).to.include({ outcome: 'unknown' })
  })

  it('leads to our job where that has got another number', async () => {
    await startPrinter({
      ...looks([OTHER, PROCESSING]),
      getJobs: answering(0, GROUP.job, aJob(COMPLETED, 1)),
    })
    expect(await recover()).to.include({ outcome: 'confirmed' })
  })

  for (const [what, name] of [
    ['cuts names', 'A parcel to somebody far a'],
    ['tells no names', ''],
  ] as const) {
    it(`is believed of a printer that ${what}`, async () => {
      await startPrinter(looks([name, COMPLETED]))
      expect(await recover({ jobName: 'A parcel to somebody far away' })).to.include({ outcome: 'confirmed' })
    })
  }

  it('is believed of a printer that gives names of its own, while the job is followed', async () => {
    await startPrinter(looks(['Untitled', PROCESSING], ['Untitled', COMPLETED]))
    expect(await driver.deliver(aDelivery(), aContext())).to.include({ outcome: 'confirmed' })
  })
})
