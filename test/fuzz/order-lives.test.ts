import { expect } from 'chai'
import fc from 'fast-check'
import { aPdf } from '../faults/floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { rpcClientOf } from '../helpers/server.ts'
import { timeoutMsOf } from './budget.ts'
import { fuzz } from './fuzzing.ts'
import { toJsonText } from './hostile-values.ts'
import { livesOf } from './life.ts'
import { type Known, live, succeeds, type Taken, tell } from './living.ts'
import { furnishMerchants, type Things } from './merchants.ts'
import { type Actor, ENDING, type OrderStep, search, STORY } from './order-story.ts'
import { assertReplied } from './rpc-replies.ts'
import { type Subject, startSubject } from './subject.ts'

const LIVES_AT_ONCE = 3
const ANSWER_MS = 30_000
const ACTORS: readonly Actor[] = ['demo-other', 'packer', 'supervisor']
/** The steps that make what others are about. */
const FIRST = STORY.slice(0, 4)
const LATER = [...STORY.slice(4), ...ENDING]

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

  const living = {
    allEnded: <T>(doings: readonly Promise<T>[]) => subject.allEnded(doings),
    newKnowledge(): Known {
      const theirs = Object.entries(things.theirs).map(([name, id]) => [`their-${name}`, id] as const)
      const { location_id: location, station_id: station } = subject.credentials
      return new Map<string, unknown>([...theirs, ...Object.entries({ pdf, location, station })])
    },
    async take({ who, method, args }: OrderStep): Promise<Taken> {
      const params = [sessions.get(who), method, args]
      const sent = Buffer.from(toJsonText({ jsonrpc: '2.0', id: 1, method: 'call', params }))
      const reply = await fetch(`${subject.url}/api/jsonrpc`, {
        method: 'POST',
        body: sent,
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      const text = await reply.text()
      assertReplied({ sent, status: reply.status, text })
      subject.assertDiscreet(text)
      expect(text, 'a secret').not.to.include(things.secret)
      if (who === 'demo-other') expect(text, 'what belongs to another merchant').not.to.include(things.canary)
      const { result, error } = JSON.parse(text)
      return { result, refusal: error }
    },
  }

  it('have a step for each method that there is', async () => {
    const asked = { jsonrpc: '2.0', id: 1, method: 'rpc.discover' }
    const { json } = await createRestClient(subject.url, null).post('/api/jsonrpc', asked)
    const names = (json.result.methods as { name: string }[]).map(({ name }) => name)
    const told = new Set([...FIRST, ...LATER].map(({ method }) => method))
    const untold = names.filter((name) => !told.has(name) && !OF_THE_INTERFACE.has(name))
    expect(untold).to.deep.equal([])
  })

  it('are changes of one in which every step succeeds', async function () {
    this.timeout(60_000)
    await tell(living, [...FIRST, ...LATER])
  })

  it('are answered by the rules, step by step, and change nothing of another merchant', async function () {
    this.timeout(timeoutMsOf('lives of orders'))
    const shared = ['pdf', 'location', 'station']
    const lives = livesOf({ first: FIRST, later: LATER, more: search, confined: 'demo-other', shared })
    const methods = [...FIRST, ...LATER].map(({ method }) => [succeeds(method), 2] as const)
    await fuzz('lives of orders', {
      cases: fc.array(lives, { minLength: 1, maxLength: LIVES_AT_ONCE }),
      goals: { ...Object.fromEntries(methods), refused: 20 },
      async judge(batch, note) {
        const counts = await subject.allEnded(batch.map((each) => live(living, each, note)))
        await things.assertUntouched()
        await subject.assertSound()
        return counts.reduce((sum, count) => sum + count, 0)
      },
    })
  })
})

/** Called otherwise than by `call`, and fuzzed with the forms of requests. */
const OF_THE_INTERFACE = new Set(['login', 'call', 'multiCall', 'endSession', 'rpc.discover'])
