import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { openWebhookWorkspace, type WebhookWorkspace } from './webhook-fixtures.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLERS_SPAN = '00f067aa0ba902b7'
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

describe('the trace context of a request', () => {
  let workspace: WebhookWorkspace
  let seen = 0

  before(async () => {
    workspace = await openWebhookWorkspace()
    await workspace.subscribe(['cloud_printing.job.*'])
  })
  after(() => workspace.stop())

  /** Of the webhooks of a job that a request with these headers made: its creation, its first byte and its end. */
  async function traceparents(headers: Record<string, string>): Promise<readonly string[]> {
    const { server, receiver } = workspace
    const rest = createRestClient(server.url, server.credentials.admin.api_key)
    const pdf = (await makePdf({ text: 'traced' })).toString('base64')
    const job = {
      location_id: server.credentials.location_id,
      printer_name: 'Laser',
      data: `data:application/pdf;base64,${pdf}`,
    }
    expect((await rest.post('/v1/cloud-printing/jobs', job, headers)).status).to.equal(201)
    const received = (await receiver.atLeast(seen + 3)).slice(seen)
    seen += received.length
    return received.map((request) => String(request.headers['traceparent']))
  }

  it('is carried to the webhooks of the job, those that the printer caused too, each with a span of its own', async () => {
    const found = await traceparents({ traceparent: `00-${TRACE}-${CALLERS_SPAN}-01` })
    const parts = found.map((value) => TRACEPARENT.exec(value))
    expect(parts.map((match) => match?.[1])).to.deep.equal([TRACE, TRACE, TRACE])
    expect(parts.map((match) => match?.[3])).to.deep.equal(['01', '01', '01'])
    expect(new Set([CALLERS_SPAN, ...parts.map((match) => match?.[2])]).size).to.equal(4)
  })

  const VALID = {
    'a later version, of which more is not known': [`01-${TRACE}-${CALLERS_SPAN}-01-more`, '01'],
    'a later version as long as ours': [`cc-${TRACE}-${CALLERS_SPAN}-00`, '00'],
    'flags that version 00 has not': [`00-${TRACE}-${CALLERS_SPAN}-fe`, '00'],
    'all flags': [`00-${TRACE}-${CALLERS_SPAN}-ff`, '01'],
  } as const
  for (const [name, [traceparent, flags]] of Object.entries(VALID)) {
    it(`goes on for a request with ${name}, in version 00 with its one flag`, async () => {
      const parts = (await traceparents({ traceparent })).map((value) => TRACEPARENT.exec(value))
      expect(parts.map((match) => match?.[1])).to.deep.equal([TRACE, TRACE, TRACE])
      expect(parts.map((match) => match?.[3])).to.deep.equal([flags, flags, flags])
    })
  }

  const BROKEN = {
    none: {},
    'version 00 and a tail': { traceparent: `00-${TRACE}-${CALLERS_SPAN}-01-more` },
    'version 00 and a dash at its end': { traceparent: `00-${TRACE}-${CALLERS_SPAN}-01-` },
    'a later version and a tail without a dash': { traceparent: `01-${TRACE}-${CALLERS_SPAN}-01.more` },
    'upper case': { traceparent: `00-${TRACE.toUpperCase()}-${CALLERS_SPAN}-01` },
    'an all-zero span': { traceparent: `00-${TRACE}-${'0'.repeat(16)}-01` },
    // As a server sees two headers of that name.
    'two traces': { traceparent: `00-${TRACE}-${CALLERS_SPAN}-01, 00-${TRACE}-${CALLERS_SPAN}-01` },
    'an all-zero trace': { traceparent: `00-${'0'.repeat(32)}-${CALLERS_SPAN}-01` },
    'a version that may not be': { traceparent: `ff-${TRACE}-${CALLERS_SPAN}-01` },
    'anything else': { traceparent: 'x'.repeat(1000) },
  }
  for (const [name, headers] of Object.entries<Record<string, string>>(BROKEN)) {
    it(`begins anew for a request with ${name}`, async () => {
      const traces = (await traceparents(headers)).map((value) => TRACEPARENT.exec(value)?.[1])
      expect(new Set(traces).size).to.equal(1)
      expect(traces[0]).to.be.a('string').and.not.equal(TRACE)
    })
  }
})
