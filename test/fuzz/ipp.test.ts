import { expect } from 'chai'
import fc from 'fast-check'
import { aPdf, type SeenJob, untruthsOf } from '../faults/floor.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { fuzz, timeoutMsOf } from './budget.ts'
import { type Garbling, type GarblingPrinter, garblings, startGarblingPrinter } from './garbling-printer.ts'
import { type Subject, startSubject } from './subject.ts'

const PRINTERS = 12
const SETTLE_MS = 90_000
const JOBS = '/v1/cloud-printing/jobs'

describe('answers that no IPP printer would give', function () {
  let subject: Subject
  let admin: RestClient
  let printers: GarblingPrinter[]
  let count = 0

  before(async function () {
    this.timeout(120_000)
    subject = await startSubject({ PRINTER_PORTS: '1-65535' })
    admin = createRestClient(subject.url, subject.credentials.admin.api_key)
    printers = await Promise.all(
      Array.from({ length: PRINTERS }, (_, index) => startGarblingPrinter({ canCreateJob: index % 2 === 0 })),
    )
    for (const [index, { uri }] of printers.entries()) {
      const printer = { name: `Printer ${index}`, connection: { type: 'ipp', uri } }
      const { location_id } = subject.credentials
      const body = { name: `Station ${index}`, location_id, printers: [printer] }
      expect((await admin.post('/v1/cloud-printing/stations', body)).status).to.equal(201)
    }
  })
  after(async function () {
    this.timeout(60_000)
    await Promise.all(printers.map((printer) => printer.close()))
    await subject.stop()
  })

  it('lose no job, print none twice, and leave the ledger true', async function () {
    this.timeout(timeoutMsOf('IPP answers') + SETTLE_MS)
    const batches = fc.array(garblings, { minLength: 1, maxLength: PRINTERS })
    await fuzz('IPP answers', batches, async (batch) => {
      await subject.allEnded(batch.map(printThrough))
      await subject.assertSound()
      return batch.length
    })
  })

  async function printThrough(garbling: Garbling, index: number): Promise<void> {
    const printer = printers[index]
    if (!printer) throw new Error('there are as many printers as a batch has jobs')
    printer.garble(garbling)
    const name = `job ${count++}`
    const document = aPdf(name)
    const { status, json, text } = await admin.post(JOBS, {
      location_id: subject.credentials.location_id,
      printer_name: `Printer ${index}`,
      name,
      data: `data:application/pdf;base64,${document.toString('base64')}`,
    })
    expect(status, text).to.equal(201)
    const job = await eventually(`${name} ends`, () => settled(json.data.id), SETTLE_MS)
    // What the printer itself calls refused or ended may be sent again, or called failed.
    if (printer.hasSaidNo) return
    expect(untruthsOf(job, printer.copiesOf(document), 1), JSON.stringify(job)).to.deep.equal([])
  }

  async function settled(id: string): Promise<SeenJob | undefined> {
    const { data: job } = (await admin.get(`${JOBS}/${id}`)).json
    if (job.status === 'queued' || job.status === 'processing') return undefined
    const { data: attempts } = (await admin.get(`${JOBS}/${id}/attempts`)).json
    const outcomes = attempts.map(({ outcome }: { outcome: string | null }) => outcome)
    return outcomes.includes(null) ? undefined : { id, status: job.status, reason: job.reason, outcomes }
  }
})
