import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import type { Express } from 'express'
import { pino } from 'pino'
import { SCOPES } from '../../lib/access/scope.ts'
import { createQueueFiguresService } from '../../lib/print-jobs/queue-figures-service.ts'
import { createApp } from '../../lib/transport/app.ts'
import { createMetrics } from '../../lib/transport/http/metrics.ts'
import { loadPageBundle } from '../../lib/transport/pages/page-bundle.ts'
import { createDeliveryFiguresService } from '../../lib/webhooks/delivery-figures-service.ts'
import { freePort } from '../helpers/free-port.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { openThermalClient, refusalOf } from '../ws/thermal-client.ts'
import { OTHER_PATHS, REST_RULES } from './rest-rules.ts'

/** What Express keeps of a router, as far as it is read here. */
interface Layer {
  /** Answers at and below a path, which Express doesn't keep readable; `slash`: at every path. */
  readonly slash: boolean
  readonly name: string
  readonly route?: { readonly path: string }
  readonly handle: { readonly stack?: readonly Layer[] }
}

const UNLIMITED = { requestsPerSecond: 0, burst: 0 }

describe('the doors of the server', () => {
  let server: TestServer
  let admin: RestClient
  let ports: { main: string; local: string }
  before(async () => {
    const port = await freePort()
    server = await startServer({ env: { THERMAL_PORT: String(port) } })
    admin = createRestClient(server.url, server.credentials.admin.api_key)
    ports = { main: new URL(server.url).host, local: `127.0.0.1:${port}` }
  })
  after(() => server.stop())

  it('are those that the matrix knows: whoever adds a path says who may use it', async () => {
    const app = createApp({
      services: server.services,
      readiness: { check: () => Promise.resolve(null) },
      metrics: createMetrics({
        queueFigures: createQueueFiguresService({ db: server.db }),
        deliveryFigures: createDeliveryFiguresService({ db: server.db }),
        poolUse: () => ({}),
        dataDirFreeBytes: () => Promise.resolve(1),
      }),
      basePath: '',
      pages: await loadPageBundle(),
      baseUrl: () => server.url,
      trustProxy: [],
      answerThermal: () => Promise.resolve(false),
      restLimits: UNLIMITED,
      rpcLimits: { ...UNLIMITED, concurrency: 0 },
      draining: new AbortController().signal,
      log: pino({ level: 'silent' }),
    })
    const known = [...Object.keys(REST_RULES).map((route) => route.split(' ')[1]), ...OTHER_PATHS]
    expect(new Set(pathsOf(app))).to.deep.equal(new Set(known))
    // What would be mounted beside the routes is seen too.
    app.use('/beside', function besideAll(_request, response) {
      response.end()
    })
    expect(new Set(pathsOf(app))).to.deep.equal(new Set([...known, 'mounted: besideAll']))
  })

  it('are no proxy: a CONNECT is refused and its connection closed', async () => {
    const { hostname, port } = new URL(server.url)
    for (const target of ['127.0.0.1:22', 'example.com:443', '/healthz']) {
      const socket = connect(Number(port), hostname)
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
      const answer = await text(socket)
      expect(answer, target).to.match(/^HTTP\/1\.1 4\d\d /)
      expect(answer, target).not.to.match(/<html|text\/html/i)
    }
  })

  it('answer no verb that they do not know', async () => {
    const paths = new Set(Object.keys(REST_RULES).map((route) => route.split(' ')[1] ?? ''))
    for (const path of paths) {
      const verbs = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS']
      for (const verb of verbs.filter((name) => !Object.hasOwn(REST_RULES, `${name} ${path}`))) {
        const { status, json } = await admin.send(verb, path.replaceAll(/:\w+/g, 'none'))
        expect([status, json?.code], `${verb} ${path}`).to.deep.equal([405, 'method_not_allowed'])
      }
    }
  })

  describe('for thermal printing', () => {
    type Verdict = 'open' | 401
    interface Asker {
      key(): Promise<string | undefined> | string | undefined
      readonly headers?: () => Promise<Record<string, string>>
      /** At the main port: to print, and to ask for the status. Then the same at the loopback port. */
      readonly may: readonly [main: Verdict, status: 200 | 401, local: Verdict, localStatus: 200 | 401]
    }

    const NONE = [401, 401, 401, 401] as const
    const newKey = async (scopes: readonly string[], more: object = {}) =>
      (await admin.post('/v1/api-keys', { name: 'door', scopes, ...more })).json.data
    const limitedKey = async (scopes: readonly string[]) => {
      const { id } = (await admin.post('/v1/locations', { name: 'Behind the door' })).json.data
      return (await newKey(scopes, { limit_to_location: id })).api_key
    }

    const ASKERS: Readonly<Record<string, Asker>> = {
      'without a key': { key: () => undefined, may: [401, 401, 'open', 200] },
      'with an empty key': { key: () => '', may: NONE },
      'with a wrong key': { key: () => 'wrong', may: NONE },
      'with the key of a user': { key: () => server.credentials.supervisor.api_key, may: NONE },
      'with a key that was deleted': {
        async key() {
          const { id, api_key } = await newKey(SCOPES)
          await admin.delete(`/v1/api-keys/${id}`)
          return api_key
        },
        may: NONE,
      },
      'with a key that has expired': {
        async key() {
          const { id, api_key } = await newKey(SCOPES)
          await server.db('api_keys').where({ key_id: id }).update({ expires_at: new Date() })
          return api_key
        },
        may: NONE,
      },
      'with the session of a page': {
        key: () => undefined,
        async headers() {
          return {
            'X-Packhouse-Page': '1',
            Cookie: `packhouse_session=${await server.rpc.session('supervisor')}`,
          }
        },
        may: [401, 401, 'open', 200],
      },
      'with every scope': {
        key: async () => (await newKey(SCOPES)).api_key,
        may: ['open', 200, 'open', 200],
      },
      // What it reaches behind the door: test/ws/thermal-access.test.ts.
      'with every scope, at one location': {
        key: () => limitedKey(SCOPES),
        may: ['open', 200, 'open', 200],
      },
      'with every other scope, at one location': {
        key: () => limitedKey(SCOPES.filter((scope) => !scope.startsWith('thermal:'))),
        may: [401, 401, 'open', 200],
      },
      'with a key of one location that was deleted': {
        async key() {
          const { id } = (await admin.post('/v1/locations', { name: 'No more' })).json.data
          const key = await newKey(SCOPES, { limit_to_location: id })
          await admin.delete(`/v1/api-keys/${key.id}`)
          return key.api_key
        },
        may: NONE,
      },
      ...Object.fromEntries(
        SCOPES.map((scope): [string, Asker] => [
          `with the scope ${scope} alone`,
          {
            key: async () => (await newKey([scope])).api_key,
            may: [
              scope === 'thermal:write' ? 'open' : 401,
              scope.startsWith('thermal:') ? 200 : 401,
              // The loopback port asks for no key; one that is given must be one.
              'open',
              200,
            ],
          },
        ]),
      ),
    }

    for (const [who, { key, headers: more, may }] of Object.entries(ASKERS)) {
      it(`judge who comes ${who}`, async () => {
        const given = await key()
        const headers = { ...(given !== undefined && { 'X-API-KEY': given }), ...(await more?.()) }
        const [main, status, local, localStatus] = may
        expect(await upgrade(ports.main, headers), 'main port').to.equal(main)
        expect(await statusAt(ports.main, headers), 'status at the main port').to.equal(status)
        expect(await upgrade(ports.local, headers), 'loopback port').to.equal(local)
        expect(await statusAt(ports.local, headers), 'status at the loopback port').to.equal(localStatus)
      })
    }

    async function upgrade(host: string, headers: Record<string, string>): Promise<number | 'open'> {
      const url = `ws://${host}/websocket/`
      const opened = openThermalClient(url, { headers }).then(async (client) => {
        await client.close()
        return 'open' as const
      })
      return Promise.any([opened, refusalOf(url, { headers })])
    }

    async function statusAt(host: string, headers: Record<string, string>): Promise<number> {
      return (await fetch(`http://${host}/websocket/status`, { headers })).status
    }
  })
})

function pathsOf(app: Express): readonly string[] {
  const below = ({ route, handle, slash, name }: Layer): readonly string[] => {
    if (route) return [route.path]
    return [...(slash ? [] : [`mounted: ${name}`]), ...(handle.stack ?? []).flatMap(below)]
  }
  return (app.router as unknown as { readonly stack: readonly Layer[] }).stack.flatMap(below)
}
