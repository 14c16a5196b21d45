import { stat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { aStationFolder, type StationFolder, type StationProcess } from '../helpers/station-process.ts'
import type { Door } from './door.ts'
import { batchesOf, type Fuzzing } from './fuzzing.ts'
import { garblingOf, type HandedJob } from './handed-job.ts'
import { looksFor } from './looks.ts'
import { startMischievousServer } from './mischievous-server.ts'
import { type Paper, startPaper } from './paper.ts'
import type { Reach } from './reach.ts'
import { type Mischief, mischiefs, QUESTIONS } from './station-mischief.ts'

const PRINTERS = 12
/** Two threads read documents, each of which may take all of its 20 s. */
const SETTLE_MS = 150_000
/** The client and its threads. */
const RESIDENT_MIB_MAX = 900
/** In batches, from the second on. */
const RESTART_EVERY = 3
/** A case costs some ten, failures some more; without waits between them it would be thousands. */
const REQUESTS_PER_CASE_MAX = 150
/** Of its log and of its journal, whatever the server says. */
const LINE_LENGTH_MAX = 20_000
const JOURNAL_BYTES_MAX = 4_000_000
/** Well above the time that a client lets its jobs end. */
const STOP_MS = 80_000

/** Answers that no server gives its station client: it lives on, prints each job once at most, and tells what is true. */
export async function openStationDoor(): Promise<Door<readonly Mischief[]>> {
  const names = Array.from({ length: PRINTERS }, (_, index) => `printer-${index}`)
  const server = await startMischievousServer(names)
  const papers = await Promise.all(names.map(startPaper))
  const printers = Object.fromEntries(
    papers.map(({ port }, index) => [names[index], { type: 'socket', host: '127.0.0.1', port }]),
  )
  const folder = await aStationFolder({ server: server.url, api_key: 'key', station_id: 'stn_1', printers })
  let client = folder.start()
  await client.said('"serving"')
  let batches = 0

  /** What it has begun stands on the disk, however it ended. */
  async function restart(): Promise<void> {
    client.process.kill('SIGKILL')
    await client.ended
    client = folder.start()
    await client.said('"serving"')
    server.repeat()
  }

  async function serve(mischief: Mischief, index: number, note: Reach['note']): Promise<void> {
    const paper = papers[index] as Paper
    const before = paper.sheets
    const name = names[index] as string
    const jobs = server.offer(name, mischief)
    const isServed = () => jobs.slice(1).some(({ reported }) => reported.length > 0) || undefined
    await looksFor('a job after it is reported', isServed, SETTLE_MS).catch((error: unknown) => {
      const about = client.lines.filter((line) =>
        [name, ...jobs.map(({ id }) => id)].some((each) => line.includes(`"${each}"`)),
      )
      throw new Error(`${String(error)}: ${JSON.stringify(jobs)}\n${about.slice(-20).join('\n')}`)
    })
    const [{ misled, reported }] = jobs as readonly [HandedJob]
    const isAnswered = garblingOf(mischief) !== undefined && mischief.question !== 'events'
    if (misled > 0 && isAnswered) note(mischief.question)
    if (misled > 0) note(mischief.how.kind)
    note(reported[0] ?? 'not reported')
    await assertTrue(jobs, () => paper.sheets - before)
  }

  const fuzzing: Fuzzing<readonly Mischief[]> = {
    cases: batchesOf(mischiefs, PRINTERS),
    goals: {
      ...Object.fromEntries(QUESTIONS.map((question) => [question, 2])),
      ...{ answer: 3, changed: 4, swollen: 1, bytes: 2, huge: 1, refused: 1 },
      ...{ completed: 6, failed: 1, 'not reported': 1 },
      ...{ again: 2, elsewhere: 2 },
    },
    async judge(batch, note) {
      if (batches++ % RESTART_EVERY === 1) await restart()
      const { requests, misledStreams } = server
      const served = batch.map((mischief, index) => serve(mischief, index, note))
      await Promise.allSettled(served)
      await Promise.all(served)
      for (let count = misledStreams; count < server.misledStreams; count += 1) note('events')
      expect(server.requests - requests, 'requests').to.be.at.most(REQUESTS_PER_CASE_MAX * PRINTERS)
      await assertAlive(client)
      await assertSmall(folder, client)
      return batch.length
    },
  }
  return {
    fuzzing,
    async close() {
      try {
        await assertEnds(client)
      } finally {
        await folder.remove()
        await Promise.all(papers.map((paper) => paper.close()))
        await server.close()
      }
    },
  }
}

/** What was said of jobs, held against what came out of them; the last of that may be on its way through the kernel. */
async function assertTrue(jobs: readonly HandedJob[], sheets: () => number): Promise<void> {
  const ends = jobs.map(({ reported }) => new Set(reported))
  const least = ends.filter((end) => end.has('completed')).length
  await eventually('the sheets come out', () => sheets() >= least || undefined).catch(() => undefined)
  const told = `${sheets()} printed of ${JSON.stringify(jobs)}`
  expect(Math.max(...ends.map(({ size }) => size)), told).to.be.at.most(1)
  expect(sheets(), told).to.be.within(least, ends.filter((end) => !end.has('failed')).length)
  expect(
    ends.slice(1).some((end) => end.has('failed')),
    told,
  ).to.equal(false)
}

async function assertAlive({ process, lines }: StationProcess): Promise<void> {
  expect([process.exitCode, process.signalCode], lines.slice(-5).join('\n')).to.deep.equal([null, null])
  const complaint = lines.find((line) => !line.startsWith('{'))
  expect(complaint, 'what is no line of its log').to.equal(undefined)
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8')
  const residentMib = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024
  expect(residentMib, 'MiB of the client').to.be.lessThan(RESIDENT_MIB_MAX)
}

async function assertSmall({ stateDir }: StationFolder, { lines }: StationProcess): Promise<void> {
  const longest = lines.reduce((max, line) => Math.max(max, line.length), 0)
  expect(longest, 'characters of a line of its log').to.be.lessThan(LINE_LENGTH_MAX)
  const { size } = await stat(join(stateDir, 'journal.jsonl'))
  expect(size, 'bytes of its journal').to.be.lessThan(JOURNAL_BYTES_MAX)
}

async function assertEnds({ process, ended, lines }: StationProcess): Promise<void> {
  process.kill('SIGTERM')
  const timer = setTimeout(() => process.kill('SIGKILL'), STOP_MS)
  const end = await ended
  clearTimeout(timer)
  expect(end, `how the client ended: ${lines.slice(-5).join('\n')}`).to.equal(0)
}
