import { once } from 'node:events'
import { expect } from 'chai'
import { pino } from 'pino'
import { createStandingAccess, type StandingAccess } from '../../lib/access/standing-access-service.ts'
import { readEvents } from '../helpers/event-stream.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { type ServerProcess, startServerProcess } from '../helpers/server-process.ts'
import { openRestWorkspace, type RestWorkspace } from '../rest/rest-fixtures.ts'
import { openThermalClient } from '../ws/thermal-client.ts'

const SCOPES = ['print_jobs:write', 'webhooks:read', 'thermal:write', 'print_stations:read']
const PAGE = { 'X-Packhouse-Page': '1' }
const STATIONS = '/v1/cloud-printing/stations'
const JOBS = '/v1/cloud-printing/jobs'
/** Far less than the ten seconds after which everything is looked at. */
const PROMPTLY_MS = 5_000

/** Connections are open at one process; what ends them is done at the other. */
describe('connections that stay open', function () {
  this.timeout(60_000)
  let workspace: RestWorkspace
  let other: ServerProcess
  let stationId: string

  before(async () => {
    workspace = await openRestWorkspace()
    other = await startServerProcess(workspace.server.env)
    stationId = await addStation('Desk')
  })
  after(async () => {
    other.kill('SIGTERM')
    await other.ended
    await workspace.stop()
  })

  async function newKey(more: object = {}) {
    const { json } = await workspace.admin.post('/v1/api-keys', { name: 'test', scopes: SCOPES, ...more })
    return { id: json.data.id as string, apiKey: json.data.api_key as string }
  }

  /** One of each kind, at the other process. */
  async function openAll(apiKey: string) {
    const headers = { 'PX-API-KEY': apiKey }
    const events = await readEvents(`${other.baseUrl}/v1/events`, headers)
    const station = await readEvents(`${other.baseUrl}${STATIONS}/${stationId}/events`, headers)
    expect((await station.next())?.event).to.equal('ready')
    const next = createRestClient(other.baseUrl, apiKey).get(`${STATIONS}/${stationId}/next?wait=60`)
    const url = `${other.baseUrl.replace('http', 'ws')}/websocket/`
    const { socket } = await openThermalClient(url, { headers })
    const closed = once(socket, 'close')
    const ended = Promise.all([atEnd(events), atEnd(station), next, closed])
    return { ended, next, closed, socket }
  }

  const atEnd = async (stream: Awaited<ReturnType<typeof readEvents>>) => {
    while ((await stream.next()) !== null) continue
  }

  const promptly = <T>(what: string, work: Promise<T>): Promise<T> => {
    let result: { readonly value: T } | undefined
    void work.then((value) => {
      result = { value }
    })
    return eventually(what, () => result, PROMPTLY_MS).then(({ value }) => value)
  }

  it('end in every process when their key is deleted, and those of another key go on', async () => {
    const [own, spared] = [await newKey(), await newKey()]
    const open = await openAll(own.apiKey)
    const kept = await openAll(spared.apiKey)
    await workspace.admin.delete(`/v1/api-keys/${own.id}`)
    const [, , next, [code]] = await promptly('everything ends', open.ended)
    expect([next.status, next.json.code, code]).to.deep.equal([401, 'invalid_api_key', 1008])
    expect(kept.socket.readyState).to.equal(kept.socket.OPEN)
    const job = await addJob()
    expect((await kept.next).json.data.id, 'the job goes to the key that holds').to.equal(job)
    await workspace.admin.delete(`/v1/api-keys/${spared.id}`)
    await promptly('the others end', kept.closed)
    await workspace.admin.post(`${JOBS}/${job}`, { status: 'completed' })
  })

  it('claim nothing once their key is deleted', async () => {
    const own = await newKey()
    const open = await openAll(own.apiKey)
    await workspace.admin.delete(`/v1/api-keys/${own.id}`)
    const job = await addJob()
    await promptly('everything ends', open.ended)
    const { status } = (await workspace.admin.get(`${JOBS}/${job}`)).json.data
    expect(status).to.equal('queued')
    await workspace.admin.post(`${JOBS}/${job}`, { status: 'canceled' })
  })

  it('end when a scope or the location that they need is taken away, and not when the key is renamed or gets more', async () => {
    const own = await newKey()
    const open = await openAll(own.apiKey)
    const change = (body: object) => workspace.admin.post(`/v1/api-keys/${own.id}`, body)
    expect((await change({ name: 'renamed' })).status).to.equal(200)
    expect((await change({ scopes: [...SCOPES, 'webhooks:write'] })).status).to.equal(200)
    const limited = await newKey()
    const elsewhere = await openAll(limited.apiKey)
    const location = await workspace.newLocation('Elsewhere')
    await workspace.admin.post(`/v1/api-keys/${limited.id}`, { limit_to_location: location })
    await promptly('the limited ones end', elsewhere.ended)
    expect(open.socket.readyState, 'a new name ends nothing').to.equal(open.socket.OPEN)
    await change({ scopes: SCOPES.filter((scope) => scope !== 'thermal:write') })
    await promptly('those with a scope less end', open.ended)
  })

  it('end when the session of their page is signed out, and when its user is disabled', async () => {
    const signedOut = await signIn('supervisor')
    const stream = await readEvents(`${other.baseUrl}/v1/events`, signedOut)
    const stays = await signIn('supervisor')
    const kept = await readEvents(`${other.baseUrl}/v1/events?topics=cloud_printing.job.created`, stays)
    await workspace.admin.as(null).delete('/v1/session', signedOut)
    await promptly('the stream of the session ends', atEnd(stream))
    const job = await addJob()
    expect((await kept.next())?.event).to.equal('cloud_printing.job.created')
    await workspace.admin.post(`${JOBS}/${job}`, { status: 'canceled' })
    const { json } = await workspace.admin.get('/v1/users?limit=100')
    const user = json.data.find(({ username }: { username: string }) => username === 'supervisor')
    await workspace.admin.post(`/v1/users/${user.id}`, { disabled: true })
    await promptly('the stream of the disabled user ends', atEnd(kept))
  })

  it('may be many without a word of Node about leaks', async () => {
    const warnings: Error[] = []
    const hear = (warning: Error) => warnings.push(warning)
    process.on('warning', hear)
    const { id, apiKey } = await newKey()
    const client: RestClient = workspace.admin.as(apiKey)
    const crowded = await addStation('Crowded')
    const waiting = Array.from({ length: 30 }, () => client.get(`${STATIONS}/${crowded}/next?wait=60`))
    await eventually('they wait', async () => {
      const station = (await workspace.admin.get(`${STATIONS}/${crowded}`)).json.data
      return station.last_seen_at === null ? undefined : true
    })
    await workspace.admin.delete(`/v1/api-keys/${id}`)
    const replies = await promptly('they end', Promise.all(waiting))
    expect(new Set(replies.map(({ status }) => status))).to.deep.equal(new Set([401]))
    process.off('warning', hear)
    expect(warnings.map(({ message }) => message)).to.deep.equal([])
  })

  async function addStation(name: string): Promise<string> {
    const body = { name, location_id: workspace.server.credentials.location_id, printers: [{ name: 'a' }] }
    return (await workspace.admin.post(STATIONS, body)).json.data.id
  }

  async function addJob(): Promise<string> {
    const pdf = Buffer.from(
      '%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n' +
        '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>\nendobj\ntrailer\n<</Root 1 0 R/Size 4>>\n%%EOF\n',
    ).toString('base64')
    const reply = await workspace.admin.post(JOBS, {
      location_id: workspace.server.credentials.location_id,
      print_station_id: stationId,
      data: `data:application/pdf;base64,${pdf}`,
    })
    expect(reply.status, reply.text).to.equal(201)
    return reply.json.data.id
  }

  async function signIn(role: 'supervisor'): Promise<Record<string, string>> {
    const { username, api_key } = workspace.server.credentials[role]
    const { headers } = await workspace.admin.as(null).post('/v1/session', { username, api_key }, PAGE)
    return { ...PAGE, Cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
  }

  describe('by the clock', () => {
    let access: StandingAccess
    beforeEach(() => {
      access = createStandingAccess({ db: workspace.server.db, log: pino({ level: 'silent' }), lookMs: 50 })
    })
    afterEach(() => access.close())

    async function holdBy(key: { readonly apiKey: string }) {
      const caller = await workspace.server.services.apiKeys.authenticate(key.apiKey)
      if (!caller) throw new Error('the key is good')
      let ends = 0
      const letGo = access.hold({
        caller,
        secret: key.apiKey,
        since: performance.now(),
        end: () => {
          ends += 1
        },
      })
      return { letGo, ends: () => ends }
    }

    it('end when the key expires, and whatever no notification told of', async () => {
      const expiring = await holdBy(await newKey({ expires_at: new Date(Date.now() + 1_000).toISOString() }))
      const deleted = await newKey()
      const unheard = await holdBy(deleted)
      const left = await holdBy(deleted)
      left.letGo()
      await workspace.admin.delete(`/v1/api-keys/${deleted.id}`)
      await eventually('both end', () => (expiring.ends() + unheard.ends() === 2 ? true : undefined))
      expect(left.ends(), 'who has gone is not told').to.equal(0)
    })

    it('end though their key was deleted between its check and the moment that they are held', async () => {
      const key = await newKey()
      const caller = await workspace.server.services.apiKeys.authenticate(key.apiKey)
      if (!caller) throw new Error('the key is good')
      const slow = createStandingAccess({
        db: workspace.server.db,
        log: pino({ level: 'silent' }),
        lookMs: 3_600_000,
      })
      const since = performance.now()
      await workspace.admin.delete(`/v1/api-keys/${key.id}`)
      slow.hear(key.id)
      const ended = new Promise<void>((resolve) =>
        slow.hold({ caller, secret: key.apiKey, since, end: resolve }),
      )
      await promptly('it ends', ended)
      slow.close()
    })
  })
})
