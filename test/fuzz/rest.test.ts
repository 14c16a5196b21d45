import { expect } from 'chai'
import fc from 'fast-check'
import { SCOPES } from '../../lib/access/scope.ts'
import { furnish } from '../authorisation/places.ts'
import { aPdf } from '../faults/floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { timeoutMsOf } from './budget.ts'
import { batchesOf, fuzz } from './fuzzing.ts'
import { exchangeBytes } from './byte-exchange.ts'
import { samplesFor } from './http-samples.ts'
import { hostileText, hostileValue, toJsonText } from './hostile-values.ts'
import { type ByteChange, byteChanges, changeBytes, mutated, oftenOf } from './mutation.ts'
import type { Reach } from './reach.ts'
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
const ENVELOPE = [
  'status',
  'message',
  'data',
  'code',
  'error_code',
  'errors',
  'events',
  'pagination',
  'endpoint',
]
const WHO = ['admin', 'admin', 'limited', 'limited', 'supervisor', 'nobody'] as const

interface Operation {
  readonly verb: string
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly body: Schema | undefined
}

interface Ask {
  readonly who: (typeof WHO)[number]
  readonly verb: string
  readonly path: string
  /** As the description of the server has it: `GET /v1/locations/{id}`. */
  readonly operation: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
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
    credentials = {
      admin: { 'PX-API-KEY': subject.credentials.admin.api_key },
      limited: { 'X-API-KEY': limited },
      supervisor: {},
      nobody: {},
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
          path,
          parameters,
          body: requestBody?.content['application/json']?.schema,
        })),
    )
    return { all, resolve }
  }

  async function requests(): Promise<fc.Arbitrary<Ask>> {
    const { all, resolve } = await operations()
    const context = { known: fc.constantFrom(...known), resolve }
    const asks = all.map(({ verb, path, parameters, body }) => {
      const named = parameters.filter((parameter) => parameter.in === 'query')
      const query = fc.record(
        Object.fromEntries(
          named.map(({ name, schema }) => [name, oftenOf(valuesOf(schema, context), hostileValue)]),
        ),
        { requiredKeys: [], noNullPrototype: true },
      )
      const ids = fc.array(oftenOf(context.known, hostileText), { minLength: 2, maxLength: 2 })
      const sent = body
        ? fc.tuple(mutated(valuesOf(body, context)), oftenOf(fc.constant([]), byteChanges(2)))
        : fc.constant(undefined)
      const headers = fc.record({
        key: oftenOf(fc.constant(''), hostileText),
        type: fc.constantFrom('', '', '', 'text/plain'),
      })
      return fc.record({ who: fc.constantFrom(...WHO), ids, query, sent, headers }).map(
        ({ who, ids: given, query: asked, sent: made, headers: { key, type } }): Ask => ({
          who,
          verb,
          operation: `${verb} ${path}`,
          path: `${pathOf(path, given)}?${queryOf(asked)}`,
          headers: {
            ...(made && { 'content-type': type || 'application/json' }),
            ...(key !== '' && { 'Idempotency-Key': headerText(key) }),
          },
          body: made && changeBytes(Buffer.from(toJsonText(made[0])), made[1]),
        }),
      )
    })
    return fc.oneof(...asks)
  }

  /** Null: it waits for a job. */
  async function send({ who, verb, path, headers, body }: Ask): Promise<Response | null> {
    const isWaiting = path.includes('/next?')
    const signal = AbortSignal.timeout(isWaiting ? WAIT_MS : ANSWER_MS)
    const init = { method: verb, headers: { ...credentials[who], ...headers }, signal, ...(body && { body }) }
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
    noteReply(asked.operation, reply?.status ?? 200, note)
    if (!reply) return
    if (reply.headers.get('content-type')?.startsWith('text/event-stream')) return reply.body?.cancel()
    const text = await reply.text()
    if (reply.status >= 500) expect([reply.status, text]).to.deep.equal([503, text])
    assertEnvelope(reply, text)
    const isStranger = asked.who === 'limited' || asked.who === 'nobody'
    if (isStranger) expect(text, 'of another location').not.to.include(CANARY)
  }

  it('get an answer in the one form, and nothing of another location', async function () {
    this.timeout(timeoutMsOf('REST'))
    let batches = 0
    const cases = await requests()
    await fuzz('REST', {
      cases: batchesOf(cases, BATCH),
      goals: { succeeded: 50, refused: 50 },
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
        batch.map(({ sample, changes }) => exchangeBytes(subject.url, changeBytes(sample, changes))),
      )
      for (const reply of replies) {
        if (reply === '') note('dropped')
        for (const [, status] of reply.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) {
          note(Number(status) < 400 ? 'succeeded' : 'refused')
          expect(Number(status), reply.slice(0, 500)).to.be.oneOf(EXPECTED_STATUSES)
        }
      }
      return batch.length
    }
    const goals = { succeeded: 20, refused: 50, dropped: 1 }
    await fuzz('bytes of HTTP', { cases: batchesOf(cases, BATCH), goals, judge })
    await subject.assertSound()
  })
})

interface Sent {
  readonly sample: Buffer
  readonly changes: readonly ByteChange[]
}

/** What is neither turned away at the door nor led to no route is inside: something beyond that was missing, or wrong. */
function noteReply(operation: string, status: number, note: Reach['note']): void {
  if (status !== 401 && status !== 403 && status !== 405) note(operation)
  note(status < 400 ? 'succeeded' : 'refused')
}

const EXPECTED_STATUSES = [
  100, 101, 200, 201, 204, 206, 304, 400, 401, 403, 404, 405, 408, 409, 411, 413, 414, 415, 416, 417, 422,
  426, 429, 431, 501, 503,
]

function assertEnvelope({ status, headers }: Response, text: string): void {
  const isJson = headers.get('content-type')?.startsWith('application/json') === true
  if (status < 400 && !isJson) return
  const json = JSON.parse(text) as Record<string, unknown>
  if (Object.hasOwn(json, 'openapi')) return
  expect(Object.keys(json), text).to.have.members(ENVELOPE)
  expect(json['status'], text).to.equal(status)
  expect(json['code'], text).to.equal(json['error_code'])
  expect(json['code'] === null, text).to.equal(status < 400)
  expect(headers.get('x-request-id')).to.match(/^[A-Za-z0-9._-]{1,128}$/)
}

function pathOf(path: string, ids: readonly unknown[]): string {
  let index = 0
  return path.replaceAll(/\{\w+\}/g, () => encoded(String(ids[index++ % ids.length])))
}

function queryOf(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${encoded(typeof value === 'string' ? value : toJsonText(value))}`)
    .join('&')
}

function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))
}

/** What `fetch` lets through. */
function headerText(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[\0-\x1f\x7f]/g, ' ')
    .trim()
}
