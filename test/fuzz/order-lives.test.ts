import { expect } from 'chai'
import fc from 'fast-check'
import { aPdf } from '../faults/floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { rpcClientOf } from '../helpers/server.ts'
import { timeoutMsOf } from './budget.ts'
import { foreignSteps, foreignThings, loneFilters, withoutForeignIds } from './foreign-steps.ts'
import { fuzz } from './fuzzing.ts'
import { TEXTS_MS, tellAllTexts } from './hostile-telling.ts'
import { toJsonText } from './hostile-values.ts'
import { livesOf } from './life.ts'
import { type Living, live, succeeds, type Taken, tell } from './living.ts'
import { furnishMerchants, type Things } from './merchants.ts'
import { search, searchesAbout } from './order-search.ts'
import { type Actor, ENDING, EVERYTHING, type OrderStep, STORY } from './order-story.ts'
import { assertReplied } from './rpc-replies.ts'
import type { Json, Known } from './story-step.ts'
import { type Subject, startSubject } from './subject.ts'

const LIVES_AT_ONCE = 3
const ANSWER_MS = 30_000
const ACTORS: readonly Actor[] = ['demo-other', 'packer', 'supervisor']
/** The steps that make what others are about. */
const FIRST = STORY.slice(0, 4)
const LATER = [...STORY.slice(4), ...ENDING]
/** Named alike by both merchants. */
const SHARED = ['pdf', 'location', 'station', 'name']
const CALLS_MAX = 50

describe('lives that no order would have', function () {
  let subject: Subject
  let things: Things
  let sessions: ReadonlyMap<Actor, string>
  const pdf = aPdf('a slip').toString('base64')
  let count = 0

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

  /** The reply, judged by what any reply to that user must be. */
  async function ask(who: Actor, method: 'call' | 'multiCall', params: readonly unknown[]): Promise<Json> {
    const request = { jsonrpc: '2.0', id: 1, method, params: [sessions.get(who), ...params] }
    const sent = Buffer.from(toJsonText(request))
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
    return JSON.parse(text)
  }

  const living: Living<OrderStep> = {
    allEnded: <T>(doings: readonly Promise<T>[]) => subject.allEnded(doings),
    newKnowledge(): Known {
      const { location_id: location, station_id: station } = subject.credentials
      const own = { pdf, location, station, name: `living-${count++}` }
      return new Map<string, unknown>([...foreignThings(things.theirs), ...Object.entries(own)])
    },
    async take({ who, method, args }: OrderStep): Promise<Taken> {
      const { result, error } = await ask(who, 'call', [method, args])
      return { result, refusal: error }
    },
    /** contracts/rpc.md, section 5. */
    async assertHidden(answer, known, absent) {
      const told = (taken: Taken) => withoutForeignIds([taken.result, taken.refusal], known)
      expect(told(answer), 'as if it did not exist').to.equal(told(await absent()))
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

  it('are changes of one in which every step succeeds, and finds nothing of another merchant', async function () {
    this.timeout(60_000)
    await tell(living, [...FIRST, ...LATER], (step) =>
      step.who === 'demo-other'
        ? [...foreignSteps(step, SHARED), ...(step.method === 'print_job.list' ? loneFilters(step, 0) : [])]
        : [],
    )
    await things.assertUntouched()
  })

  it('find nothing of another merchant by any filter, operator and order', async function () {
    this.timeout(120_000)
    const { theirs } = things
    const rpc = rpcClientOf(subject.url, subject.credentials)
    const ofTheirs = async (method: string, filter: object): Promise<Record<string, unknown>> => {
      const found = await rpc.call(method, [filter, null, EVERYTHING], 'demo')
      return (found.results ?? found)[0]
    }
    const calls = searchesAbout({
      'order.search': await ofTheirs('order.search', { unique_id: theirs['order'] }),
      'shipment.search': await ofTheirs('shipment.search', { shipment_id: theirs['shipment'] }),
      'package.search': await ofTheirs('package.search', { package_id: theirs['package'] }),
    })
    for (let from = 0; from < calls.length; from += CALLS_MAX) {
      const some = calls.slice(from, from + CALLS_MAX)
      const { result } = await ask('demo-other', 'multiCall', [some]).catch((error: unknown) => {
        throw new Error(`one of ${JSON.stringify(some)}: ${String(error)}`)
      })
      const refused = some.filter((_call, index) => result[index].isFault === true)
      expect(refused, JSON.stringify(result)).to.deep.equal([])
    }
    await subject.assertSound()
  })

  it('take or refuse a hostile text in each place, and every step succeeds with those taken', async function () {
    this.timeout(TEXTS_MS)
    await tellAllTexts(subject, {
      living,
      story: [...FIRST, ...LATER],
      // An order takes a hundred instructions, and what is due of them keeps a package open.
      undo: ({ who, method }, { result }) =>
        method === 'order_instruction.create'
          ? { who, method: 'order_instruction.delete', args: [result.instruction_id] }
          : undefined,
    })
    await things.assertUntouched()
  })

  it('are answered by the rules, step by step, and change nothing of another merchant', async function () {
    this.timeout(timeoutMsOf('lives of orders'))
    const lives = livesOf({
      first: FIRST,
      later: LATER,
      more: search,
      confined: 'demo-other',
      shared: SHARED,
    })
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
