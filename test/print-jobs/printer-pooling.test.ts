import { expect } from 'chai'
import type { NewPrinter } from '../../lib/printers/printer.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { aStation, createJob } from './station-client-fixtures.ts'

describe('printers that share a queue', function () {
  this.timeout(60_000)
  let server: TestServer
  let sinks: SocketSink[]

  beforeEach(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    sinks = []
  })
  afterEach(async () => {
    await server.stop()
    for (const sink of sinks) await sink.close()
  })

  async function aSink(options: Parameters<typeof startSocketSink>[0] = {}): Promise<SocketSink> {
    const sink = await startSocketSink(options)
    sinks.push(sink)
    return sink
  }

  const printerAt = (
    name: string,
    { host, port }: { host: string; port: number },
    more: object = {},
  ): NewPrinter => ({
    name,
    model: 'ZD421',
    connection: { type: 'socket', host, port, language: 'zpl' },
    ...more,
  })

  const pooling = { isPoolingEnabled: true }

  /** Small enough to be accepted whole; each can be told from the others. */
  async function addJobs(stationId: string, printerName: string, count: number): Promise<string[]> {
    const ids: string[] = []
    for (let number = 0; number < count; number += 1) {
      const bytes = Buffer.from(`^XA^FO0,0^FDjob-${printerName}-${String(number).padStart(3, '0')};^FS^XZ\n`)
      const source = { kind: 'data', declaredType: 'application/vnd.zebra-zpl', bytes } as const
      ids.push((await createJob(server, { stationId, printerName, source })).jobId)
    }
    return ids
  }

  const markersOf = (sink: SocketSink) => sink.received.toString('latin1').match(/job-[a-z]+-\d+;/g) ?? []

  async function ended(ids: readonly string[]) {
    return eventually('all jobs have ended', async () => {
      const jobs = await Promise.all(ids.map((id) => server.services.printJobs.getJob(server.db, id)))
      return jobs.every(({ status }) => status !== 'queued' && status !== 'processing') ? jobs : undefined
    })
  }

  it('give the next job to the first that is free, and each job to one of them', async () => {
    const slow = await aSink({ closes: false })
    const quick = await aSink()
    const { stationId } = await aStation(
      server,
      [printerAt('slow', slow), printerAt('quick', quick)],
      pooling,
    )
    const ids = await addJobs(stationId, 'slow', 12)
    const jobs = await ended(ids)
    expect(jobs.every(({ status }) => status === 'completed')).to.equal(true)
    const printed = [...markersOf(slow), ...markersOf(quick)]
    expect(printed).to.have.length(12)
    expect(new Set(printed).size).to.equal(12)
    for (const sink of [slow, quick]) {
      expect(markersOf(sink)).to.not.have.length(0)
      expect(markersOf(sink)).to.deep.equal(markersOf(sink).toSorted())
    }
    for (const [index, { printer }] of jobs.entries()) {
      const marker = `job-slow-${String(index).padStart(3, '0')};`
      expect(markersOf(printer.name === 'slow' ? slow : quick)).to.include(marker)
    }
    const { rows } = await server.db.raw('select count(*)::integer as count from print_attempts')
    expect(rows[0].count).to.equal(12)
  })

  it('print each job once with several processes, whichever printer it was routed to', async () => {
    const one = await aSink()
    const two = await aSink()
    const other = await startServerProcess({ ...server.env })
    const { stationId } = await aStation(server, [printerAt('a', one), printerAt('b', two)], pooling)
    const ids = (await Promise.all([addJobs(stationId, 'a', 20), addJobs(stationId, 'b', 20)])).flat()
    const jobs = await ended(ids)
    other.kill('SIGTERM')
    await other.ended
    expect(jobs.every(({ status }) => status === 'completed')).to.equal(true)
    const printed = [...markersOf(one), ...markersOf(two)]
    expect(printed).to.have.length(40)
    expect(new Set(printed).size).to.equal(40)
  })

  it('take over the queue of one that is out of reach', async () => {
    const sink = await aSink()
    const nowhere = await startSocketSink()
    await nowhere.close()
    const { stationId } = await aStation(
      server,
      [printerAt('dead', nowhere), printerAt('alive', sink)],
      pooling,
    )
    const jobs = await ended(await addJobs(stationId, 'dead', 5))
    expect(jobs.map(({ status, printer }) => [status, printer.name])).to.deep.equal(
      jobs.map(() => ['completed', 'alive']),
    )
    expect(new Set(markersOf(sink)).size).to.equal(5)
  })

  it('keep apart when the station does not pool, or model, paper or language differ', async () => {
    const sink = await aSink()
    const nowhere = await startSocketSink()
    await nowhere.close()
    const apart: readonly [string, NewPrinter, object][] = [
      ['station', printerAt('other', sink), {}],
      ['model', printerAt('other', sink, { model: 'GK420' }), pooling],
      ['paper', printerAt('other', sink, { pageSizes: [] }), pooling],
      [
        'language',
        { ...printerAt('other', sink), connection: { type: 'socket', ...addressOf(sink), language: 'raw' } },
        pooling,
      ],
    ]
    const ids: string[] = []
    for (const [, other, more] of apart) {
      const own = printerAt('dead', nowhere, { pageSizes: ['label_4x6'] })
      const full = { pageSizes: ['label_4x6'], ...other }
      const { stationId } = await aStation(server, [own, full], more)
      ids.push(...(await addJobs(stationId, 'dead', 1)))
    }
    await eventually('each was tried twice at its own printer', async () => {
      const { rows } = await server.db.raw('select job_id from print_jobs where tries >= 2')
      return rows.length >= ids.length ? true : undefined
    })
    expect(sink.connections).to.equal(0)
  })

  it('leave a queue alone that the free one is paused for', async () => {
    const sink = await aSink()
    const nowhere = await startSocketSink()
    await nowhere.close()
    const { stationId, printers } = await aStation(
      server,
      [printerAt('dead', nowhere), printerAt('paused', sink)],
      pooling,
    )
    const pausedId = printers[1]?.printerId ?? ''
    await server.db.raw('update printers set is_paused = true where printer_id = ?', [pausedId])
    const ids = await addJobs(stationId, 'dead', 1)
    await eventually('it was tried twice', async () => {
      const { rows } = await server.db.raw('select job_id from print_jobs where tries >= 2')
      return rows.length > 0 ? true : undefined
    })
    expect(sink.connections).to.equal(0)
    const admin = await server.services.apiKeys.authenticate(server.credentials.admin.api_key)
    if (!admin) throw new Error('the key is known')
    await server.services.printerControl.setPaused(admin, pausedId, false)
    const [job] = await ended(ids)
    expect([job?.status, job?.printer.name]).to.deep.equal(['completed', 'paused'])
  })

  function addressOf({ host, port }: SocketSink) {
    return { host, port }
  }
})
