import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { startServer } from '../helpers/server.ts'
import { startSocketSink } from '../helpers/socket-sink.ts'
import { aStation, createJob } from './station-client-fixtures.ts'

/** Many times what a job needs to the printer. */
const WATCHED_MS = 1_000

describe('a server that is told to stop', function () {
  this.timeout(60_000)

  it('claims nothing more from then on, also while what looks at idle printers waits for the database', async () => {
    const sink = await startSocketSink()
    const server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'pdf' } as const
    const { stationId } = await aStation(server, [{ name: 'p', connection }])
    const lock = await server.db.transaction()
    await lock.raw('lock table printer_checks in access exclusive mode')
    await eventually('the look waits', async () => {
      const { rows } = await lock.raw(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0 ? true : undefined
    })

    const stopping = server.pause()
    const { jobId } = await createJob(server, { stationId })
    const end = performance.now() + WATCHED_MS
    do {
      const { rows } = await server.db.raw('select from print_attempts where job_id = ?', [jobId])
      expect([rows.length, sink.connections]).to.deep.equal([0, 0])
    } while (performance.now() < end)
    await lock.rollback()
    await stopping
    const { rows } = await server.db.raw('select status from print_jobs where job_id = ?', [jobId])
    expect(rows).to.deep.equal([{ status: 'queued' }])
    await server.stop()
    await sink.close()
  })
})
