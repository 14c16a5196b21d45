import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { expect } from 'chai'
import { SCOPES } from '../../lib/access/scope.ts'
import { routesOfRoles } from '../../lib/transport/rest/role-routes.ts'
import { restRoutes } from '../../lib/transport/rest/routes.ts'
import type { RestClient } from '../helpers/rest-client.ts'
import { hashTables } from '../helpers/table-hashes.ts'
import { openRestWorkspace, type RestWorkspace } from '../rest/rest-fixtures.ts'
import { furnish } from './places.ts'
import { type Place, REST_RULES, type RouteRule, urlOf } from './rest-rules.ts'

type Headers = Readonly<Record<string, string>>

interface Answer {
  readonly status: number
  readonly code: string | null
  readonly text: string
}

const PAGE = { 'X-Packhouse-Page': '1' }
const RULES = Object.entries(REST_RULES)
const CLOSED_RULES = RULES.filter(([, { scope }]) => scope !== 'public')

describe('who may call which route of the REST interface', function () {
  this.timeout(60_000)
  let workspace: RestWorkspace
  let admin: RestClient
  let here: Place
  let there: Place

  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
    here = await furnish(admin, workspace.server.db, 'mark-here')
    there = await furnish(admin, workspace.server.db, 'mark-there')
  })
  after(() => workspace.stop())

  it('is written down for each route that there is, and for no other', async () => {
    const routes = restRoutes(workspace.server.services, { basePath: '' })
    const names = routes.map(({ method, path }) => `${method} ${path}`)
    expect(Object.keys(REST_RULES)).to.have.members(names)
    expect(names, 'what roles may call').to.include.members([...routesOfRoles])
    const { paths } = (await admin.as(null).get('/openapi.json')).json
    const described = Object.entries(paths).flatMap(([path, verbs]) =>
      Object.keys(verbs as object).map(
        (verb) => `${verb.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      ),
    )
    expect(names.filter((name) => !name.includes('/docs/'))).to.have.members(described)
  })

  async function ask(route: string, headers: Headers, place: Place | null = here): Promise<Answer> {
    const method = route.slice(0, route.indexOf(' '))
    const { query = () => '', body: bodyAt = () => ({}) } = REST_RULES[route] ?? {}
    const body = method === 'POST' ? JSON.stringify(bodyAt(place ?? here)) : null
    const asked = request(workspace.server.url + urlOf(route, place) + query(place ?? here), {
      method,
      headers,
    })
    if (body !== null) asked.setHeader('content-type', 'application/json')
    asked.end(body)
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    return answerOf(response)
  }

  const withKey = (key: string): Headers => ({ 'PX-API-KEY': key })

  async function keyWith(scopes: readonly string[], more: object = {}): Promise<string> {
    const { json } = await admin.post('/v1/api-keys', { name: 'matrix', scopes, ...more })
    return json.data.api_key
  }

  async function userAt(
    place: Place,
    role: 'packer' | 'supervisor',
  ): Promise<{ id: string; username: string; api_key: string }> {
    const body = { username: `${role} ${userCount++}`, role, location_id: place.location }
    return (await admin.post('/v1/users', body)).json.data
  }
  let userCount = 0

  async function signIn({ username, api_key }: { username: string; api_key: string }): Promise<Headers> {
    const { headers } = await admin.as(null).post('/v1/session', { username, api_key }, PAGE)
    return { ...PAGE, Cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
  }

  /** Asks each route for what is there, and says where the answer is another one; nothing may have been written. */
  async function expectRefused(headers: Headers, status: number, code: string): Promise<void> {
    const before = await hashTables(workspace.server.db)
    for (const [route] of CLOSED_RULES) {
      const answer = await ask(route, headers)
      expect([answer.status, answer.code], route).to.deep.equal([status, code])
      expect(answer.text, route).not.to.include('mark-')
    }
    expect(await hashTables(workspace.server.db), 'something was written').to.deep.equal(before)
  }

  describe('nobody who', () => {
    const NOBODIES: Readonly<Record<string, () => Headers | Promise<Headers>>> = {
      'has no key': () => ({}),
      'has an empty key': () => withKey(''),
      'has a wrong key': () => withKey('wrong'),
      'has a key with more behind it': () => withKey(`${adminKey()}x`),
      'has a wrong key before a right one': () => ({ ...withKey('wrong'), 'X-API-KEY': adminKey() }),
      'puts the key where another interface has it': () => ({
        Authorization: `Bearer ${adminKey()}`,
        Cookie: `api_key=${adminKey()}`,
      }),
      "has a user's key of JSON-RPC": () => withKey(workspace.server.credentials.supervisor.api_key),
      'has a key that was deleted': async () => {
        const { json } = await admin.post('/v1/api-keys', { name: 'gone', scopes: SCOPES })
        await admin.delete(`/v1/api-keys/${json.data.id}`)
        return withKey(json.data.api_key)
      },
      'has a key that has expired': async () => {
        const key = await keyWith(SCOPES)
        await workspace.server.db('api_keys').where({ name: 'matrix' }).update({ expires_at: new Date() })
        return withKey(key)
      },
      'has the cookie of a page and not its header': async () => {
        const { Cookie = '' } = await signIn(await userAt(here, 'supervisor'))
        return { Cookie }
      },
      'has a session where a key belongs': async () => {
        const { Cookie = '' } = await signIn(await userAt(here, 'supervisor'))
        return withKey(Cookie.slice(Cookie.indexOf('=') + 1))
      },
      'has a session that never was': () => ({ ...PAGE, Cookie: `packhouse_session=${'0'.repeat(32)}` }),
      'has a session that was ended': async () => {
        const headers = await signIn(await userAt(here, 'supervisor'))
        await admin.as(null).delete('/v1/session', headers)
        return headers
      },
      'has a session whose time is up': async () => {
        const user = await userAt(here, 'supervisor')
        const headers = await signIn(user)
        const past = new Date(Date.now() - 1)
        await workspace.server.db('sessions').where({ user_id: user.id }).update({ expires_at: past })
        return headers
      },
      'has a session of a user who was deleted': async () => {
        const user = await userAt(here, 'supervisor')
        const headers = await signIn(user)
        expect((await admin.delete(`/v1/users/${user.id}`)).status).to.equal(200)
        return headers
      },
    }
    const adminKey = () => workspace.server.credentials.admin.api_key

    for (const [who, headersOf] of Object.entries(NOBODIES)) {
      it(`${who} gets anything at any route`, async () => {
        await expectRefused(await headersOf(), 401, 'invalid_api_key')
      })
    }
  })

  it('nor does a merchant, whose sessions are of JSON-RPC alone', async () => {
    const session = await workspace.server.rpc.session('demo')
    await expectRefused({ ...PAGE, Cookie: `packhouse_session=${session}` }, 403, 'missing_scope')
  })

  it('a key needs the scope of the route, and no other scope will do', async () => {
    for (const held of SCOPES) {
      const key = await keyWith([held])
      for (const [route, { scope }] of CLOSED_RULES) {
        const isEnough = held === scope || held === scope.replace(/:read$/, ':write')
        await expectJudged(route, withKey(key), { isEnough, who: held })
      }
    }
  })

  it('a key with all scopes but that of the route is of no use', async () => {
    const before = await hashTables(workspace.server.db)
    const added: string[] = []
    for (const [route, { scope }] of CLOSED_RULES) {
      const key = await keyWith(
        SCOPES.filter((held) => held !== scope && held !== scope.replace(/:read$/, ':write')),
      )
      added.push(key)
      const { status, code } = await ask(route, withKey(key))
      expect([status, code], route).to.deep.equal([403, 'missing_scope'])
    }
    const { api_keys: _own, ...after } = await hashTables(workspace.server.db)
    expect({ api_keys: before['api_keys'], ...after }).to.deep.equal(before)
    expect(added).not.to.have.length(0)
  })

  for (const role of ['packer', 'supervisor'] as const) {
    it(`a ${role} who signed in on a page may call what the pages need, and nothing else`, async () => {
      const user = await userAt(here, role)
      let headers = await signIn(user)
      for (const [route, { roles }] of CLOSED_RULES) {
        await expectJudged(route, headers, { isEnough: roles.includes(role), who: role })
        if (route === 'DELETE /v1/session') headers = await signIn(user)
      }
    })
  }

  /** Of a thing that doesn't exist, so that what is allowed does nothing. */
  async function expectJudged(
    route: string,
    headers: Headers,
    { isEnough, who }: { readonly isEnough: boolean; readonly who: string },
  ): Promise<void> {
    const { status, code, text } = await ask(route, headers, null)
    const isMissing = status === 403 && code === 'missing_scope'
    expect(isMissing, `${who} at ${route}`).to.equal(!isEnough)
    if (isEnough) expect(status, `${who} at ${route}: ${text}`).to.be.oneOf([200, 201, 400, 403, 404])
  }

  describe('whoever is limited to a location reaches nothing of another one', () => {
    const AT_ALL: Readonly<Record<RouteRule['elsewhere'], (route: string, answer: Answer) => void>> = {
      refused: (route, { status, code, text }) =>
        expect([status, code], `${route}: ${text}`).to.deep.equal([403, 'location_access']),
      unseen: (route, { status }) => expect(status, route).to.equal(200),
      shared: () => undefined,
    }

    async function expectConfined(headers: Headers, rules: readonly (readonly [string, RouteRule])[]) {
      for (const [route, { elsewhere }] of rules) {
        // What they do, they do for everybody; what they tell is asked for all the same.
        if (elsewhere === 'shared' && !route.startsWith('GET')) continue
        const answer = await ask(route, headers, there)
        AT_ALL[elsewhere](route, answer)
        expect(answer.text, route).not.to.include('mark-there')
      }
    }

    it('with a key of every scope', async () => {
      const before = await hashTables(workspace.server.db)
      const key = await keyWith(SCOPES, { limit_to_location: here.location })
      await expectConfined(withKey(key), CLOSED_RULES)
      const { api_keys: _own, ...after } = await hashTables(workspace.server.db)
      expect({ api_keys: before['api_keys'], ...after }).to.deep.equal(before)
    })

    for (const role of ['packer', 'supervisor'] as const) {
      it(`as a ${role} on a page`, async () => {
        const headers = await signIn(await userAt(here, role))
        await expectConfined(
          headers,
          CLOSED_RULES.filter(([, { roles }]) => roles.includes(role)),
        )
      })
    }

    it('nor by a filter that names it', async () => {
      const headers = withKey(await keyWith(SCOPES, { limit_to_location: here.location }))
      for (const [route, { elsewhere }] of RULES) {
        if (elsewhere !== 'unseen') continue
        const path = `${urlOf(route, there)}?location_id=${there.location}`
        if (path.includes('/v1/events')) continue
        const { text } = await admin.as(null).get(path, headers)
        expect(text, route).not.to.include('mark-there')
      }
    })

    it('while who is limited to none sees it, so that each line above can fail', async () => {
      for (const [route, { elsewhere }] of CLOSED_RULES.filter(([name]) => name.startsWith('GET'))) {
        if (elsewhere === 'shared' || route.endsWith('/events') || route.endsWith('.png')) continue
        if (route.endsWith('/next')) continue
        const { status, text } = await admin.get(`${urlOf(route, there)}?limit=100`)
        expect([status, text.length > 0], route).to.deep.equal([200, true])
        if (elsewhere === 'unseen') expect(text, route).to.include('mark-there')
      }
    })
  })

  it('a station that is closed to a key takes no job from it and gives it none', async () => {
    const key = withKey(await keyWith(SCOPES))
    const closed = { ...here, station: here.closedStation }
    for (const route of [
      'GET /v1/cloud-printing/stations/:id/next',
      'GET /v1/cloud-printing/stations/:id/events',
    ]) {
      const { status, code } = await ask(route, key, closed)
      expect([status, code], route).to.deep.equal([403, 'unauthorized'])
    }
    const body = {
      location_id: here.location,
      print_station_id: here.closedStation,
      data: 'data:text/plain;base64,eA==',
    }
    const { status, json } = await admin.as(null).post('/v1/cloud-printing/jobs', body, key)
    expect([status, json.code]).to.deep.equal([403, 'unauthorized'])
  })
})

/** Its status and code; what has no end is left after its head. */
async function answerOf(response: IncomingMessage): Promise<Answer> {
  const status = response.statusCode ?? 0
  if (response.headers['content-type']?.startsWith('text/event-stream')) {
    response.destroy()
    return { status, code: null, text: '' }
  }
  const text = Buffer.concat(await response.toArray()).toString()
  return { status, code: text.startsWith('{') ? JSON.parse(text).code : null, text }
}
