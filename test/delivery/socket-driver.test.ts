import { expect } from 'chai'

import type { Delivery, DeliveryContext, DeliveryResult } from '../../lib/delivery/driver.ts'
import { SocketDriver, type SocketLimits } from '../../lib/delivery/socket-driver.ts'
import { aContext, aDelivery, someBytes, turnsOfTheEventLoop } from '../helpers/deliveries.ts'
import { type SocketSink, type SocketSinkOptions, startSocketSink } from '../helpers/socket-sink.ts'

/** More than the kernel buffers for a connection whose other end doesn't read. */
const LARGE = someBytes(20_000_000)
const SMALL = someBytes(5_000)

const QUICK: SocketLimits = { connectMs: 1_000, stallMs: 2_000, silenceMs: 50, habitualSilenceMs: 50 }

describe('Socket driver', () => {
  const sinks: SocketSink[] = []

  afterEach(async () => {
    await Promise.all(sinks.splice(0).map((sink) => sink.close()))
  })

  async function aSink(options: SocketSinkOptions = {}): Promise<SocketSink> {
    const sink = await startSocketSink(options)
    sinks.push(sink)
    return sink
  }

  function deliver(
    sink: Pick<SocketSink, 'host' | 'port'>,
    delivery: Partial<Delivery> = {},
    context: DeliveryContext = aContext(),
    limits: Partial<SocketLimits> = {},
  ): Promise<DeliveryResult> {
    const { host, port } = sink
    const driver = new SocketDriver({ type: 'socket', host, port, language: 'raw' }, { ...QUICK, ...limits })
    return driver.deliver(aDelivery({ bytes: SMALL, ...delivery }), context)
  }

  it('delivers every byte in order and says sent, never confirmed', async () => {
    const sink = await aSink()
    const context = aContext()
    const result = await deliver(sink, { bytes: LARGE }, context)
    expect(result).to.include({
      outcome: 'sent',
      bytesOffered: LARGE.length,
      bytesWritten: LARGE.length,
      reason: null,
    })
    expect(LARGE.equals(await sink.ended)).to.equal(true)
    expect(context.begun).to.equal(1)
  })

  it('sends copies one after the other in one connection', async () => {
    const sink = await aSink()
    const result = await deliver(sink, { copies: 3 })
    expect(result).to.include({ outcome: 'sent', bytesOffered: 15_000, bytesWritten: 15_000 })
    expect(await sink.ended).to.deep.equal(Buffer.concat([SMALL, SMALL, SMALL]))
    expect(sink.connections).to.equal(1)
  })

  it('reaches a printer by IPv6 and by name', async () => {
    expect(await deliver(await aSink({ host: '::1' }))).to.include({ outcome: 'sent' })
    const { port } = await aSink()
    expect(await deliver({ host: 'localhost', port })).to.include({ outcome: 'sent' })
  })

  it('holds the queue when the connection is refused', async () => {
    const sink = await startSocketSink()
    await sink.close()
    const context = aContext()
    const result = await deliver(sink, {}, context)
    expect(result).to.include({
      outcome: 'not_sent',
      next: 'retry',
      reason: 'connecting-to-device',
      bytesWritten: 0,
    })
    expect(result.detail).to.equal(`127.0.0.1:${sink.port}: connection refused`)
    expect(context.begun).to.equal(0)
  })

  it('holds the queue when the host name is unknown', async () => {
    const result = await deliver({ host: 'printer.invalid', port: 9100 })
    expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: 'connecting-to-device' })
  })

  it('holds the queue when a busy printer closes the connection before it took a byte', async () => {
    const sink = await aSink({ isBusy: true })
    const context: DeliveryContext = {
      signal: new AbortController().signal,
      // As the ledger does, it takes longer than the end of a connection travels.
      beforeFirstByte: async () => {
        await sink.hungUp
        await turnsOfTheEventLoop(3)
      },
    }
    const result = await deliver(sink, {}, context)
    expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: 'connecting-to-device' })
    expect(await sink.ended).to.have.length(0)
  })

  for (const offset of [1, 500, 5_000, 16_384, 16_385, 1_000_000]) {
    it(`never says sent when the connection is reset after ${offset} bytes`, async () => {
      const sink = await aSink({ resetAfterBytes: offset })
      const result = await deliver(sink, { bytes: LARGE })
      expect(result).to.include({ outcome: 'unknown', reason: 'outcome-unknown' })
      expect(result.bytesWritten).to.be.within(offset, LARGE.length)
      expect(result.detail).to.match(
        /connection (reset|closed by the printer) after at most \d+ of 20000000 bytes/,
      )
    })
  }

  it('says unknown when the connection is reset after the last byte', async () => {
    const sink = await aSink({ resetAfterBytes: SMALL.length })
    const result = await deliver(sink, {}, aContext(), { silenceMs: 5_000, habitualSilenceMs: 5_000 })
    expect(result).to.include({ outcome: 'unknown', bytesWritten: SMALL.length })
  })

  it('says unknown when the printer ends the connection in the middle', async () => {
    const sink = await aSink({ endAfterBytes: 1_000 })
    expect(await deliver(sink, { bytes: LARGE })).to.include({ outcome: 'unknown' })
  })

  it('waits for a slow printer and loses nothing', async () => {
    const sink = await aSink({ isPaused: true })
    const running = deliver(sink, { bytes: LARGE })
    await sink.accepted
    sink.read()
    expect(await running).to.include({ outcome: 'sent', bytesWritten: LARGE.length })
    expect(LARGE.equals(await sink.ended)).to.equal(true)
  })

  it('gives up on a printer that takes nothing more, as unknown', async () => {
    const sink = await aSink({ isPaused: true })
    const result = await deliver(sink, { bytes: LARGE }, aContext(), { stallMs: 100 })
    expect(result).to.include({ outcome: 'unknown' })
    expect(result.bytesWritten).to.be.below(LARGE.length)
    expect(result.detail).to.include('took nothing within 100 ms')
  })

  it('takes silence after the last byte for no error', async () => {
    const sink = await aSink({ closes: false })
    const result = await deliver(sink)
    expect(result).to.include({ outcome: 'sent' })
    expect(result.detail).to.equal('5000 bytes accepted; the printer kept the connection open')
    expect(await sink.ended).to.deep.equal(SMALL)
  })

  it('ignores what the printer says, however much', async () => {
    const sink = await aSink({ chatterBytes: 8_000_000 })
    expect(await deliver(sink, { bytes: LARGE })).to.include({ outcome: 'sent' })
    expect(LARGE.equals(await sink.ended)).to.equal(true)
  })

  it('sends nothing when the sending is not permitted', async () => {
    const sink = await aSink()
    const result = await deliver(sink, {}, aContext(new Error('the lease is lost')))
    expect(result).to.include({ outcome: 'not_sent', next: 'retry', bytesWritten: 0 })
    expect(await sink.closed).to.have.length(0)
  })

  it('sends nothing when the server stops before, and says unknown when it stops amid the document', async () => {
    const stopped = aContext()
    stopped.abort()
    const sink = await aSink({ isPaused: true })
    expect(await deliver(sink, {}, stopped)).to.include({ outcome: 'not_sent', next: 'retry', reason: null })
    expect(stopped.begun).to.equal(0)

    const context = aContext()
    const running = deliver(sink, { bytes: LARGE }, context)
    await sink.accepted
    while (context.begun === 0) await turnsOfTheEventLoop(1)
    await turnsOfTheEventLoop(1)
    context.abort()
    expect(await running).to.include({ outcome: 'unknown' })
  })
})
