import { Writable } from 'node:stream'
import { expect } from 'chai'
import { pino } from 'pino'
import { DomainError } from '../../lib/errors.ts'
import { explain } from '../../lib/transport/rpc/rpc-failure.ts'
import type { CallContext } from '../../lib/transport/rpc/rpc-method.ts'
import type { RestUser } from './callers.ts'
import { Clicks } from './clicks.ts'
import { EventTally } from './event-tally.ts'
import type { Finding } from './finding.ts'
import { tooManyAgain, untold } from './judge-events.ts'
import { judgeMemory } from './judge-memory.ts'
import { judgePaper } from './judge-paper.ts'
import type { ListedJob } from './jobs.ts'
import { markText } from './mark.ts'
import { Paper } from './paper.ts'
import { ServerLog } from './server-log.ts'

describe('what npm run test:load makes of', () => {
  describe('a fault 1', () => {
    const log = (thrown: unknown): ServerLog => {
      const taken = new ServerLog()
      const output = new Writable({
        write(chunk: Buffer, _encoding, done) {
          taken.take(chunk.toString())
          done()
        },
      })
      explain(thrown, 'order.create', { log: pino(output), requestId: 'r-1' } as unknown as CallContext)
      return taken
    }

    it('is a defect when the log has an exception', () => {
      const taken = log(new TypeError('a bug'))
      expect(taken.isBusy('r-1')).to.equal(false)
      expect(taken.errors.join()).to.include('a bug')
    })

    it('is a matter of load when the log says that the database had no connection left', () => {
      const taken = log(new DomainError('unavailable', 'the database is not reachable'))
      expect(taken.isBusy('r-1')).to.equal(true)
      expect(taken.errors).to.deep.equal([])
    })
  })

  describe('events', () => {
    const confirmed = (id: string) => ({
      ...{ id, type: 'order_instruction.confirmed' },
      data: { instruction_id: 7, confirmation: { package_id: 'p-1' } },
    })
    const clicks = new Clicks()
    clicks.confirm({ orderId: 'o', instructionId: 7, packageId: 'p-1', jobId: null })

    it('misses the one of a confirmation that was answered', () => {
      expect(untold(new EventTally(), clicks)).to.deep.equal(['order_instruction.confirmed 7 p-1: 1 missing'])
    })

    it('counts the same event again apart, and another one of the same confirmation as one too many', () => {
      const tally = new EventTally()
      for (const id of ['evt_1', 'evt_1']) tally.take(confirmed(id))
      expect(tally.repeated).to.equal(1)
      expect(untold(tally, clicks)).to.deep.equal([])
      tally.take(confirmed('evt_2'))
      expect(untold(tally, clicks)).to.deep.equal(['order_instruction.confirmed 7 p-1: 1 too many'])
    })
  })

  describe('deliveries that come again', () => {
    const told = (events: number, again: number) => {
      const tally = new EventTally()
      for (const count of [events, again])
        for (let number = 0; number < count; number += 1)
          tally.take({ id: `evt_${number}`, type: 'order.created', data: { unique_id: `${number}` } })
      return tooManyAgain(tally)
    }

    it('are a few at most: ten, or one in a hundred of many', () => {
      expect([told(886, 0), told(886, 10), told(5_000, 50)]).to.deep.equal([[], [], []])
      expect(told(886, 886)).to.deep.equal(['886 again, at most 10'])
      expect(told(5_000, 51)).to.deep.equal(['51 again, at most 50'])
    })
  })

  describe('failed jobs', () => {
    const BACK_AT = Date.parse('2026-01-02T00:00:00Z')
    const lapsed = (mark: number): ListedJob => ({
      id: `prnt_job_${mark}`,
      name: `${markText(mark)}.pdf`,
      reason: 'claim-timeout: a client had it; it may have printed',
    })

    async function judged(jobs: readonly ListedJob[], startedAt: string, came: readonly number[] = []) {
      const paper = new Paper()
      for (let mark = 1; mark <= jobs.length; mark += 1) paper.ask(paper.newMark(), 0)
      for (const mark of came) paper.come(mark, 0, 'somewhere')
      const findings = await judgePaper({
        paper,
        supervisor: supervisorOf(jobs, startedAt),
        jobIds: new Set(jobs.map(({ id }) => id)),
        cutMidway: { marks: new Set([1]), backAt: BACK_AT },
      })
      return brokenOf(findings)
    }

    it('lets one be in doubt that was being given to a client when it was cut', async () => {
      expect(await judged([lapsed(1)], '2026-01-01T23:59:59Z')).to.deep.equal([])
    })

    it('lets none be in doubt that was claimed later, or came out, or was none of those that were cut', async () => {
      const rule = 'no job fails or is in doubt but what was cut midway'
      expect(await judged([lapsed(1)], '2026-01-02T00:00:01Z')).to.include(rule)
      expect(await judged([lapsed(1)], '2026-01-01T23:59:59Z', [1])).to.include(rule)
      expect(await judged([lapsed(1), lapsed(2)], '2026-01-01T23:59:59Z', [2])).to.deep.equal([rule])
    })

    it('sees each of some hundred', async () => {
      const jobs = Array.from({ length: 250 }, (_, index) => lapsed(index + 1))
      const findings = await judgePaper({
        paper: new Paper(),
        supervisor: supervisorOf(jobs, '2026-01-01T23:59:59Z'),
        jobIds: new Set(jobs.map(({ id }) => id)),
        cutMidway: { marks: new Set([1]), backAt: BACK_AT },
      })
      expect(findings.find(({ isKept }) => isKept === false)?.detail).to.include('249 wrong')
    })
  })

  describe('memory', () => {
    const every15s = (liveMb: (minutes: number) => number, minutes: number, documentsPerMinute = 0) =>
      Array.from({ length: minutes * 4 }, (_, index) => ({
        when: 'load' as const,
        seconds: index * 15,
        documents: Math.round((index / 4) * documentsPerMinute),
        liveMb: liveMb(index / 4),
        heapMb: 40,
        rssMb: 600,
      }))
    const underLoad = (collected: ReturnType<typeof every15s>) =>
      judgeMemory({ collected, memory: [], stormClients: 0 }, '')[0]?.isKept

    it('is flat when what is in use goes up and down', () => {
      expect(underLoad(every15s((minutes) => 50 + 5 * Math.sin(minutes * 9), 5))).to.equal(true)
    })

    it('is not flat when it grows by 10 MB a minute', () => {
      expect(underLoad(every15s((minutes) => 50 + 10 * minutes, 5))).to.equal(false)
    })

    it('may grow by 9 kB for each new document, of 800 a minute, and not by 6 MB a minute beside that', () => {
      const kept = (minutes: number) => 60 + 7 * minutes
      expect(underLoad(every15s(kept, 5, 800))).to.equal(true)
      expect(underLoad(every15s((minutes) => kept(minutes) + 6 * minutes, 5, 800))).to.equal(false)
    })

    it('is not flat when it grows by documents beyond the 5,000 that are kept', () => {
      const kept = (minutes: number) => 60 + 7 * Math.min(minutes, 6)
      expect(underLoad(every15s(kept, 20, 800))).to.equal(true)
      expect(underLoad(every15s((minutes) => 60 + 7 * minutes, 20, 800))).to.equal(false)
    })

    it('is not judged by a minute, nor by a server that tells nothing', () => {
      expect(underLoad(every15s(() => 50, 1))).to.equal(null)
      expect(underLoad([])).to.equal(null)
    })
  })
})

/** Who answers about those jobs, each with one attempt that began then. */
function supervisorOf(jobs: readonly ListedJob[], startedAt: string): RestUser {
  const attempts = [{ started_at: startedAt, outcome: 'unknown' }]
  return {
    get: async () => attempts as never,
    post: () => Promise.reject(new Error('nothing is posted')),
    async page(path) {
      const query = new URL(path, 'http://localhost').searchParams
      const isFailed = query.get('status') !== 'completed'
      const [limit, page] = [Number(query.get('limit')), Number(query.get('page') ?? 1)]
      return {
        data: jobs.slice((page - 1) * limit, page * limit) as never[],
        pagination: { total_count: isFailed ? jobs.length : 0, has_more: false },
      }
    },
  }
}

function brokenOf(findings: readonly Finding[]): readonly string[] {
  return findings.filter(({ isKept }) => isKept === false).map(({ rule }) => rule)
}
