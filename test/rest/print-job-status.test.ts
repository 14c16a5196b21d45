import { expect } from 'chai'
import { SCOPES } from '../../lib/access/scope.ts'
import { eventually } from '../helpers/eventually.ts'
import type { RestClient, RestReply } from '../helpers/rest-client.ts'
import { lapse } from '../print-jobs/station-client-fixtures.ts'
import {
  assertRefused,
  blamed,
  JOBS,
  type JobWorkspace,
  openJobWorkspace,
  untilEnded,
} from './print-job-fixtures.ts'
import { TIME } from './rest-fixtures.ts'

describe('POST /v1/cloud-printing/jobs/:id', () => {
  let workspace: JobWorkspace
  let admin: RestClient

  before(async () => {
    workspace = await openJobWorkspace()
    admin = workspace.admin
  })
  after(() => workspace.stop())

  const report = (id: string, body: object): Promise<RestReply> => admin.post(`${JOBS}/${id}`, body)
  const get = async (id: string) => (await admin.get(`${JOBS}/${id}`)).json.data
  /** Without what each answer has anew. */
  const still = ({ data_url: _url, claim: _claim, ...rest }: { data_url: string; claim: unknown }) => rest

  /** A job of the demo's `Front desk` that has come to that status. */
  async function jobThatIs(status: string): Promise<string> {
    const { id } = await workspace.create()
    const steps: Readonly<Record<string, object[]>> = {
      queued: [],
      processing: [{ status: 'processing' }],
      completed: [{ status: 'processing' }, { status: 'completed' }],
      failed: [{ status: 'failed', reason: 'Printer out of paper' }],
      canceled: [{ status: 'canceled' }],
    }
    for (const step of steps[status] ?? []) expect((await report(id, step)).status).to.equal(200)
    return id
  }

  it("walks from queued to completed, as the specification's requests do", async () => {
    const job = await workspace.create()
    const processing = await report(job.id, { status: 'processing' })
    expect(processing.json).to.deep.include({
      status: 200,
      message: 'Print job updated',
      code: null,
      events: ['cloud_printing.job.processing'],
      endpoint: `${JOBS}/${job.id}`,
    })
    const { claim, updated_at: at } = processing.json.data
    expect(Date.parse(claim.expires_at) - Date.parse(at)).to.be.closeTo(3_600_000, 1_000)
    const completed = await report(job.id, { status: 'completed' })
    expect(completed.json.events).to.deep.equal(['cloud_printing.job.completed'])
    expect(completed.json.data).to.deep.include({
      object: 'print_job',
      id: job.id,
      status: 'completed',
      claim: null,
    })
    expect(completed.json.data.updated_at > at && at > job.updated_at).to.equal(true)
    expect(still(await get(job.id))).to.deep.equal(still(completed.json.data))
  })

  it('says who changed it', async () => {
    const { id: keyId, client } = await workspace.keyWith(['print_jobs:write'])
    const job = await workspace.create()
    const { data } = (await client.post(`${JOBS}/${job.id}`, { status: 'processing' })).json
    expect([data.created_by, data.updated_by]).to.deep.equal([job.created_by, keyId])
  })

  it('fails with a reason, and cancels with one or without', async () => {
    for (const from of ['queued', 'processing']) {
      const { json } = await report(await jobThatIs(from), {
        status: 'failed',
        reason: 'Printer out of paper',
      })
      expect(json.data).to.deep.include({ status: 'failed', reason: 'Printer out of paper', claim: null })
      expect(json.events).to.deep.equal(['cloud_printing.job.failed'])
    }
    const named = await report(await jobThatIs('queued'), { status: 'canceled', reason: 'not needed' })
    expect(named.json.data.reason).to.equal('not needed')
    expect(named.json.events).to.deep.equal(['cloud_printing.job.canceled'])
    const unnamed = await report(await jobThatIs('queued'), { status: 'canceled' })
    expect(unnamed.json.data.reason).to.match(/^job-canceled-by-user: /)
  })

  const bodies: readonly [object, readonly string[]][] = [
    [{}, ['status']],
    [{ status: null }, ['status']],
    [{ status: 'done' }, ['status']],
    [{ status: ['queued'] }, ['status']],
    [{ status: 'failed' }, ['reason']],
    [{ status: 'failed', reason: null }, ['reason']],
    [{ status: 'failed', reason: 'ab' }, ['reason']],
    [{ status: 'failed', reason: ' ab ' }, ['reason']],
    [{ status: 'failed', reason: 'x'.repeat(1024) }, ['reason']],
    [{ status: 'failed', reason: `abc${' '.repeat(500_000)}` }, ['reason']],
    [{ status: 'failed', reason: 'abc\0' }, ['reason']],
    [{ status: 'failed', reason: 404 }, ['reason']],
    [{ status: 'canceled', reason: '' }, ['reason']],
  ]
  for (const [body, properties] of bodies) {
    it(`refuses ${JSON.stringify(body).slice(0, 60)}, and the job stays as it is`, async () => {
      const id = await jobThatIs('queued')
      const reply = await report(id, body)
      assertRefused(reply, 400, 'validation_error')
      expect(blamed(reply)).to.deep.equal(properties)
      expect(await get(id)).to.include({ status: 'queued', reason: null })
      // Of an unknown job the body is judged first.
      assertRefused(await report('prnt_job_none', body), 400, 'validation_error')
    })
  }

  it('ignores the reason of other reports, and takes one of 3 and of 1023 characters', async () => {
    const job = await jobThatIs('queued')
    expect((await report(job, { status: 'processing', reason: 5 })).json.data.reason).to.equal(null)
    for (const reason of ['abc', ' 🖨🖨🖨 ', '🖨'.repeat(1023)]) {
      const { json } = await report(await jobThatIs('queued'), { status: 'failed', reason })
      expect(json.data.reason).to.equal(reason)
    }
  })

  const STATUSES = ['queued', 'processing', 'completed', 'failed', 'canceled']
  const ALLOWED = new Set([
    'queued processing',
    'queued failed',
    'queued canceled',
    'processing completed',
    'processing failed',
  ])
  for (const from of STATUSES) {
    for (const to of STATUSES) {
      const verdict =
        from === to ? 'changes nothing' : ALLOWED.has(`${from} ${to}`) ? 'is made' : 'is refused'
      it(`${from} to ${to} ${verdict}`, async () => {
        const id = await jobThatIs(from)
        const before = still(await get(id))
        const reply = await report(id, { status: to, reason: 'because' })
        if (verdict === 'is made') {
          expect(reply.json.data.status).to.equal(to)
          expect(reply.json.events).to.deep.equal([`cloud_printing.job.${to}`])
          return
        }
        expect(still(await get(id))).to.deep.equal(before)
        if (verdict === 'changes nothing') expect([reply.status, reply.json.events]).to.deep.equal([200, []])
        else {
          assertRefused(reply, 400, 'invalid_status_transition')
          expect(reply.json.errors).to.deep.equal([`status: a ${from} job cannot become ${to}`])
        }
      })
    }
  }

  it('makes one of two reports at once, and judges the other after it', async () => {
    const { id } = await workspace.create()
    const replies = await Promise.all([
      report(id, { status: 'canceled' }),
      report(id, { status: 'failed', reason: 'no paper' }),
    ])
    expect(replies.map(({ status }) => status).toSorted()).to.deep.equal([200, 400])
  })

  it('knows no job that is not there, whatever is asked of it', async () => {
    for (const id of ['prnt_job_none', '%00', 'a%20b', '%F0%9F%92%A5']) {
      const replies = [
        await admin.get(`${JOBS}/${id}`),
        await report(id, { status: 'processing' }),
        await admin.get(`${JOBS}/${id}/routing`),
        await admin.get(`${JOBS}/${id}/attempts`),
        await admin.get(`${JOBS}/${id}/preview.png`),
        await admin.post(`${JOBS}/${id}/reprint`, { reason: 'again' }),
      ]
      for (const reply of replies) {
        assertRefused(reply, 404, 'not_found')
        expect(reply.json.message).to.equal('Print job not found')
      }
    }
  })

  it('is out of reach of a key for another location, in every route', async () => {
    const { client } = await workspace.keyWith(SCOPES, { limit_to_location: await workspace.newLocation() })
    const { id } = await workspace.create()
    for (const path of ['', '/routing', '/attempts', '/preview.png']) {
      assertRefused(await client.get(`${JOBS}/${id}${path}`), 403, 'location_access')
    }
    assertRefused(await client.post(`${JOBS}/${id}`, { status: 'canceled' }), 403, 'location_access')
    assertRefused(await client.post(`${JOBS}/${id}/reprint`, { reason: 'again' }), 403, 'location_access')
    assertRefused(await client.post(JOBS, workspace.body()), 403, 'location_access')
    expect((await get(id)).status).to.equal('queued')
  })

  describe('of a printer that Packhouse drives', () => {
    it('follows the printer, and refuses what a client says of it', async () => {
      const { id } = await workspace.create({ printer_name: 'Laser' })
      await untilEnded(admin, id)
      const reply = await report(id, { status: 'failed', reason: 'no paper' })
      assertRefused(reply, 400, 'invalid_status_transition')
      expect(reply.json.errors[0]).to.include('Packhouse itself follows')
      const { data, message, pagination } = (await admin.get(`${JOBS}/${id}/attempts`)).json
      expect([message, pagination]).to.deep.equal(['1 print attempt retrieved', null])
      expect(data[0]).to.deep.include({ object: 'print_attempt', attempt: 1, outcome: 'confirmed' })
      expect(Object.keys(data[0])).to.deep.equal([
        'object',
        'attempt',
        'printer',
        'started_at',
        'ended_at',
        'bytes_offered',
        'bytes_written',
        'outcome',
        'detail',
      ])
      expect(data[0].printer).to.deep.include({ name: 'Laser', model: null })
      expect(data[0].bytes_written).to.equal(data[0].bytes_offered)
      expect([data[0].started_at, data[0].ended_at].join()).to.match(/^\S+Z,\S+Z$/)
    })

    it('can be canceled while it waits, and says what it waits for', async () => {
      // Port 9 refuses: nothing listens there.
      const connection = { type: 'socket', host: '127.0.0.1', port: 9, language: 'pdf' } as const
      await workspace.newStation([{ name: 'Unplugged', connection }])
      const { id } = await workspace.create({ printer_name: 'Unplugged' })
      await eventually('a reason to wait', async () => ((await get(id)).state_reasons[0] ? true : undefined))
      assertRefused(await report(id, { status: 'processing' }), 400, 'invalid_status_transition')
      const { json } = await report(id, { status: 'canceled' })
      expect(json.data).to.deep.include({ status: 'canceled', state_reasons: [] })
    })
  })

  describe('that nobody ends', () => {
    const expire = (id: string) =>
      workspace.server.db.raw(`update print_jobs set expires_at = clock_timestamp() where job_id = ?`, [id])

    it('is canceled when it expires, and goes on if it is being printed', async () => {
      const [queued, processing] = [await jobThatIs('queued'), await jobThatIs('processing')]
      const { updated_by: by } = await get(queued)
      await expire(processing)
      await expire(queued)
      await untilEnded(admin, queued, 'canceled')
      const { reason, updated_by: after } = await get(queued)
      expect(reason).to.match(/^job-expired: /)
      expect(after).to.equal(by)
      expect((await get(processing)).status).to.equal('processing')
    })

    it('fails when its client falls silent, and takes one late report that it printed', async () => {
      const id = await jobThatIs('processing')
      await lapse(workspace.server, id)
      await untilEnded(admin, id, 'failed')
      expect((await get(id)).reason).to.match(/^claim-timeout: .*may have printed/)
      const late = await report(id, { status: 'completed' })
      expect(late.json.data).to.deep.include({ status: 'completed', reason: null })
      expect(late.json.events).to.deep.equal(['cloud_printing.job.completed'])
      assertRefused(
        await report(id, { status: 'failed', reason: 'no paper' }),
        400,
        'invalid_status_transition',
      )
      const { data } = (await admin.get(`${JOBS}/${id}/attempts`)).json
      expect(data.map(({ outcome }: { outcome: string }) => outcome)).to.deep.equal([
        'unknown',
        'confirmed',
        'not_sent',
      ])
    })
  })

  describe('GET attempts', () => {
    it('has nothing to tell of a queued job, and what clients said of others', async () => {
      const outcomes = async (status: string) => {
        const { data } = (await admin.get(`${JOBS}/${await jobThatIs(status)}/attempts`)).json
        return data.map(({ outcome }: { outcome: string | null }) => outcome)
      }
      expect(await outcomes('queued')).to.deep.equal([])
      expect(await outcomes('processing')).to.deep.equal([null])
      expect(await outcomes('completed')).to.deep.equal(['confirmed'])
      expect(await outcomes('failed')).to.deep.equal(['not_sent'])
    })

    it('tells the last thousand of more, which say how things stand, the oldest of them first', async () => {
      const id = await jobThatIs('queued')
      await workspace.server.db.raw(
        `insert into print_attempts (job_id, attempt, printer_id, ended_at, outcome, detail)
         select job_id, attempt, printer_id, now(), 'not_sent', 'no answer'
         from print_jobs, generate_series(1, 1003) as attempt where job_id = ?`,
        [id],
      )
      const { data } = (await admin.get(`${JOBS}/${id}/attempts`)).json
      const told = data.map(({ attempt }: { attempt: number }) => attempt)
      expect([told.length, told[0], told.at(-1)]).to.deep.equal([1_000, 4, 1_003])
    })
  })

  describe('POST reprint', () => {
    const reprint = (id: string, body: object) => admin.post(`${JOBS}/${id}/reprint`, body)

    it('makes a new job of the same document, name, resource and options', async () => {
      const resource = { type: 'shipment', id: 's1', document: 'shipping_label' }
      const configuration = { copies: 3, pages_to_print: ['2'], total_pages: 9 }
      const job = await workspace.create({ name: 'Slip', resource, configuration })
      await report(job.id, { status: 'canceled' })
      const { status, json } = await reprint(job.id, { reason: 'The label was smudged' })
      expect([status, json.message, json.events]).to.deep.equal([
        201,
        'Print job created',
        ['cloud_printing.job.created'],
      ])
      expect(json.data).to.deep.include({
        name: 'Slip',
        status: 'queued',
        reprint_of: job.id,
        reprint_reason: 'The label was smudged',
        resource_type: 'shipment',
        resource_id: 's1',
        resource_document: 'shipping_label',
        options: job.options,
      })
      expect(json.data.id).to.not.equal(job.id)
      expect(Date.parse(json.data.expires_at) - Date.parse(json.data.created_at)).to.equal(14 * 86_400_000)
      const bytes = async ({ data_url: url }: { data_url: string }) => (await fetch(url)).arrayBuffer()
      expect(Buffer.from(await bytes(json.data))).to.deep.equal(Buffer.from(await bytes(job)))
    })

    it('goes to the printer that is named, if it is of the location and can print it', async () => {
      const id = await jobThatIs('completed')
      const { printerIds: near } = await workspace.newStation([
        { name: 'near' },
        { name: 'wide', orientations: ['landscape'] },
      ])
      const far = await workspace.newStation([{ name: 'far' }], { locationId: await workspace.newLocation() })
      const to = (printerId: unknown) => reprint(id, { reason: 'again', printer_id: printerId })
      expect((await to(near[0])).json.data.printer.id).to.equal(near[0])
      assertRefused(await to(near[1]), 400, 'no_compatible_printer')
      assertRefused(await to(far.printerIds[0]), 400, 'no_compatible_printer')
      assertRefused(await to('019b1234-0000-7000-8000-000000000000'), 404, 'not_found')
      assertRefused(await to('no uuid'), 404, 'not_found')
    })

    for (const [body, properties] of [
      [{}, ['reason']],
      [{ reason: null }, ['reason']],
      [{ reason: ' ab ' }, ['reason']],
      [{ reason: 'x'.repeat(1024) }, ['reason']],
      [{ reason: 'abc\0' }, ['reason']],
      [{ reason: 5, printer_id: 5 }, ['printer_id', 'reason']],
    ] as const) {
      it(`refuses ${JSON.stringify(body).slice(0, 50)}`, async () => {
        const reply = await reprint(await jobThatIs('canceled'), body)
        assertRefused(reply, 400, 'validation_error')
        expect(blamed(reply)).to.deep.equal(properties)
      })
    }

    it('is for jobs that have ended', async () => {
      for (const status of ['queued', 'processing']) {
        const reply = await reprint(await jobThatIs(status), { reason: 'again' })
        assertRefused(reply, 400, 'invalid_status_transition')
      }
    })

    it('says that a printer is unknown before it judges the location', async () => {
      const { client } = await workspace.keyWith(SCOPES, { limit_to_location: await workspace.newLocation() })
      const path = `${JOBS}/${await jobThatIs('queued')}/reprint`
      assertRefused(await client.post(path, { reason: 'again', printer_id: 'x' }), 404, 'not_found')
    })
  })

  describe('GET routing', () => {
    it('tells what was decided and why, of every printer of the location, once for all', async () => {
      const location = await workspace.newLocation()
      const printers = ['a', 'b'].map((name) => ({ name, model: 'M', pageSizes: ['letter'], priority: 1 }))
      const { id: stationId, printerIds } = await workspace.newStation(
        [...printers, { name: 'small', pageSizes: ['label_4x6'] }],
        { locationId: location, displayName: 'Desk' },
      )
      const body = {
        location_id: location,
        data: workspace.data,
        configuration: { paper_size: 'page_size_letter' },
      }
      const made = (await admin.post(JOBS, body)).json.data
      const { status, json } = await admin.get(`${JOBS}/${made.id}/routing`)
      expect([status, json.message]).to.deep.equal([200, 'Print job routing retrieved'])
      expect(json.data.decided_at).to.match(TIME)
      const station = { id: stationId, name: made.station.name, display_name: 'Desk' }
      const common = { station, health: 'online', queue_depth: 0 }
      expect(json.data).to.deep.equal({
        object: 'print_job_routing',
        job_id: made.id,
        decided_at: json.data.decided_at,
        printer_id: printerIds[0],
        candidates: [
          {
            ...common,
            printer: { id: printerIds[0], name: 'a', model: 'M' },
            chosen: true,
            eligible: true,
            priority: 1,
            reasons: ['name: a sorts before b'],
          },
          {
            ...common,
            printer: { id: printerIds[1], name: 'b', model: 'M' },
            chosen: false,
            eligible: true,
            priority: 1,
            reasons: ['name: b sorts after a'],
          },
          {
            ...common,
            printer: { id: printerIds[2], name: 'small', model: null },
            chosen: false,
            eligible: false,
            priority: null,
            reasons: ['paper-size-not-supported: it takes label_4x6, not letter'],
          },
        ],
      })
      const second = (await admin.post(JOBS, body)).json.data
      expect(second.printer.name).to.equal('b')
      expect((await admin.get(`${JOBS}/${second.id}/routing`)).json.data.candidates[0].reasons).to.deep.equal(
        ['queue-depth: it has 0 waiting, a has 1'],
      )
      expect((await admin.get(`${JOBS}/${made.id}/routing`)).json.data).to.deep.equal(json.data)
    })
  })
})
