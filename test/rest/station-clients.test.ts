import { setMaxListeners } from 'node:events'
import { request } from 'node:http'
import { expect } from 'chai'
import { DomainError } from '../../lib/errors.ts'
import { readEvents, type StreamReader } from '../helpers/event-stream.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { aKey } from '../print-jobs/station-client-fixtures.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

const CLIENT = aKey()

interface StateChange {
  readonly sequence: number
  readonly data: object
}

const BASE = '/v1/cloud-printing'
const PDF = `data:application/pdf;base64,${Buffer.from(
  '%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n' +
    '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>\nendobj\ntrailer\n<</Root 1 0 R/Size 4>>\n%%EOF\n',
).toString('base64')}`

describe('station clients', function () {
  this.timeout(60_000)
  let workspace: RestWorkspace
  let admin: RestClient
  let locationId: string

  beforeEach(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
    locationId = workspace.server.credentials.location_id
  })
  afterEach(() => workspace.stop())

  let counter = 0

  // biome-ignore lint/suspicious/noExplicitAny: answers are judged by the assertions
  async function addStation(printers: readonly object[] = [{ name: 'a' }], more: object = {}): Promise<any> {
    const body = { name: `Desk ${(counter += 1)}`, location_id: locationId, printers, ...more }
    const reply = await admin.post(`${BASE}/stations`, body)
    expect(reply.status, reply.text).to.equal(201)
    return reply.json.data
  }

  async function addJob(stationId: string, printerName?: string): Promise<string> {
    const reply = await admin.post(`${BASE}/jobs`, {
      location_id: locationId,
      print_station_id: stationId,
      ...(printerName !== undefined && { printer_name: printerName }),
      data: PDF,
    })
    expect(reply.status, reply.text).to.equal(201)
    return reply.json.data.id
  }

  const next = (stationId: string, query = 'wait=0', client = admin) =>
    client.get(`${BASE}/stations/${stationId}/next?${query}`)
  const report = (jobId: string, status: string, reason?: string) =>
    admin.post(`${BASE}/jobs/${jobId}`, { status, ...(reason !== undefined && { reason }) })
  const jobOf = async (jobId: string) => (await admin.get(`${BASE}/jobs/${jobId}`)).json.data

  describe('GET …/stations/:id/next', () => {
    it('claims the oldest job for 120 s, one at a time per printer', async () => {
      const { id } = await addStation()
      const jobs = [await addJob(id), await addJob(id)]
      const { status, json } = await next(id)
      expect([status, json.message, json.events]).to.deep.equal([
        200,
        'Print job retrieved',
        ['cloud_printing.job.processing'],
      ])
      expect(json.data).to.include({ id: jobs[0], status: 'processing' })
      const lease = Date.parse(json.data.claim.expires_at) - Date.parse(json.data.updated_at)
      expect(lease).to.be.within(119_000, 121_000)
      expect((await next(id)).json.data).to.equal(null)
      await report(jobs[0] ?? '', 'completed')
      expect((await next(id)).json.data.id).to.equal(jobs[1])
    })

    it('answers null when there is nothing, and refuses malformed waits and printers', async () => {
      const { id } = await addStation()
      const { status, json } = await next(id)
      expect([status, json.data, json.events, json.pagination]).to.deep.equal([200, null, [], null])
      for (const query of ['wait=-1', 'wait=61', 'wait=1.5', 'wait=x', 'printer_id=label']) {
        const refused = await next(id, query)
        expect([refused.status, refused.json.code], query).to.deep.equal([400, 'validation_error'])
      }
      expect((await next('prnt_stn_0000000000000000000000')).status).to.equal(404)
      expect((await admin.send('HEAD', `${BASE}/stations/${id}/next`)).status).to.equal(405)
    })

    it('serves one printer alone where that is asked', async () => {
      const { id, printers } = await addStation([{ name: 'a' }, { name: 'b' }])
      const job = await addJob(id, 'b')
      expect((await next(id, `wait=0&printer_id=${printers[0].id}`)).json.data).to.equal(null)
      const unknown = '019abcde-1234-7abc-8def-0123456789ab'
      expect((await next(id, `wait=0&printer_id=${unknown}`)).json.data).to.equal(null)
      expect((await next(id, `wait=0&printer_id=${printers[1].id}`)).json.data.id).to.equal(job)
    })

    it('needs print_jobs:write, the location and an open station', async () => {
      const other = await workspace.newLocation('Elsewhere')
      const { id } = await addStation()
      const reader = (await workspace.keyWith(['print_jobs:read'])).client
      const stranger = (await workspace.keyWith(['print_jobs:write'], { limit_to_location: other })).client
      const guest = await workspace.keyWith(['print_jobs:write'])
      const closed = await addStation([{ name: 'a' }], { allow_all_users: false, allowed_users: [guest.id] })
      const codeOf = async (stationId: string, client: RestClient) =>
        (await next(stationId, 'wait=0', client)).json.code
      expect(await codeOf(id, reader)).to.equal('missing_scope')
      expect(await codeOf(id, stranger)).to.equal('location_access')
      expect(await codeOf(closed.id, admin)).to.equal('unauthorized')
      expect(await codeOf(closed.id, guest.client)).to.equal(null)
    })

    it('gives nothing to a paused, offline or broken printer, and goes on when it is resumed', async () => {
      const { id, printers } = await addStation()
      await admin.post(`${BASE}/printers/${printers[0].id}/pause`)
      const job = await addJob(id)
      expect((await jobOf(job)).state_reasons).to.deep.equal(['paused'])
      expect((await next(id)).json.data).to.equal(null)
      for (const status of ['offline', 'error']) {
        await admin.post(`${BASE}/stations/${id}`, { printers: [{ name: 'a', status }] })
        await admin.post(`${BASE}/printers/${printers[0].id}/resume`)
        expect((await next(id)).json.data, status).to.equal(null)
      }
      await admin.post(`${BASE}/stations/${id}`, { printers: [{ name: 'a', status: 'online' }] })
      expect((await next(id)).json.data.id).to.equal(job)
    })

    it('wakes a waiting client when a job comes, a printer is resumed, or a job ends', async () => {
      const { id, printers } = await addStation()
      const waiting = next(id, 'wait=30')
      await seen(id)
      const first = await addJob(id)
      expect((await waiting).json.data.id).to.equal(first)
      const second = await addJob(id)
      const [free] = await Promise.all([next(id, 'wait=30'), report(first, 'completed')])
      expect(free.json.data.id).to.equal(second)
      await report(second, 'failed', 'out of toner')
      await admin.post(`${BASE}/printers/${printers[0].id}/pause`)
      const third = await addJob(id)
      const [resumed] = await Promise.all([
        next(id, 'wait=30'),
        admin.post(`${BASE}/printers/${printers[0].id}/resume`),
      ])
      expect(resumed.json.data.id).to.equal(third)
    })

    it('wakes a client that waits at another process', async () => {
      const { id } = await addStation()
      const other = await startServerProcess({ ...workspace.server.env })
      try {
        const there = createRestClient(other.baseUrl, workspace.server.credentials.admin.api_key)
        const startedAt = performance.now()
        const waiting = next(id, 'wait=30', there)
        await seen(id)
        const job = await addJob(id)
        expect((await waiting).json.data.id).to.equal(job)
        expect(performance.now() - startedAt).to.be.lessThan(25_000)
      } finally {
        other.kill('SIGTERM')
        await other.ended
      }
    })

    it('gives 200 jobs to many callers, each job once', async function () {
      this.timeout(180_000)
      const printers = Array.from({ length: 10 }, (_, index) => ({ name: `p${index}` }))
      const { id } = await addStation(printers)
      const jobs: string[] = []
      const claimed: string[] = []
      const adding = (async () => {
        for (let round = 0; round < 20; round += 1) {
          jobs.push(...(await Promise.all(printers.map(({ name }) => addJob(id, name)))))
        }
      })()
      const callers = Array.from({ length: 12 }, async () => {
        while (claimed.length < 200) {
          const { status, json } = await next(id, 'wait=1')
          expect(status).to.equal(200)
          if (!json.data) continue
          claimed.push(json.data.id)
          await report(json.data.id, 'completed')
        }
      })
      await Promise.all([adding, ...callers])
      expect(claimed.toSorted()).to.deep.equal(jobs.toSorted())
    })

    it('gives a job to nobody who has hung up', async () => {
      const { id } = await addStation()
      for (let round = 0; round < 3; round += 1) {
        await hangUpWhileWaiting(id)
        const job = await addJob(id)
        const { data } = (await next(id, 'wait=10')).json
        expect(data.id).to.equal(job)
        const attempts = (await admin.get(`${BASE}/jobs/${job}/attempts`)).json.data
        expect(attempts.filter(({ outcome }: { outcome: unknown }) => outcome === null)).to.have.length(1)
        await report(job, 'completed')
      }
    })

    it('puts a job that its caller never got back at its place, for the next one', async () => {
      const { id } = await addStation()
      const jobs = [await addJob(id), await addJob(id)]
      const { jobProgress } = workspace.server.services
      const caller = await workspace.server.services.apiKeys.authenticate(
        workspace.server.credentials.admin.api_key,
      )
      if (!caller) throw new Error('the key is known')
      const claimed = await jobProgress.claimNext(caller, id)
      expect(claimed?.jobId).to.equal(jobs[0])
      await jobProgress.handBack(caller, jobs[0] ?? '')
      expect(await jobOf(jobs[0] ?? '')).to.deep.include({ status: 'queued', claim: null })
      const [attempt] = (await admin.get(`${BASE}/jobs/${jobs[0]}/attempts`)).json.data
      expect(attempt).to.include({ outcome: 'not_sent' })
      expect((await next(id)).json.data.id).to.equal(jobs[0])
    })

    it('lets go of those that wait when the server drains', async () => {
      const { id } = await addStation()
      const waiting = next(id, 'wait=60')
      await seen(id)
      await workspace.server.pause()
      expect((await waiting).json.data).to.equal(null)
      await workspace.server.resume()
    })

    /** Its call is seen before it is ended, so it waits, or is about to. */
    async function hangUpWhileWaiting(stationId: string): Promise<void> {
      const { url, db, credentials } = workspace.server
      await db.raw('update stations set last_seen_at = null where station_id = ?', [stationId])
      const asked = request(`${url}${BASE}/stations/${stationId}/next?wait=30`, {
        headers: { 'PX-API-KEY': credentials.admin.api_key },
      })
      asked.on('error', () => undefined)
      asked.end()
      await seen(stationId)
      asked.destroy()
    }

    const seen = (stationId: string) =>
      eventually('the client waits', async () =>
        (await admin.get(`${BASE}/stations/${stationId}`)).json.data.last_seen_at === null ? undefined : true,
      )
  })

  it('are told to come again when 2,000 of them wait in one process', async () => {
    const { stationClients } = workspace.server.services
    const { id, printers } = await addStation()
    const leaving = new AbortController()
    const wait = { waitMs: 60_000, printerId: printers[0].id, signal: leaving.signal }
    const waiting: Promise<unknown>[] = []
    setMaxListeners(0, leaving.signal)
    // Whoever looks whether there is room may have had its place for a moment.
    const join = (): Promise<unknown> =>
      stationClients.next(CLIENT, id, wait).catch((error: unknown) => {
        if (error instanceof DomainError && error.code === 'unavailable') return join()
        throw error
      })
    for (let begun = 0; begun < 2_000; begun += 40) {
      // One more than those who wait is let in while there is room: it is the last in their line to the database.
      if (begun > 0) expect((await next(id)).status).to.equal(200)
      for (let more = 0; more < 40; more += 1) waiting.push(join())
    }
    const refused = await eventually('one too many', async () => {
      const reply = await next(id)
      return reply.status === 503 ? reply : undefined
    })
    expect(refused.json.code).to.equal('unavailable')
    expect(refused.json.message).to.match(/too many clients wait/i)
    leaving.abort()
    expect(new Set(await Promise.all(waiting))).to.deep.equal(new Set([null]))
    expect((await next(id)).status).to.equal(200)
  })

  describe('presence', () => {
    it('is written at most every 10 s, and silence for 90 s makes station and printers offline', async () => {
      const { id } = await addStation()
      const shown = async () => (await admin.get(`${BASE}/stations/${id}`)).json.data
      await next(id)
      const first = (await shown()).last_seen_at
      await next(id)
      expect((await shown()).last_seen_at).to.equal(first)
      await workspace.server.db.raw(
        `update stations set last_seen_at = now() - interval '91 seconds' where station_id = ?`,
        [id],
      )
      const silent = await shown()
      expect(silent.status).to.equal('offline')
      expect(silent.printers[0].status).to.equal('offline')
      const offline = (await admin.get(`${BASE}/printers?print_station_id=${id}&status=offline`)).json.data
      expect(offline).to.have.length(1)
      await admin.post(`${BASE}/stations/${id}`, silent)
      await next(id)
      const back = await shown()
      expect([back.status, back.printers[0].status]).to.deep.equal(['online', 'online'])
    })

    it('is told of each printer that it changes, once, when silence begins and when it ends', async () => {
      const { db, url, credentials, env } = workspace.server
      const { id, printers } = await addStation([{ name: 'a' }, { name: 'off', status: 'offline' }])
      await next(id)
      const stream = await readEvents(`${url}/v1/events?topics=cloud_printing.printer.state_changed`, {
        'PX-API-KEY': credentials.admin.api_key,
      })
      const second = await startServerProcess(env)
      try {
        await db.raw(
          `update stations set last_seen_at = now() - interval '91 seconds' where station_id = ?`,
          [id],
        )
        const lost = (await stream.next())?.data as StateChange
        expect(lost.data).to.deep.include({
          id: printers[0].id,
          status: 'offline',
          previous: { status: 'online', state_reasons: [] },
        })
        await next(id)
        const found = (await stream.next())?.data as StateChange
        expect(found.data).to.deep.include({
          id: printers[0].id,
          status: 'online',
          previous: { status: 'offline', state_reasons: [] },
        })
        expect([lost.sequence, found.sequence]).to.deep.equal([1, 2])
        const told = await db('events').where({ type: 'cloud_printing.printer.state_changed' })
        expect(told).to.have.length(2)
      } finally {
        stream.close()
        second.kill('SIGTERM')
        await second.ended
      }
    })
  })

  describe('GET …/stations/:id/events', () => {
    let streams: StreamReader[]
    beforeEach(() => {
      streams = []
    })
    afterEach(() => streams.forEach((stream) => stream.close()))

    async function follow(stationId: string): Promise<StreamReader> {
      const stream = await readEvents(`${workspace.server.url}${BASE}/stations/${stationId}/events`, {
        'PX-API-KEY': workspace.server.credentials.admin.api_key,
      })
      streams.push(stream)
      return stream
    }

    it('tells at once how many jobs are queued, then what happens at its printers', async () => {
      const { id, printers } = await addStation([
        { name: 'a' },
        { name: 'driven', connection: { type: 'virtual' } },
      ])
      const [a, driven] = printers
      await addJob(id, 'a')
      const stream = await follow(id)
      expect(stream.headers.get('content-type')).to.match(/^text\/event-stream/)
      expect(await stream.next()).to.deep.equal({ event: 'ready', data: { queued: 1 } })
      const elsewhere = await addStation()
      await addJob(elsewhere.id)
      await addJob(id, 'driven')
      await admin.post(`${BASE}/printers/${driven.id}/pause`)
      const job = await addJob(id, 'a')
      expect(await stream.next()).to.deep.equal({
        event: 'job.queued',
        data: { job_id: job, printer_id: a.id },
      })
      await report(job, 'canceled')
      expect(await stream.next()).to.deep.equal({
        event: 'job.canceled',
        data: { job_id: job, printer_id: a.id },
      })
      for (const [action, event] of [
        ['pause', 'printer.paused'],
        ['resume', 'printer.resumed'],
        ['identify', 'printer.identify'],
      ] as const) {
        await admin.post(`${BASE}/printers/${a.id}/${action}`)
        expect(await stream.next()).to.deep.equal({ event, data: { printer_id: a.id } })
      }
      expect((await admin.get(`${BASE}/stations/${id}`)).json.data.last_seen_at).to.not.equal(null)
    })

    it('needs print_jobs:read and an open station, and has no HEAD', async () => {
      const closed = await addStation([{ name: 'a' }], { allow_all_users: false })
      const path = `${BASE}/stations/${closed.id}/events`
      expect((await admin.get(path)).json.code).to.equal('unauthorized')
      const other = (await workspace.keyWith(['print_stations:read'])).client
      expect((await other.get(path)).json.code).to.equal('missing_scope')
      expect((await admin.send('HEAD', path)).status).to.equal(405)
      expect((await admin.get(`${BASE}/stations/nowhere/events`)).status).to.equal(404)
    })

    it('ends when the server drains', async () => {
      const { id } = await addStation()
      const stream = await follow(id)
      await stream.next()
      await workspace.server.pause()
      expect(await stream.next()).to.equal(null)
      await workspace.server.resume()
    })
  })
})
