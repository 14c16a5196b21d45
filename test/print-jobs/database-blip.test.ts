import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { pino } from 'pino'
import { readConfig } from '../../lib/config.ts'
import { createDatabase } from '../../lib/db/database.ts'
import { type Packhouse, startPackhouse } from '../../lib/packhouse.ts'
import type { DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'
import type { PrintJob } from '../../lib/print-jobs/print-job.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { startIppPrinter } from '../helpers/ippeveprinter.ts'
import { addIppPrinter, addPackagesWithFile } from '../helpers/print-floor.ts'
import { renderingPool, startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { createStepGate } from '../helpers/step-gate.ts'
import { aKey, aStation, createJob } from './station-client-fixtures.ts'

const ended = (server: TestServer, jobId: string) =>
  eventually(
    'the job ends',
    async () => {
      const job = await server.services.jobLookup.getJob(aKey(), jobId)
      return job.status === 'queued' || job.status === 'processing' ? undefined : job
    },
    30_000,
  )

async function outcomesOf(server: TestServer, jobId: string): Promise<(string | null)[]> {
  const { rows } = await server.db.raw(
    'select outcome from print_attempts where job_id = ? order by attempt',
    [jobId],
  )
  return rows.map(({ outcome }: { outcome: string | null }) => outcome)
}

/** A restart or a failover ends the connections of all processes at once, and one of them comes back first. */
describe('two processes whose database was away for a moment', function () {
  this.timeout(90_000)
  const gate = createStepGate()
  const role = `slow_${randomBytes(6).toString('hex')}`
  let database: TestDatabase
  let slow: TestServer
  let quick: Packhouse
  let sink: SocketSink

  /** With a role of its own, so that this process alone can be kept from coming back. */
  before(async () => {
    database = await cloneDatabase()
    sink = await startSocketSink()
    await database.db.raw(`create role ${role} superuser login password 'slow'`)
    const url = new URL(database.url)
    url.username = role
    url.password = 'slow'
    slow = await startServer({
      database,
      env: { DATABASE_URL: url.href, PRINTER_PORTS: '1-65535' },
      checkpoint: gate.checkpoint,
      printingTiming: { leaseTtlMs: 1_000, pollMs: 200 },
    })
  })
  after(async () => {
    await quick.stop()
    await slow.stop()
    await sink.close()
  })

  const backends = async (name: string): Promise<number> => {
    const { rows } = await database.db.raw(
      `select from pg_stat_activity where datname = current_database() and application_name like 'packhouse%'
         and usename = ? and pid <> pg_backend_pid()`,
      [name],
    )
    return rows.length
  }

  /** The other process has looked at all queues: it cancels what has expired when it does. */
  async function looked(stationId: string): Promise<void> {
    const { jobId } = await quick.services.jobIntake.createJob(aKey(), {
      ...{
        locationId: slow.credentials.location_id,
        stationId,
        printerName: 'paused',
        name: null,
        resource: null,
      },
      ...{ options: {}, expiresAt: new Date(Date.now() + 1) },
      source: { kind: 'data', declaredType: 'application/pdf', bytes: await makePdf({ text: 'expires' }) },
    })
    await eventually('the other process looks', async () =>
      (await quick.services.jobLookup.getJob(aKey(), jobId)).status === 'canceled' ? true : undefined,
    )
  }

  it('leave each other’s jobs alone until both had the time to come back', async () => {
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'pdf' } as const
    const { stationId, printers } = await aStation(slow, [
      { name: 'p', connection },
      { name: 'paused', connection },
    ])
    await database.db.raw('update printers set is_paused = true where printer_id = ?', [
      printers[1]?.printerId ?? '',
    ])
    const start = () => createJob(slow, { stationId, printerName: 'p' })
    const { jobId } = await gate.at('delivered', start, async () => {
      // By now the job is the slow one's.
      quick = await startPackhouse({
        config: readConfig({ ...slow.env, DATABASE_URL: database.url }),
        log: pino({ level: 'silent' }),
        renderingPool,
        printingTiming: { pollMs: 100 },
      })
      await database.db.raw(`alter role ${role} nologin`)
      await database.db.raw(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'packhouse%' and pid <> pg_backend_pid()
           and (usename = ? or application_name = 'packhouse listener')`,
        [role],
      )
      await eventually('the slow one is gone', async () => ((await backends(role)) === 0 ? true : undefined))
      for (let look = 1; look <= 3; look += 1) await looked(stationId)
      await database.db.raw(`alter role ${role} login`)
    })
    const job = await ended(slow, jobId)
    expect(job).to.include({ status: 'completed', reason: null })
    expect(await outcomesOf(slow, jobId)).to.deep.equal(['sent'])
  })
})

describe('a process that is to ask an IPP printer about a job while its database is away', function () {
  this.timeout(90_000)

  it('asks when the database is back, and doubts nothing that the printer knows', async function () {
    const printer = await startIppPrinter(this)
    const logged: string[] = []
    const reached: DispatcherStep[] = []
    let atLease: (() => Promise<void>) | null = null
    const server = await startServer({
      env: { PRINTER_PORTS: '1-65535', LOG_LEVEL: 'warn' },
      onLog: (line) => logged.push(line),
      printingTiming: { pollMs: 200 },
      async checkpoint(step) {
        reached.push(step)
        if (step === 'delivered' && !atLease) {
          // As it is for the next holder of the lease when this process has died here.
          await server.db.raw('update print_attempts set fence = fence + 1 where outcome is null')
          await server.db.raw('update printer_leases set fence = fence + 1')
          atLease = async () => {
            await database(false)
            void eventually(
              'it can’t ask',
              () => /delivery failed|the queue of a printer stopped/.test(logged.join()) || undefined,
            ).then(() => database(true))
          }
        }
        if (step === 'leased' && atLease) {
          const away = atLease
          atLease = () => Promise.resolve()
          await away()
        }
      },
    })
    const outside = new URL(server.env['DATABASE_URL'] ?? '')
    const name = outside.pathname.slice(1)
    outside.pathname = '/postgres'
    const maintenance = createDatabase({ connectionString: outside.href })
    async function database(isThere: boolean): Promise<void> {
      await maintenance.raw(`alter database ?? allow_connections ${String(isThere)}`, [name])
      if (!isThere) {
        await maintenance.raw('select pg_terminate_backend(pid) from pg_stat_activity where datname = ?', [
          name,
        ])
      }
    }
    const { stationId } = await addIppPrinter(server, printer.uri)
    const pdf = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: 'asked later' })
    const { instructionId } = await addPackagesWithFile(server, { id: 'B1', count: 1, pdf })
    const { print_job } = (await server.rpc.call(
      'packing.confirm',
      [instructionId, 'B1-s-1', { station_id: stationId }],
      'packer',
    )) as { print_job: { id: string } }
    const job = await eventually(
      'the job ends',
      async () => {
        const found = await server.services.jobLookup.getJob(aKey(), print_job.id).catch(() => undefined)
        return found && found.status !== 'queued' && found.status !== 'processing' ? found : undefined
      },
      60_000,
    )
    expect(job satisfies PrintJob).to.include({ status: 'completed', reason: null })
    expect(await printer.documents()).to.deep.equal([pdf])
    expect(reached).to.include('recovered')
    await maintenance.destroy()
    await server.stop()
    await printer.close()
  })
})
