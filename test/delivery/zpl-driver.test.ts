import { expect } from 'chai'
import type { Delivery, DeliveryContext, DeliveryResult } from '../../lib/delivery/driver.ts'
import { ZplDriver, type ZplDriverOptions } from '../../lib/delivery/zpl-driver.ts'
import { aContext, aDelivery } from '../helpers/deliveries.ts'
import { eventually } from '../helpers/eventually.ts'
import { startSocketSink } from '../helpers/socket-sink.ts'
import type { ZebraMode } from '../helpers/zebra-engine.ts'
import { startZebraPrinter, type ZebraPrinter } from '../helpers/zebra-printer.ts'

const LABEL = '^XA^FO50,50^FDone^FS^XZ'
const QUICK: ZplDriverOptions['limits'] = {
  connectMs: 1_000,
  stallMs: 2_000,
  silenceMs: 100,
  habitualSilenceMs: 50,
  attentionPollMs: 20,
}

describe('ZPL driver', () => {
  let printer: ZebraPrinter
  let reasons: string[]

  beforeEach(async () => {
    printer = await startZebraPrinter()
    reasons = []
  })
  afterEach(() => printer.close())

  function aDriver(limits: ZplDriverOptions['limits'] = {}, port = printer.port): ZplDriver {
    return new ZplDriver(
      { type: 'socket', host: '127.0.0.1', port, language: 'zpl' },
      { limits: { ...QUICK, ...limits }, onStateReasons: (now) => reasons.push(now.join(' ')) },
    )
  }

  function deliver(
    driver: ZplDriver,
    delivery: Partial<Delivery> = {},
    context: DeliveryContext = aContext(),
  ): Promise<DeliveryResult> {
    return driver.deliver(aDelivery({ bytes: Buffer.from(LABEL), ...delivery }), context)
  }

  it('confirms when the printer has nothing left to print, and not before', async () => {
    const result = await deliver(aDriver(), { copies: 3 })
    expect(printer.printed).to.deep.equal([LABEL, LABEL, LABEL])
    expect(result).to.deep.equal({
      outcome: 'confirmed',
      bytesOffered: LABEL.length * 3,
      bytesWritten: LABEL.length * 3,
      detail: `${LABEL.length * 3} bytes accepted; the printer has nothing left to print`,
      next: 'fail',
      reason: null,
      stateReasons: [],
    })
    expect(printer.received).to.deep.equal([LABEL.repeat(3)])
  })

  it('waits for every label of a batch', async () => {
    const batch = '^XA^FO1,1^FDx^FS^PQ20^XZ'
    expect(await deliver(aDriver(), { bytes: Buffer.from(batch) })).to.include({ outcome: 'confirmed' })
    expect(printer.printed).to.have.length(20)
  })

  const TROUBLES: readonly [ZebraMode, string, string][] = [
    ['paper out', 'media-empty', 'out of labels, paused at the printer'],
    ['head up', 'cover-open', 'the head is up, paused at the printer'],
    ['ribbon out', 'marker-supply-empty', 'out of ribbon, paused at the printer'],
    ['paused', 'paused', 'paused at the printer'],
    ['buffer full', 'spool-area-full', 'its receive buffer is full'],
    ['too hot', 'fuser-over-temp', 'the print head is too hot'],
    ['corrupt RAM', 'other', 'it lost its configuration (corrupt RAM)'],
  ]
  for (const [mode, reason, detail] of TROUBLES) {
    it(`sends nothing to a printer that is ${mode}, and holds the queue as ${reason}`, async () => {
      printer.mode = mode
      const context = aContext()
      const result = await deliver(aDriver(), {}, context)
      expect(result).to.include({ outcome: 'not_sent', next: 'retry', bytesWritten: 0, reason, detail })
      expect(result.stateReasons[0]).to.equal(reason)
      expect(context.begun).to.equal(0)
      expect(printer.received.join('')).to.equal('')
      printer.mode = 'healthy'
      expect(await deliver(aDriver())).to.include({ outcome: 'confirmed' })
    })
  }

  it('prints with a head that is too cold', async () => {
    printer.mode = 'too cold'
    expect(await deliver(aDriver())).to.include({ outcome: 'confirmed' })
  })

  for (const mode of ['mute', 'garbage'] as const) {
    it(`takes a printer that is ${mode} for neither offline nor successful`, async () => {
      printer.mode = mode
      const result = await deliver(aDriver())
      expect(result).to.include({ outcome: 'sent', bytesWritten: LABEL.length })
      expect(result.detail).to.equal(`${LABEL.length} bytes accepted; the printer closed the connection`)
      await eventually('it printed', () => (printer.printed.length === 1 ? true : undefined))
    })
  }

  it('waits for the answer of a printer that never gave one on the first label alone', async () => {
    printer.mode = 'mute'
    const driver = aDriver({ statusMs: 400 })
    const timed = async () => {
      const started = performance.now()
      expect(await deliver(driver)).to.include({ outcome: 'sent' })
      return performance.now() - started
    }
    expect(await timed()).to.be.at.least(390)
    for (let label = 0; label < 3; label += 1) expect(await timed()).to.be.below(300)
    expect(printer.questions).to.equal(4)
  })

  it('waits for a printer again that answered late', async () => {
    printer.mode = 'slow'
    const driver = aDriver({ statusMs: 1_500, silenceMs: 3_000, habitualSilenceMs: 3_000 })
    printer.mode = 'mute'
    expect(await deliver(driver)).to.include({ outcome: 'sent' })
    printer.mode = 'slow'
    expect(await deliver(driver)).to.include({ outcome: 'sent' })
    expect(await deliver(driver)).to.include({ outcome: 'confirmed' })
  })

  it('waits for paper that ran out amid the labels, says so meanwhile, and doesn’t confirm before', async () => {
    const running = deliver(aDriver(), { copies: 5 })
    await eventually('the first is out', () => (printer.printed.length > 0 ? true : undefined))
    printer.mode = 'paper out'
    await eventually('it is told', () => (reasons.includes('media-empty paused') ? true : undefined))
    printer.mode = 'healthy'
    expect(await running).to.include({ outcome: 'confirmed' })
    expect(printer.printed).to.have.length(5)
    expect(reasons.at(-1)).to.equal('')
  })

  it('says unknown when nobody attends to the printer, and that it may print later', async () => {
    const running = deliver(aDriver({ attentionMs: 200 }), { copies: 50 })
    await eventually('the first is out', () => (printer.printed.length > 0 ? true : undefined))
    printer.mode = 'head up'
    const result = await running
    expect(result).to.include({ outcome: 'unknown', reason: 'outcome-unknown' })
    expect(result.stateReasons).to.deep.equal(['cover-open', 'paused'])
    expect(result.detail).to.match(
      /left to print: nobody attended to it for 200 ms; the head is up, .*; it may have printed/,
    )
  })

  it('doesn’t confirm a label after which the printer is in trouble: it may be spoiled', async () => {
    const running = deliver(aDriver({ pollFirstMs: 300 }))
    await eventually('it is out', () =>
      printer.printed.length === 1 && printer.waiting === 0 ? true : undefined,
    )
    printer.mode = 'ribbon out'
    const result = await running
    expect(result).to.include({ outcome: 'sent' })
    expect(result.stateReasons).to.deep.equal(['marker-supply-empty', 'paused'])
    expect(result.detail).to.contain('nothing left to print, but out of ribbon')
  })

  it('doesn’t wait long for the end of a format that is in no document, nor confirms it', async () => {
    const bytes = Buffer.from(`${LABEL}^XA^FO1,1`)
    const result = await deliver(aDriver({ openFormatMs: 100 }), { bytes })
    expect(result).to.include({ outcome: 'sent' })
    expect(result.detail).to.contain('0 left to print: it waits for the end of a format')
  })

  it('says sent when a printer without trouble takes too long, with what is left', async () => {
    printer.mode = 'slow'
    const result = await deliver(aDriver({ statusMs: 2_000, jobMs: 10 }), { copies: 40 })
    expect(result).to.include({ outcome: 'sent' })
    expect(result.detail).to.match(/\d+ left to print: it had not printed everything after 10 ms/)
  })

  for (const offset of [1, 10, LABEL.length - 1, LABEL.length]) {
    it(`never says sent or confirmed when the connection is reset at byte ${offset}`, async () => {
      printer.resetAfterBytes = offset
      const result = await deliver(aDriver())
      expect(result).to.include({ outcome: 'unknown', reason: 'outcome-unknown' })
      expect(result.detail).to.contain('it may have printed')
    })
  }

  it('says unknown when the printer is switched off with labels in its memory', async () => {
    printer.mode = 'slow'
    const running = deliver(aDriver({ statusMs: 2_000 }), { copies: 40 })
    await eventually('some are out', () => (printer.printed.length > 1 ? true : undefined))
    printer.powerCycle()
    expect(await running).to.include({ outcome: 'unknown' })
    expect(printer.printed.length).to.be.below(40)
  })

  it('says unknown when a printer that answered falls silent with labels left', async () => {
    const running = deliver(aDriver({ answerMs: 50, silentMs: 100 }), { copies: 200 })
    await eventually('it was asked about the labels', () => (printer.questions > 1 ? true : undefined))
    printer.mode = 'mute'
    const result = await running
    expect(result).to.include({ outcome: 'unknown' })
    expect(result.detail).to.contain('it gave no answer for 100 ms')
  })

  it('says sent for what a healthy printer has taken when the server stops', async () => {
    const context = aContext()
    const running = deliver(aDriver(), { copies: 200 }, context)
    await eventually('it was asked about the labels', () => (printer.questions > 2 ? true : undefined))
    context.abort()
    const result = await running
    expect(result).to.include({ outcome: 'sent', bytesWritten: LABEL.length * 200 })
    expect(result.detail).to.match(/\d+ left to print: the server stopped waiting for it/)
  })

  it('asks nothing of the document of a printer that only listens', async () => {
    const sink = await startSocketSink()
    expect(await deliver(aDriver({ statusMs: 50 }, sink.port))).to.include({ outcome: 'sent' })
    expect((await sink.ended).toString()).to.equal(`~HS${LABEL}`)
    await sink.close()
  })

  it('holds the queue when the printer can’t be reached or the sending isn’t permitted', async () => {
    expect(await deliver(aDriver(), {}, aContext(new Error('the lease is lost')))).to.include({
      outcome: 'not_sent',
      next: 'retry',
      bytesWritten: 0,
    })
    expect(printer.received.join('')).to.equal('')
    const sink = await startSocketSink()
    await sink.close()
    expect(await deliver(aDriver({}, sink.port))).to.include({
      outcome: 'not_sent',
      reason: 'connecting-to-device',
    })
  })
})
