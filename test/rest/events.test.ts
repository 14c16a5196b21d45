import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

interface Message {
  readonly id: string
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: bodies are judged by the assertions
  readonly data: any
}

interface Stream {
  readonly response: IncomingMessage
  readonly text: string
  readonly messages: readonly Message[]
  atLeast(count: number): Promise<readonly Message[]>
  close(): void
}

describe('GET /v1/events', () => {
  let workspace: RestWorkspace
  let streams: Stream[]

  beforeEach(async () => {
    workspace = await openRestWorkspace()
    streams = []
  })
  afterEach(async () => {
    for (const stream of streams) stream.close()
    await workspace.stop()
  })

  async function open(query = '', headers: Record<string, string> = {}): Promise<Stream> {
    const { server } = workspace
    const sent = request(`${server.url}/v1/events${query}`, {
      headers: { 'PX-API-KEY': server.credentials.admin.api_key, ...headers },
    })
    sent.end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    expect(response.statusCode).to.equal(200)
    let text = ''
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    response.on('error', () => undefined)
    const stream: Stream = {
      response,
      get text() {
        return text
      },
      get messages() {
        return parse(text)
      },
      atLeast: (count) =>
        eventually(`message ${count} of a stream`, () =>
          stream.messages.length >= count ? stream.messages : undefined,
        ),
      close: () => response.destroy(),
    }
    streams.push(stream)
    return stream
  }

  const newOrder = (id: string) =>
    workspace.server.rpc.call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: id }])
  const namesOf = (messages: readonly Message[]) => messages.map(({ data }) => data.data.unique_id)

  it('tells a place of the instructions of orders that ship from it, and of no others', async () => {
    const { server } = workspace
    const { location_id: here } = server.credentials
    const far = await workspace.newLocation('Far')
    const ship = async (id: string, locationId: string) => {
      await server.rpc.call('shipment.create', [id, { shipment_id: `${id}-s-${locationId}`, packages: 1 }])
      await server.db.raw(
        `update shipments set (location_id, warehouse_id) =
           (select location_id, warehouse_id from locations where location_id = ?) where shipment_id = ?`,
        [locationId, `${id}-s-${locationId}`],
      )
    }
    for (const id of ['HERE', 'FAR', 'BOTH', 'NOWHERE']) await newOrder(id)
    await ship('HERE', here)
    await ship('FAR', far)
    await ship('BOTH', here)
    await ship('BOTH', far)
    const key = async (locationId: string) => {
      const { json } = await workspace.admin.post('/v1/api-keys', {
        name: 'place',
        scopes: ['webhooks:read'],
        limit_to_location: locationId,
      })
      return { 'PX-API-KEY': json.data.api_key }
    }
    const topics = '?topics=order_instruction.*'
    const [ofHere, ofFar, ofAll] = [
      await open(topics, await key(here)),
      await open(topics, await key(far)),
      await open(topics),
    ]
    for (const id of ['NOWHERE', 'FAR', 'BOTH', 'HERE', 'FAR']) {
      await server.rpc.call('order_instruction.create', [id, `for ${id}`])
    }
    const notesOf = (messages: readonly Message[]) => messages.map(({ data }) => data.data.note)
    await ofAll.atLeast(5)
    expect(notesOf(await ofHere.atLeast(2))).to.deep.equal(['for BOTH', 'for HERE'])
    expect(notesOf(await ofFar.atLeast(3))).to.deep.equal(['for FAR', 'for BOTH', 'for FAR'])
  })

  it('sends what happens from now on, as webhooks would', async () => {
    await newOrder('before')
    await eventually('it is published', async () => {
      const { rows } = await workspace.server.db.raw('select 1 from events where stream_position is not null')
      return rows.length > 0 ? true : undefined
    })
    const stream = await open()
    expect(stream.response.headers['content-type']).to.match(/^text\/event-stream/)
    expect(stream.response.headers['cache-control']).to.equal('no-store')
    await newOrder('E-1')
    const [message] = await stream.atLeast(1)
    expect(message?.event).to.equal('order.created')
    expect(message?.id).to.equal(message?.data.id)
    expect(message?.data).to.deep.include({
      object: 'event',
      type: 'order.created',
      sequence: 1,
      location_id: null,
    })
    expect(message?.data.data.unique_id).to.equal('E-1')
  })

  it('goes on after the event that the reader has, however often it comes back', async () => {
    const first = await open()
    await newOrder('E-1')
    const [seen] = await first.atLeast(1)
    first.close()
    for (const id of ['E-2', 'E-3', 'E-4']) await newOrder(id)
    const second = await open('', { 'Last-Event-ID': seen?.id ?? '' })
    const missed = await second.atLeast(3)
    expect(namesOf(missed)).to.deep.equal(['E-2', 'E-3', 'E-4'])
    await newOrder('E-5')
    expect(namesOf(await second.atLeast(4))).to.deep.equal(['E-2', 'E-3', 'E-4', 'E-5'])
    const third = await open('', { 'Last-Event-ID': missed[1]?.id ?? '' })
    expect(namesOf(await third.atLeast(2))).to.deep.equal(['E-4', 'E-5'])
  })

  it('goes back no further than a day, and from an unknown id not at all', async () => {
    await newOrder('E-1')
    await newOrder('E-2')
    const { db } = workspace.server
    const rows = await eventually('both are published', async () => {
      const found = await db('events').whereNotNull('stream_position').orderBy('stream_position')
      return found.length === 2 ? found : undefined
    })
    const longAgo = new Date(Date.now() - 86_500_000)
    await db('events').where({ event_id: rows[0].event_id }).update({ created_at: longAgo })
    const forgotten = await open('', { 'Last-Event-ID': 'evt_0000000000000000000000' })
    expect(namesOf(await forgotten.atLeast(1))).to.deep.equal(['E-2'])
    const unknown = await open('', { 'Last-Event-ID': 'nothing of ours' })
    await newOrder('E-3')
    expect(namesOf(await unknown.atLeast(1))).to.deep.equal(['E-3'])
  })

  it('takes topics and families, and refuses others', async () => {
    const { rpc } = workspace.server
    const stream = await open('?topics=order_instruction.*,order.canceled')
    await newOrder('E-1')
    await rpc.call('order_instruction.create', ['E-1', 'a note'])
    await rpc.call('order.cancel', ['E-1', { all_items: true }])
    const messages = await stream.atLeast(2)
    expect(messages.map(({ event }) => event)).to.deep.equal(['order_instruction.created', 'order.canceled'])
    for (const topics of ['', 'order', 'order.created,nothing', 'order:created']) {
      const { status, json } = await workspace.admin.get(`/v1/events?topics=${topics}`)
      expect([status, json.code], topics).to.deep.equal([400, 'validation_error'])
    }
  })

  it("tells a place's events alone to who asks for them or may have no others", async () => {
    const { rpc, credentials } = workspace.server
    const there = await workspace.newLocation('there')
    const scopes = { name: 'x', scopes: ['webhooks:read'] }
    const made = await workspace.admin.post('/v1/api-keys', { ...scopes, limit_to_location: there })
    const limited = await open('', { 'PX-API-KEY': made.json.data.api_key })
    const here = await open(`?location_id=${credentials.location_id}`)
    const everything = await open()
    await newOrder('E-1')
    await rpc.call('shipment.create', ['E-1', { shipment_id: 'E-1-s' }])
    await rpc.call('packing.finish', ['E-1-s-1'], 'packer')
    await everything.atLeast(4)
    const messages = await here.atLeast(3)
    expect(messages.map(({ event }) => event)).to.deep.equal([
      'package.packed',
      'shipment.packed',
      'order.completed',
    ])
    expect(limited.messages).to.deep.equal([])
    const { status, json } = await workspace.admin
      .as(made.json.data.api_key)
      .get(`/v1/events?location_id=${credentials.location_id}`)
    expect([status, json.code]).to.deep.equal([403, 'location_access'])
  })

  it('writes a comment every fifteen seconds', async function () {
    this.timeout(30_000)
    const stream = await open()
    const [chunk] = (await once(stream.response, 'data')) as [string]
    expect(chunk).to.equal(':\n\n')
  })

  it('ends when the server drains', async () => {
    const stream = await open()
    const ended = once(stream.response, 'end')
    const stopped = workspace.server.pause()
    await ended
    await stopped
  })

  it('is refused to one more than ten readers of a key, and to HEAD', async () => {
    for (let count = 0; count < 10; count += 1) await open()
    const refused = await workspace.admin.get('/v1/events')
    expect([refused.status, refused.json.code]).to.deep.equal([429, 'rate_limited'])
    streams.pop()?.close()
    await eventually('a place is free again', async () => {
      const sent = await fetch(`${workspace.server.url}/v1/events`, {
        headers: { 'PX-API-KEY': workspace.server.credentials.admin.api_key },
      })
      await sent.body?.cancel()
      return sent.status === 200 ? true : undefined
    })
    expect((await workspace.admin.send('HEAD', '/v1/events')).status).to.equal(405)
  })
})

function parse(text: string): Message[] {
  const blocks = text.split('\n\n').slice(0, -1)
  return blocks.flatMap((block) => {
    const match = /^id: (\S+)\nevent: (\S+)\ndata: (.+)$/.exec(block)
    return match ? [{ id: match[1] ?? '', event: match[2] ?? '', data: JSON.parse(match[3] ?? '') }] : []
  })
}
