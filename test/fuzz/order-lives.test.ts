import { expect } from 'chai'
import fc from 'fast-check'
import { aPdf } from '../faults/floor.ts'
import { rpcClientOf } from '../helpers/server.ts'
import { timeoutMsOf } from './budget.ts'
import { fuzz } from './fuzzing.ts'
import { toJsonText } from './hostile-values.ts'
import { furnishMerchants, type Things } from './merchants.ts'
import { type OrderLife, orderLives } from './order-life.ts'
import { type Actor, ENDING, type Step, STORY } from './order-story.ts'
import type { Reach } from './reach.ts'
import { assertReplied } from './rpc-replies.ts'
import { type Subject, startSubject } from './subject.ts'

const LIVES_AT_ONCE = 3
const ANSWER_MS = 30_000
const PRINT_MS = 10_000
const ENDED = ['completed', 'failed', 'canceled']
const ACTORS: readonly Actor[] = ['demo-other', 'packer', 'supervisor']

// biome-ignore lint/suspicious/noExplicitAny: replies are judged by their rules
type Json = any

describe('lives that no order would have', function () {
  let subject: Subject
  let things: Things
  let sessions: ReadonlyMap<Actor, string>
  const pdf = aPdf('a slip').toString('base64')

  before(async function () {
    this.timeout(120_000)
    subject = await startSubject()
    things = await furnishMerchants(subject)
    const rpc = rpcClientOf(subject.url, subject.credentials)
    sessions = new Map(
      await Promise.all(ACTORS.map(async (actor) => [actor, await rpc.session(actor)] as const)),
    )
  })
  after(async function () {
    this.timeout(60_000)
    await subject.stop()
  })

  /** What `@order` and so on stand for. */
  function newKnowledge(): Map<string, unknown> {
    const theirs = Object.entries(things.theirs).map(([name, id]) => [`their-${name}`, id] as const)
    const { location_id: location, station_id: station } = subject.credentials
    return new Map<string, unknown>([...theirs, ...Object.entries({ pdf, location, station })])
  }

  async function take(step: Step, known: Map<string, unknown>): Promise<Json> {
    const params = [sessions.get(step.who), step.method, filledIn(step.args, known)]
    const sent = Buffer.from(toJsonText({ jsonrpc: '2.0', id: 1, method: 'call', params }))
    const reply = await fetch(`${subject.url}/api/jsonrpc`, {
      method: 'POST',
      body: sent,
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const text = await reply.text()
    assertReplied({ sent, status: reply.status, text })
    if (step.who === 'demo-other') {
      expect(text, 'what belongs to another merchant').not.to.include(things.canary)
    }
    return text === '' ? undefined : JSON.parse(text)
  }

  /** What still prints after a while is answered as it is: its printer may have nothing else to do than fail. */
  async function takeToItsEnd(step: Step, known: Map<string, unknown>): Promise<Json> {
    const startedAt = performance.now()
    for (;;) {
      const reply = await take(step, known)
      const isOver = ENDED.includes(reply?.result?.status) || performance.now() - startedAt > PRINT_MS
      if (!step.isUntilPrinted || reply?.error || isOver) return reply
    }
  }

  /** Of a valid step, or one that was changed: then what it makes may be missing. */
  function learn({ makes = [] }: Step, result: unknown, known: Map<string, unknown>): void {
    for (const [thing, find] of makes) {
      try {
        known.set(thing, find(result))
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
      }
    }
  }

  async function live({ steps, atOnce }: OrderLife, note: Reach['note']): Promise<number> {
    const known = newKnowledge()
    for (let from = 0; from < steps.length; from += atOnce) {
      const some = steps.slice(from, from + atOnce)
      const replies = await subject.allEnded(some.map((step) => takeToItsEnd(step, known)))
      for (const [index, step] of some.entries()) {
        const { result } = (replies[index] ?? {}) as { result?: unknown }
        note(result === undefined ? 'refused' : `${step.method} succeeds`)
        if (result !== undefined) learn(step, result, known)
      }
    }
    return steps.length
  }

  it('are changes of one in which every step succeeds', async function () {
    this.timeout(60_000)
    const known = newKnowledge()
    for (const step of [...STORY, ...ENDING]) {
      const { result, error } = await takeToItsEnd(step, known)
      expect(error, `${step.method} ${JSON.stringify([step.args, error])}`).to.equal(undefined)
      learn(step, result, known)
    }
  })

  it('are answered by the rules, step by step, and change nothing of another merchant', async function () {
    this.timeout(timeoutMsOf('lives of orders'))
    const batches = fc.array(orderLives, { minLength: 1, maxLength: LIVES_AT_ONCE })
    const methods = [...STORY, ...ENDING].map(({ method }) => [`${method} succeeds`, 2] as const)
    await fuzz('lives of orders', {
      cases: batches,
      goals: { ...Object.fromEntries(methods), refused: 20 },
      async judge(batch, note) {
        const counts = await subject.allEnded(batch.map((each) => live(each, note)))
        await things.assertUntouched()
        await subject.assertSound()
        return counts.reduce((sum, count) => sum + count, 0)
      },
    })
  })
})

function filledIn(value: unknown, known: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') return filledText(value, known)
  if (Array.isArray(value)) return value.map((each) => filledIn(each, known))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, filledIn(held, known)]))
}

function filledText(text: string, known: ReadonlyMap<string, unknown>): unknown {
  if (text.startsWith('@')) return known.get(text.slice(1)) ?? text
  return text.endsWith('@pdf') ? text.replace('@pdf', String(known.get('pdf'))) : text
}
