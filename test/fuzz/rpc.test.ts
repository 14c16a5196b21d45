import { expect } from 'chai'
import fc from 'fast-check'
import { createRestClient } from '../helpers/rest-client.ts'
import { rpcClientOf } from '../helpers/server.ts'
import { timeoutMsOf } from './budget.ts'
import { batchesOf, fuzz } from './fuzzing.ts'
import { hostileValue, toJsonText } from './hostile-values.ts'
import { type ByteChange, byteChanges, changeBytes, mutated, oftenOf } from './mutation.ts'
import type { Reach } from './reach.ts'
import { assertReplied, callGoals, noteCall } from './rpc-replies.ts'
import { type Schema, valuesOf } from './schema-values.ts'
import { type Subject, startSubject } from './subject.ts'
import { furnishMerchants, type Things } from './merchants.ts'

const BATCH = 12
const SOUND_EVERY = 20
const ANSWER_MS = 30_000
const WHO = ['demo-other', 'demo-other', 'demo-other', 'packer', 'supervisor', 'nobody', 'junk'] as const
type Who = (typeof WHO)[number]

interface Method {
  readonly name: string
  readonly params: readonly { readonly name: string; readonly schema: Schema }[]
  readonly examples: readonly { readonly params: readonly { readonly value: unknown }[] }[]
}

interface Ask {
  readonly who: Who
  readonly body: Buffer
}

describe('JSON-RPC that nobody would write', function () {
  let subject: Subject
  let things: Things
  let sessions: Partial<Record<Who, string>>

  before(async function () {
    this.timeout(120_000)
    subject = await startSubject()
    things = await furnishMerchants(subject)
  })
  after(async function () {
    this.timeout(60_000)
    await subject.stop()
  })

  async function logIn(): Promise<void> {
    const rpc = rpcClientOf(subject.url, subject.credentials)
    const users = ['demo-other', 'packer', 'supervisor'] as const
    sessions = Object.fromEntries(
      await Promise.all(users.map(async (user) => [user, await rpc.session(user)])),
    ) as Partial<Record<Who, string>>
  }

  /** Requests in all forms, their session a word that `ask` replaces by one that is alive. */
  async function requests(): Promise<{ readonly cases: fc.Arbitrary<Ask>; readonly methods: string[] }> {
    const { json } = await createRestClient(subject.url, null).post('/api/jsonrpc', {
      jsonrpc: '2.0',
      id: 1,
      method: 'rpc.discover',
    })
    const known = fc.constantFrom(...things.known)
    const context = { known, resolve: () => ({}) }
    const methods = (json.result.methods as Method[]).filter(({ name }) => name !== 'rpc.discover')
    const calls = methods.map(({ name, params, examples }) => {
      const bySchema = fc.tuple(...params.map(({ schema }) => fc.oneof(valuesOf(schema, context), known)))
      const byExample = examples.map((example) => fc.constant(example.params.map(({ value }) => value)))
      const args = mutated(fc.oneof(bySchema, ...byExample))
      const named = args.map((values) =>
        Array.isArray(values)
          ? Object.fromEntries(params.map((parameter, index) => [parameter.name, values[index]]))
          : values,
      )
      return fc.tuple(fc.constant(name), fc.oneof(args, named))
    })
    const call = fc.oneof(...calls)
    const session = oftenOf(fc.constant<unknown>('@session'), hostileValue)
    const request = fc
      .record({
        jsonrpc: oftenOf(fc.constantFrom<unknown>('2.0', 2, undefined), hostileValue),
        id: oftenOf(
          fc.constantFrom<unknown>(1, 'a', null, -7, 0.5),
          fc.oneof(fc.constant(undefined), hostileValue),
        ),
        by: fc.constantFrom('call', 'call', 'name', 'multiCall'),
        session,
        calls: fc.array(call, { minLength: 1, maxLength: 3 }),
      })
      .map(({ jsonrpc, id, by, session: given, calls: made }) => {
        const [name, args] = made[0] ?? ['', []]
        const head = { ...(jsonrpc !== undefined && { jsonrpc }), ...(id !== undefined && { id }) }
        if (by === 'name') return { ...head, method: name, params: args }
        if (by === 'call') return { ...head, method: 'call', params: [given, name, args] }
        return { ...head, method: 'multiCall', params: [given, made] }
      })
    const bodies = fc.oneof(
      { weight: 8, arbitrary: request as fc.Arbitrary<unknown> },
      { weight: 2, arbitrary: mutated(request) },
      { weight: 1, arbitrary: mutated(fc.array(request, { maxLength: 4 })) },
    )
    const changes = oftenOf(fc.constant<readonly ByteChange[]>([]), byteChanges(2))
    const cases = fc
      .record({ who: fc.constantFrom(...WHO), body: bodies, changes })
      .map(({ who, body, changes: made }) => ({
        who,
        body: changeBytes(Buffer.from(toJsonText(body)), made),
      }))
    return { cases, methods: methods.map(({ name }) => name) }
  }

  async function ask({ who, body }: Ask, note: Reach['note']): Promise<void> {
    const session = sessions[who] ?? '0'.repeat(32)
    const sent = Buffer.from(body.toString('latin1').replaceAll('@session', session), 'latin1')
    const headers: Record<string, string> = who === 'nobody' ? {} : { Authorization: `Bearer ${session}` }
    const reply = await fetch(`${subject.url}/api/jsonrpc`, {
      method: 'POST',
      headers,
      body: sent,
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const text = await reply.text()
    assertReplied({ sent, status: reply.status, text })
    noteCall({ sent, text }, note)
    subject.assertDiscreet(text)
    expect(text, 'a secret').not.to.include(things.secret)
    if (who !== 'packer' && who !== 'supervisor') {
      expect(text, 'what belongs to another merchant').not.to.include(things.canary)
    }
  }

  it('is answered by the rules, and tells nothing of another merchant', async function () {
    this.timeout(timeoutMsOf('JSON-RPC'))
    let batches = 0
    const { cases, methods } = await requests()
    await fuzz('JSON-RPC', {
      cases: batchesOf(cases, BATCH),
      goals: { ...callGoals(methods), succeeded: 50, refused: 50 },
      async judge(batch, note) {
        // Some of them end the session that they are given.
        if (batches % 5 === 0) await logIn()
        await subject.allEnded(batch.map((each) => ask(each, note)))
        await things.assertUntouched()
        if (batches++ % SOUND_EVERY === 0) await subject.assertSound()
        return batch.length
      },
    })
    await subject.assertSound()
  })
})
