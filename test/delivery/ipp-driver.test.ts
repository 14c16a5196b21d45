import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { watch } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'

import type { Delivery, DeliveryResult } from '../../lib/delivery/driver.ts'
import { IppDriver, type IppDriverOptions } from '../../lib/delivery/ipp-driver.ts'
import { statusClass } from '../../lib/delivery/ipp-status.ts'
import { aContext, aDelivery, someBytes } from '../helpers/deliveries.ts'
import { type IppPrinter, startIppPrinter } from '../helpers/ippeveprinter.ts'

/** What a job of the name in the first column does to the printer. */
const SCRIPT = `
env > "$FOLDER/environment"
case "$IPP_JOB_NAME" in
  abort*) echo "ERROR: head is on fire" >&2; exit 1 ;;
  jam*) echo "STATE: +media-jam" >&2; read wait < "$FOLDER/gate"; echo "STATE: -media-jam" >&2 ;;
  half*) echo "ATTR: job-impressions-completed=1" >&2; exit 1 ;;
  slow*) echo started > "$FOLDER/events/started"; read wait < "$FOLDER/gate" ;;
esac
exit 0`

const PROMPT = { pollFirstMs: 10, pollMaxMs: 50 }

describe('IPP driver and ippeveprinter', () => {
  let printer: IppPrinter | undefined
  const drivers: IppDriver[] = []

  function thePrinter(): IppPrinter {
    if (printer === undefined) throw new Error('the printer was not started')
    return printer
  }

  function aDriver(options: IppDriverOptions = {}, uri = thePrinter().uri, ca?: string): IppDriver {
    const connection = { type: 'ipp', uri, ...(ca === undefined ? {} : { ca }) } as const
    const driver = new IppDriver(connection, { ...options, limits: { ...PROMPT, ...options.limits } })
    drivers.push(driver)
    return driver
  }

  before(async function () {
    printer = await startIppPrinter(this, { script: SCRIPT })
    await mkdir(join(printer.folder, 'events'))
    spawnSync('mkfifo', [join(printer.folder, 'gate')])
  })

  afterEach(async () => {
    await Promise.all(drivers.splice(0).map((driver) => driver.close()))
  })

  after(async () => {
    await printer?.close()
  })

  async function openGate(): Promise<void> {
    await writeFile(join(thePrinter().folder, 'gate'), 'go\n')
  }

  it('delivers the document byte for byte and is told that it printed', async () => {
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), someBytes(300_000)])
    const context = aContext()
    const result = await aDriver().deliver(aDelivery({ bytes }), context)
    expect(result).to.include({
      outcome: 'confirmed',
      bytesOffered: bytes.length,
      bytesWritten: bytes.length,
    })
    expect(context.begun).to.equal(1)
    const kept = (await thePrinter().documents()).at(-1)
    expect(sha256(kept)).to.equal(sha256(bytes))
  })

  it('asks for copies, sides, colour, owner and a name that bears the job id', async () => {
    const delivery = aDelivery({
      copies: 3,
      sides: 'two-sided-short-edge',
      colorMode: 'color',
      userName: 'packer 7',
      jobName: `Packing slip ${'ä'.repeat(200)}`,
    })
    const { outcome } = await aDriver().deliver(delivery, aContext())
    expect(outcome).to.equal('confirmed')
    const environment = await readFile(join(thePrinter().folder, 'environment'), 'utf8')
    expect(environment).to.include('IPP_COPIES=3\n')
    expect(environment).to.include('IPP_SIDES=two-sided-short-edge\n')
    expect(environment).to.include('IPP_PRINT_COLOR_MODE=color\n')
    expect(environment).to.include('IPP_JOB_ORIGINATING_USER_NAME=packer 7\n')
    const name = /IPP_JOB_NAME=(.*)\n/.exec(environment)?.[1] ?? ''
    expect(name).to.match(/^Packing slip ä+ \(prnt_job_0{21}1\)$/)
    expect(Buffer.byteLength(name)).to.be.within(254, 255)
  })

  it('is asked for the paper of the job by a keyword of its own', async () => {
    const paper = { widthMm: 101.6, heightMm: 152.4, isAsked: true }
    const result = await aDriver().deliver(aDelivery({ paper }), aContext())
    expect(result.outcome, result.detail).to.equal('confirmed')
    const environment = await readFile(join(thePrinter().folder, 'environment'), 'utf8')
    expect(environment).to.include('IPP_MEDIA=na_index-4x6_4x6in\n')
  })

  it('says that it has no such paper before a byte leaves, when somebody asked for it', async () => {
    const paper = { widthMm: 57.15, heightMm: 31.75, isAsked: true }
    const context = aContext()
    const refused = await aDriver().deliver(aDelivery({ paper }), context)
    expect(refused).to.include({ outcome: 'not_sent', next: 'fail', reason: 'aborted-by-system' })
    expect(refused.detail).to.include('media-col')
    expect(context.begun).to.equal(0)
    const unasked = aDelivery({ paper: { ...paper, isAsked: false } })
    expect(await aDriver().deliver(unasked, aContext())).to.include({ outcome: 'confirmed' })
  })

  it('tells what it takes before a document is made for it', async () => {
    const look = await aDriver().look(aContext().signal)
    expect(look.kind).to.equal('ready')
    if (look.kind !== 'ready') return
    expect(look.abilities.formats).to.include.members(['application/pdf', 'image/jpeg'])
    expect(look.abilities.resolutionsDpi).to.include(600)
    expect(look.abilities.copiesMax).to.be.at.least(99)
  })

  it('prints over TLS when the printer’s own certificate is pinned, and sends nothing when it is not', async () => {
    const { secureUri } = thePrinter()
    const before = (await thePrinter().documents()).length
    const context = aContext()
    const refused = await aDriver({}, secureUri).deliver(aDelivery(), context)
    expect(refused).to.include({
      outcome: 'not_sent',
      next: 'retry',
      reason: 'connecting-to-device',
      bytesWritten: 0,
    })
    expect(refused.detail).to.match(/certificate/)
    expect(context.begun).to.equal(0)
    expect(await thePrinter().documents()).to.have.length(before)

    const certificate = await thePrinter().certificate()
    const result = await aDriver({}, secureUri, certificate).deliver(aDelivery(), aContext())
    expect(result).to.include({ outcome: 'confirmed', reason: null })
  })

  it('takes a pinned certificate for another name than the host’s', async () => {
    const byAddress = thePrinter().secureUri.replace('localhost', '127.0.0.1')
    const certificate = await thePrinter().certificate()
    const { outcome, detail } = await aDriver({}, byAddress, certificate).deliver(aDelivery(), aContext())
    expect(outcome, detail).to.equal('confirmed')
  })

  it('waits while the printer is out of paper, says so, and is told when the refilled printer has printed', async () => {
    await thePrinter().loadPaper(0)
    const seen: string[][] = []
    const driver = aDriver({
      onStateReasons: (reasons) => {
        seen.push([...reasons])
        if (reasons.includes('media-empty')) void thePrinter().loadPaper(250)
      },
    })
    const result = await driver.deliver(aDelivery(), aContext())
    expect(result.outcome, result.detail).to.equal('confirmed')
    expect(seen[0]).to.include('media-empty')
  })

  it('holds the queue with the printer’s reason while it is busy with a job that waits for paper', async () => {
    await thePrinter().loadPaper(0)
    const reports = new EventEmitter()
    const onStateReasons = (reasons: readonly string[]): void => void reports.emit(reasons[0] ?? 'none')
    const blocked = once(reports, 'media-empty')
    const first = aDriver({ onStateReasons }).deliver(aDelivery(), aContext())
    await blocked
    const result = await aDriver().deliver(
      aDelivery({ jobId: 'prnt_job_0000000000000000000002' }),
      aContext(),
    )
    expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: 'media-empty' })
    expect(result.stateReasons).to.include('media-empty')
    expect(result.detail).to.include('server-error-busy (0x0507)')
    await thePrinter().loadPaper(250)
    expect(await first).to.include({ outcome: 'confirmed' })
  })

  it('reports a job that the printer aborted as not printed, in the device’s words', async () => {
    const result = await aDriver().deliver(aDelivery({ jobName: 'abort' }), aContext())
    expect(result).to.include({ outcome: 'not_sent', next: 'fail', reason: 'aborted-by-system' })
    expect(result.detail).to.include('head is on fire')
  })

  it('reports an aborted job of which an impression came out as unknown', async () => {
    const result = await aDriver().deliver(aDelivery({ jobName: 'half' }), aContext())
    expect(result).to.include({ outcome: 'unknown', reason: 'outcome-unknown' })
    expect(result.detail).to.include('1 impressions came out')
  })

  it('passes on a jam while the job is at the printer', async () => {
    const seen: string[][] = []
    const onStateReasons = (reasons: readonly string[]): void => {
      seen.push([...reasons])
      if (reasons.includes('media-jam')) void openGate()
    }
    const result = await aDriver({ onStateReasons }).deliver(aDelivery({ jobName: 'jam' }), aContext())
    expect(result).to.include({ outcome: 'confirmed' })
    expect(seen.flat()).to.include('media-jam')
  })

  it('reports a job that was canceled at the printer as canceled', async () => {
    const delivery = aDelivery({ jobName: 'slow', jobId: 'prnt_job_0000000000000000000003' })
    const { running } = await startSlowJob(delivery)
    const { client } = thePrinter()
    const jobs = await client.getJobs('not-completed', ['job-id'])
    const jobId = jobs.groups.at(-1)?.attributes[0]?.values[0]?.value as number
    const canceled = await client.cancelJob(jobId, delivery.userName)
    expect(statusClass(canceled.code)).to.equal('ok')
    await openGate()
    expect(await running).to.include({
      outcome: 'not_sent',
      next: 'cancel',
      reason: 'job-canceled-at-device',
    })
  })

  it('answers unknown when the server stops while the job is at the printer, and doesn’t cancel it', async () => {
    const context = aContext()
    const delivery = aDelivery({ jobName: 'slow', jobId: 'prnt_job_0000000000000000000004' })
    const { running } = await startSlowJob(delivery, context)
    context.abort()
    expect(await running).to.include({ outcome: 'unknown', reason: 'outcome-unknown', isLeftOpen: true })
    await openGate()
    expect(await recover(delivery, null, delivery.bytes.length)).to.include({ outcome: 'confirmed' })
    const [deviceJobId = null] = context.deviceJobIds
    expect(await recover(delivery, deviceJobId, delivery.bytes.length)).to.include({ outcome: 'confirmed' })
    const unsure = await recover(delivery, deviceJobId, 0)
    expect(unsure).to.include({ outcome: 'unknown' })
    expect(unsure.detail).to.include('only a part of the document')
  })

  it('refuses a format that the printer doesn’t list before a byte leaves', async () => {
    const context = aContext()
    const result = await aDriver().deliver(aDelivery({ mediaType: 'application/vnd.zebra-zpl' }), context)
    expect(result).to.include({ outcome: 'not_sent', next: 'fail', reason: 'document-format-error' })
    expect(context.begun).to.equal(0)
  })

  it('takes back a job whose document never came, which may then be sent', async () => {
    const delivery = aDelivery({ jobId: 'prnt_job_0000000000000000000005' })
    const { client } = thePrinter()
    const job = {
      jobName: `x (${delivery.jobId})`,
      userName: 'u',
      mediaType: 'application/pdf',
      template: [],
    }
    const created = await client.createJob(job, aContext().signal)
    const deviceJobId = created.groups.at(-1)?.attributes.find(({ name }) => name === 'job-id')
      ?.values[0]?.value
    const recovered = await recover(delivery, Number(deviceJobId), 0)
    expect(recovered).to.include({ outcome: 'not_sent', next: 'retry', reason: null })
    expect(await aDriver().deliver(delivery, aContext())).to.include({ outcome: 'confirmed' })
  })

  it('answers unknown for a job that the printer has never heard of', async () => {
    const recovered = await recover(aDelivery({ jobId: 'prnt_job_0000000000000000000006' }), 4711, 0)
    expect(recovered).to.include({ outcome: 'unknown', reason: 'outcome-unknown' })
    expect(recovered.detail).to.include('knows no such job')
  })

  function recover(
    { jobId, jobName, userName, bytes }: Delivery,
    deviceJobId: number | null,
    bytesWritten: number,
  ): Promise<DeliveryResult> {
    const interrupted = { jobId, jobName, userName, deviceJobId, bytesOffered: bytes.length, bytesWritten }
    return aDriver().recover(interrupted, aContext().signal)
  }

  /** `running` is a delivery that the printer is at and stays at until the gate opens. */
  async function startSlowJob(
    delivery: Delivery,
    context = aContext(),
  ): Promise<{ readonly running: Promise<DeliveryResult> }> {
    const watcher = watch(join(thePrinter().folder, 'events'))
    const started = once(watcher, 'change')
    const running = aDriver().deliver(delivery, context)
    await started
    watcher.close()
    return { running }
  }
})

function sha256(bytes: Buffer | undefined): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
}
