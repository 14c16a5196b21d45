import { expect } from 'chai'
import fc from 'fast-check'
import { SCOPES } from '../../lib/access/scope.ts'
import { furnish } from '../authorisation/places.ts'
import { aPdf } from '../faults/floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { timeoutMsOf } from './budget.ts'
import { batchesOf, fuzz } from './fuzzing.ts'
import { exchangeBytes } from './byte-exchange.ts'
import { type HttpSample, samplesFor } from './http-samples.ts'
import { hostileText, hostileValue, toJsonText } from './hostile-values.ts'
import { assertAnswer, headerText, urlOf } from './rest-exchange.ts'
import { noteRefusal, refusalsOf } from './rest-refusals.ts'
import { type ByteChange, byteChanges, changeBytes, mutated, oftenOf } from './mutation.ts'
import type { Goals, Reach } from './reach.ts'
import { type Schema, valuesOf } from './schema-values.ts'
import { type Subject, startSubject } from './subject.ts'

const BATCH = 12
const SOUND_EVERY = 20
const SIGN_IN_EVERY = 10
const ANSWER_MS = 30_000
/** Longer than anything takes but waiting for a job, which is asked for with `wait`. */
const WAIT_MS = 2_000
/** In every name at a location that the limited key must learn nothing of. */
const CANARY = 'mark-there'
const WHO = [
  'admin',
  'admin',
  'limited',
  'limited',
  'supervisor',
  'nobody',
  'nobody',
  'receipts',
  'places',
] as const
/** In none of these is that of most routes: `receipts` and `places` are refused where the other one isn't. */
const LITTLE = { receipts: 'thermal:read', places: 'locations:read' } as const

/** Who must learn nothing of other locations. */
const STRANGERS: ReadonlySet<string> = new Set(['limited', 'nobody', 'receipts'])

interface Operation {
  readonly verb: string
  /** `/v1/locations/:id`. */
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly body: Schema | undefined
}

interface Ask {
  readonly who: (typeof WHO)[number]
  readonly verb: string
  readonly path: string
  /** `GET /v1/locations/:id`. */
  readonly route: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  readonly isTooLarge: boolean
}

describe('HTTP requests that nobody would write', function () {
  let subject: Subject
  let credentials: Record<Ask['who'], Record<string, string>>
  let known: readonly unknown[]

  before(async function () {
    this.timeout(120_000)
    subject = await startSubject()
    const admin = createRestClient(subject.url, subject.credentials.admin.api_key)
    const mine = await furnish(admin, subject.db, 'mark-mine')
    const theirs = await furnish(admin, subject.db, CANARY)
    const limits = { name: 'fuzz', scopes: SCOPES, limit_to_location: mine.location }
    const limited = (await admin.post('/v1/api-keys', limits)).json.data.api_key
    const withLittle = async (scope: string) => {
      const { json } = await admin.post('/v1/api-keys', { name: scope, scopes: [scope] })
      return { 'PX-API-KEY': json.data.api_key as string }
    }
    credentials = {
      admin: { 'PX-API-KEY': subject.credentials.admin.api_key },
      limited: { 'X-API-KEY': limited },
      supervisor: {},
      nobody: {},
      receipts: await withLittle(LITTLE.receipts),
      places: await withLittle(LITTLE.places),
    }
    const { location_id, station_id } = subject.credentials
    known = [
      ...Object.values(mine),
      ...Object.values(theirs),
      ...[location_id, station_id, 'comanda', 'ticket_venta', 'label_4x6', 'Laser', 'PRINTER_001'],
      `data:application/pdf;base64,${aPdf('fuzz').toString('base64')}`,
    ]
  })
  after(async function () {
    this.timeout(60_000)
    await subject.stop()
  })

  /** As a page does. */
  async function signIn(): Promise<void> {
    const { username, api_key } = subject.credentials.supervisor
    const page = { 'X-Packhouse-Page': '1' }
    const rest = createRestClient(subject.url, null)
    const { headers } = await rest.post('/v1/session', { username, api_key }, page)
    credentials.supervisor = { ...page, Cookie: headers.get('set-cookie')?.split(';')[0] ?? '' }
  }

  async function operations(): Promise<{ all: readonly Operation[]; resolve: (ref: string) => Schema }> {
    const { json } = await createRestClient(subject.url, null).get('/openapi.json')
    const resolve = (ref: string): Schema => json.components.schemas[ref.slice(ref.lastIndexOf('/') + 1)]
    type Described = {
      parameters?: Operation['parameters']
      requestBody?: { content: Record<string, { schema: Schema }> }
    }
    const all = Object.entries(json.paths as Record<string, Record<string, Described>>).flatMap(
      ([path, verbs]) =>
        Object.entries(verbs).map(([verb, { parameters = [], requestBody }]) => ({
          verb: verb.toUpperCase(),
          path: path.replaceAll(/\{(\w+)\}/g, ':$1'),
          parameters,
          body: requestBody?.content['application/json']?.schema,
        })),
    )
    return { all, resolve }
  }

  async function requests(): Promise<{ readonly cases: fc.Arbitrary<Ask>; readonly goals: Goals }> {
    const { all, resolve } = await operations()
    const context = { known: fc.constantFrom(...known), resolve }
    const asks = all.map(({ verb, path, parameters, body }) => {
      const named = parameters.filter((parameter) => parameter.in === 'query')
      const queries = fc.record(
        Object.fromEntries(
          named.map(({ name, schema }) => [
            name,
            fc.oneof({ weight: 2, arbitrary: valuesOf(schema, context) }, hostileValue),
          ]),
        ),
        { requiredKeys: [], noNullPrototype: true },
      )
      const query = fc.oneof(fc.constant({}), queries)
      const ids = fc.array(oftenOf(context.known, hostileText), { minLength: 2, maxLength: 2 })
      const sent = body
        ? fc.tuple(sentOf(valuesOf(body, context)), oftenOf(fc.constant([]), byteChanges(2)))
        : fc.constant(undefined)
      const headers = fc.record({
        key: oftenOf(fc.constant(''), hostileText),
        type: fc.constantFrom('', '', '', 'text/plain'),
        isTooLarge: oftenOf(fc.constant(false), fc.constant(body !== undefined && !ROOMY.test(path))),
      })
      return fc.record({ who: fc.constantFrom(...WHO), ids, query, sent, headers }).map(
        ({ who, ids: given, query: asked, sent: made, headers: { key, type, isTooLarge } }): Ask => ({
          who,
          verb,
          route: `${verb} ${path}`,
          path: urlOf(path, given, asked),
          headers: {
            ...(made && { 'content-type': type || 'application/json' }),
            ...(key !== '' && { 'Idempotency-Key': headerText(key) }),
          },
          body: made && changeBytes(Buffer.from(toJsonText(made[0])), made[1]),
          isTooLarge,
        }),
      )
    })
    const examined = all.map(({ verb, path, parameters, body }) => ({
      route: `${verb} ${path}`,
      isExamined: body !== undefined || parameters.some(({ name }) => name === 'limit'),
    }))
    return { cases: fc.oneof(...asks), goals: Object.assign({}, ...examined.map(refusalsOf)) as Goals }
  }

  /** Null: it waits for a job. */
  async function send({ who, verb, path, headers, body, isTooLarge }: Ask): Promise<Response | null> {
    const isWaiting = path.includes('/next?')
    const signal = AbortSignal.timeout(isWaiting ? WAIT_MS : ANSWER_MS)
    const init = {
      method: verb,
      headers: { ...credentials[who], ...headers },
      signal,
      ...(body && { body: padded(body, isTooLarge) }),
    }
    try {
      return await fetch(subject.url + path, init)
    } catch (error) {
      if (isWaiting) return null
      throw error
    }
  }

  async function ask(asked: Ask, note: Reach['note']): Promise<void> {
    const reply = await send(asked)
    // That it waits tells that it got there.
    note((reply?.status ?? 200) < 400 ? 'succeeded' : 'refused')
    if (!reply) return
    noteRefusal(asked.route, reply.status, note)
    if (reply.headers.get('content-type')?.startsWith('text/event-stream')) return reply.body?.cancel()
    const text = await reply.text()
    assertAnswer(reply, text)
    subject.assertDiscreet(text)
    if (asked.isTooLarge) expect(reply.status, `${asked.route} with too large a body`).to.be.oneOf(TOO_LARGE)
    if (STRANGERS.has(asked.who)) expect(text, 'of another location').not.to.include(CANARY)
  }

  it('get an answer in the one form, and nothing of another location', async function () {
    this.timeout(timeoutMsOf('REST'))
    let batches = 0
    const { cases, goals } = await requests()
    await fuzz('REST', {
      cases: batchesOf(cases, BATCH),
      goals: { ...goals, succeeded: 50, refused: 50 },
      async judge(batch, note) {
        // Some of them sign out.
        if (batches % SIGN_IN_EVERY === 0) await signIn()
        await Promise.all(batch.map((each) => ask(each, note)))
        if (batches++ % SOUND_EVERY === 0) await subject.assertSound()
        return batch.length
      },
    })
    await subject.assertSound()
  })

  it('are refused or dropped when they are no HTTP', async function () {
    this.timeout(timeoutMsOf('bytes of HTTP'))
    const samples = fc.constantFrom(...samplesFor(subject))
    const cases = fc.record({ sample: samples, changes: byteChanges(4) })
    const judge = async (batch: readonly Sent[], note: Reach['note']): Promise<number> => {
      const replies = await Promise.all(
        batch.map((sent) => exchangeBytes(subject.url, bytesOf(sent), isJudged(sent) ? NOTHING : undefined)),
      )
      for (const [index, reply] of replies.entries()) {
        const sent = batch[index] as Sent
        if (isJudged(sent)) {
          note('as it is')
          expect(reply, 'its beginning').to.match(new RegExp(`^HTTP/1.1 ${sent.sample.status} `))
        }
        if (reply === '') note('dropped')
        for (const [, status] of reply.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) {
          note(Number(status) < 400 ? 'succeeded' : 'refused')
          expect(Number(status), reply.slice(0, 500)).to.be.oneOf(EXPECTED_STATUSES)
        }
      }
      return batch.length
    }
    const goals = { succeeded: 20, refused: 50, dropped: 1, 'as it is': 5 }
    await fuzz('bytes of HTTP', { cases: batchesOf(cases, BATCH), goals, judge })
    await subject.assertSound()
  })
})

/** What is refused for its form tells nothing of what comes after that. */
function sentOf(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(valid, mutated(valid))
}

/** A byte more than most routes take: contracts/cloud-printing.md, section 1. */
const BODY_BYTES = 1_048_577
const ROOMY = /\/jobs$|\/templates/
/** That, or what is found before. */
const TOO_LARGE = [401, 403, 413]

/** As it is sent: what is told of a case stays short. */
function padded(body: Buffer, isTooLarge: boolean): Buffer {
  return isTooLarge ? Buffer.concat([body, Buffer.alloc(BODY_BYTES, ' ')]) : body
}

interface Sent {
  readonly sample: HttpSample
  readonly changes: readonly ByteChange[]
}

/** Of a request that is as it should be: it is ended when it was answered. */
const NOTHING = Buffer.alloc(0)

function isJudged({ sample, changes }: Sent): boolean {
  return sample.status !== undefined && changes.length === 0
}

function bytesOf({ sample, changes }: Sent): Buffer {
  return changeBytes(sample.bytes, changes)
}

const EXPECTED_STATUSES = [
  100, 101, 200, 201, 204, 206, 304, 400, 401, 403, 404, 405, 408, 409, 411, 413, 414, 415, 416, 417, 422,
  426, 429, 431, 501, 503,
]
