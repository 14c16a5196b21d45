import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { Paper } from '../load/paper.ts'
import { processorTime } from '../load/processor-time.ts'
import { ServerLog } from '../load/server-log.ts'
import { Timings } from '../load/timings.ts'
import { startWatch } from '../load/watch.ts'

const SHARE = 'load: processor time of one server, % of a core'
/** Longer than the watch waits between two looks. */
const LATE_MS = 1_800

/** A process that takes all of one core, with a server beside it that tells of it, every other time long after it has looked. */
describe('the watch over the servers under load', () => {
  let busy: ChildProcess
  let server: Server
  let looks = 0

  before(async () => {
    busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
    await once(busy, 'spawn')
    server = createServer((request, response) => {
      if (request.url !== '/metrics') return void response.end('{}')
      looks += 1
      const seconds = (processorTime(busy.pid ?? 0)?.usedMs ?? 0) / 1000
      setTimeout(() => response.end(`process_cpu_seconds_total ${seconds}\n`), looks % 2 === 1 ? LATE_MS : 0)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(async () => {
    busy.kill('SIGKILL')
    server.closeAllConnections()
    server.close()
  })

  it('tells the processor time of a server by when it was read, not by when an answer came', async () => {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const watched = {
      baseUrl,
      pid: busy.pid ?? 0,
      log: new ServerLog(),
      collect: () => Promise.resolve(null),
    }
    const watch = startWatch([watched], { timings: new Timings(), paper: new Paper() })
    watch.phase = 'load'
    await eventually('it has looked four times', () => (looks >= 4 ? true : undefined), 25_000)
    await watch.stop()
    // One thread that never rests; the kernel counts in hundredths of a second.
    expect(watch.peaks.get(SHARE)).to.be.within(1, 110)
  })
})
