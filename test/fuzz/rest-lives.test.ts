import { expect } from 'chai'
import fc from 'fast-check'
import { SCOPES } from '../../lib/access/scope.ts'
import { furnish } from '../authorisation/places.ts'
import type { Place } from '../authorisation/rest-rules.ts'
import { aPdf } from '../faults/floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { openThermalClient } from '../ws/thermal-client.ts'
import { timeoutMsOf } from './budget.ts'
import { foreignSteps, foreignThings, loneFilters } from './foreign-steps.ts'
import { fuzz } from './fuzzing.ts'
import { TEXTS_MS, tellAllTexts } from './hostile-telling.ts'
import { toJsonText } from './hostile-values.ts'
import { livesOf } from './life.ts'
import { type Living, live, succeeds, type Taken, tell } from './living.ts'
import { assertAnswer, headerText, urlOf } from './rest-exchange.ts'
import { FIRST, LATER, PASSWORD, type RestActor, type RestStep, ROUTES, SECRETS } from './rest-story.ts'
import type { Json, Known } from './story-step.ts'
import { type Subject, startSubject } from './subject.ts'

const LIVES_AT_ONCE = 3
const ANSWER_MS = 30_000
/** `next` waits for a job, unless it is asked not to. */
const WAIT_MS = 2_000
/** In every name at a location that the keeper of another one must learn nothing of. */
const CANARY = 'mark-there'
const JOBS = '/v1/cloud-printing/jobs'
/** Of no location, or named alike at each. */
const SHARED = ['pdf', 'name', 'merchant']
const OWN = [...FIRST, ...LATER].filter(({ who }) => who === 'keeper')

describe('lives that no station would have', function () {
  let subject: Subject
  let keys: Readonly<Record<RestActor, string | undefined>>
  /** What `@location`, `@their-station` and so on stand for. */
  let things: readonly (readonly [string, unknown])[]
  let count = 0

  before(async function () {
    this.timeout(120_000)
    subject = await startSubject()
    const { api_key } = subject.credentials.admin
    const admin = createRestClient(subject.url, api_key)
    const { location } = await furnish(admin, subject.db, 'mark-mine')
    const theirs = await furnish(admin, subject.db, CANARY)
    const limits = { name: 'keeper', scopes: SCOPES, limit_to_location: location }
    const keeper = (await admin.post('/v1/api-keys', limits)).json.data.api_key
    keys = { admin: api_key, keeper, page: undefined, nobody: undefined }
    things = [
      ['location', location],
      ['pdf', aPdf('a label').toString('base64')],
      ['receipt', await printReceipt(subject)],
      ...theirThings(theirs),
    ]
  })
  after(async function () {
    this.timeout(60_000)
    await subject.stop()
  })

  const living: Living<RestStep> = {
    allEnded: <T>(doings: readonly Promise<T>[]) => subject.allEnded(doings),
    newKnowledge: (): Known => new Map([...things, ['name', `life-${count++}`]]),
    async take({ who, method, args, isForeign }: RestStep, known: Known): Promise<Taken> {
      const [verb = 'GET', path = '/'] = method.split(' ')
      const [ids, query, body] = args
      const mayWait = path.endsWith('/next') && isForeign !== true
      const signal = AbortSignal.timeout(mayWait ? WAIT_MS : ANSWER_MS)
      const reply = await fetch(subject.url + urlOf(path, [ids].flat(), asQuery(query)), {
        method: verb,
        headers: headersOf(who, known),
        signal,
        ...(verb === 'POST' && { body: toJsonText(body ?? {}) }),
      }).catch((error: unknown) => {
        if (mayWait) return undefined
        throw error
      })
      return reply ? judged(reply, { who, path, known }) : { result: {} }
    },
    /** contracts/cloud-printing.md, section 1; a printer that isn't the station's has no job for `next`: section 6. */
    async assertHidden({ result }) {
      const isNothing = result === undefined || result.data === null
      expect(isNothing, `not refused: ${toJsonText(result)}`).to.equal(true)
    },
  }

  function headersOf(who: RestActor, known: Known): Record<string, string> {
    const key = keys[who]
    const cookie = headerText(String(known.get('cookie') ?? ''))
    return {
      'content-type': 'application/json',
      ...(key === undefined ? { 'X-Packhouse-Page': '1' } : { 'PX-API-KEY': key }),
      ...(who === 'page' && { Cookie: cookie }),
    }
  }

  async function judged(
    reply: Response,
    { who, path, known }: { readonly who: RestActor; readonly path: string; readonly known: Known },
  ): Promise<Taken> {
    const { status, headers } = reply
    const text = isOfType(headers, 'text/event-stream') ? '' : await reply.text()
    if (text === '') await reply.body?.cancel()
    if (path.startsWith('/v1/')) assertAnswer(reply, text)
    assertTold(text, who, known)
    if (status >= 400) return { result: undefined, refusal: text }
    if (!isOfType(headers, 'application/json')) return { result: text }
    return { result: { ...JSON.parse(text), cookie: headers.get('set-cookie')?.split(';')[0] } }
  }

  /** Nothing of another location to who is of one, and no secret to anybody. */
  function assertTold(text: string, who: RestActor, known: Known): void {
    subject.assertDiscreet(text)
    const secrets = [PASSWORD, ...SECRETS.map((thing) => known.get(thing))]
    for (const secret of secrets.filter((each) => typeof each === 'string'))
      expect(text, 'a secret').not.to.include(secret)
    if (who === 'keeper' || who === 'page') expect(text, 'of another location').not.to.include(CANARY)
  }

  it('have a step for each route that the authorisation matrix knows', () => {
    const told = new Set([...FIRST, ...LATER].map(({ method }) => method))
    expect(ROUTES.filter((route) => !told.has(route))).to.deep.equal([])
  })

  it('are changes of one in which every step succeeds, and gets at nothing of another location', async function () {
    this.timeout(60_000)
    await tell(living, [...FIRST, ...LATER], (step) => {
      if (step.method === 'GET /v1/session')
        return OWN.map(asPage).flatMap((each) => foreignSteps(each, SHARED))
      if (step.who !== 'keeper') return []
      return [...foreignSteps(step, SHARED), ...(isList(step) ? loneFilters(step, 1) : [])]
    })
  })

  it('take or refuse a hostile text in each place, and every step succeeds with those taken', async function () {
    this.timeout(TEXTS_MS)
    await tellAllTexts(subject, { living, story: [...FIRST, ...LATER], undo })
  })

  it('are answered in the one form, step by step, and tell nothing of another location', async function () {
    this.timeout(timeoutMsOf('lives of stations'))
    const lives = livesOf({ first: FIRST, later: LATER, confined: 'keeper', shared: SHARED })
    await fuzz('lives of stations', {
      cases: fc.array(lives, { minLength: 1, maxLength: LIVES_AT_ONCE }),
      goals: { ...Object.fromEntries(ROUTES.map((route) => [succeeds(route), 2])), refused: 20 },
      async judge(batch, note) {
        const counts = await subject.allEnded(batch.map((each) => live(living, each, note)))
        await subject.assertSound()
        return counts.reduce((sum, steps) => sum + steps, 0)
      },
    })
  })
})

/** What it answers is narrowed by its query alone. */
function isList({ method }: RestStep): boolean {
  return method.startsWith('GET ') && !method.includes(':')
}

/** The same step of the supervisor who signed in. */
function asPage(step: RestStep): RestStep {
  return { ...step, who: 'page' }
}

/** What was made goes again, where that can be: each webhook would be told of each job. */
function undo({ who, method }: RestStep, { result }: Taken): RestStep | undefined {
  const route = `${method.replace('POST ', 'DELETE ')}/:id`
  const id: unknown = (result as Json).data?.id
  if (!method.startsWith('POST ') || !ROUTES.includes(route) || typeof id !== 'string') return undefined
  return { who, method: route, args: [[id], {}] }
}

/** The things of another place by the names that the story has for its own. */
function theirThings(place: Place): readonly (readonly [string, unknown])[] {
  return foreignThings({
    ...place,
    'printer-2': place.printer,
    copy: place.job,
    'user-key': 'unknown',
    hall: place.location,
  })
}

function isOfType(headers: Headers, mediaType: string): boolean {
  return headers.get('content-type')?.startsWith(mediaType) === true
}

function asQuery(query: unknown): Readonly<Record<string, unknown>> {
  return typeof query === 'object' && query !== null ? (query as Record<string, unknown>) : {}
}

/** The job of a receipt: it alone has that picture. */
async function printReceipt({ url, credentials }: Subject): Promise<string> {
  const door = `${url.replace('http', 'ws')}/websocket/?api_key=${credentials.thermal.api_key}`
  const client = await openThermalClient(door)
  const message = { JobId: '1', PrinterId: 'PRINTER_001', DocumentType: 'comanda', Document: { order: {} } }
  expect(await client.ask(message)).to.deep.include({ Status: 'DONE' })
  await client.close()
  const jobs = await createRestClient(url, credentials.admin.api_key).get(
    `${JOBS}?location_id=${credentials.location_id}`,
  )
  return jobs.json.data[0].id
}
