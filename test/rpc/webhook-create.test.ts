import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type Received, startWebhookReceiver, type WebhookReceiver } from '../helpers/webhook-receiver.ts'
import { newestWebhook, WEBHOOK } from './webhook-fixtures.ts'

const INVALID = -32101

describe('webhook.create', () => {
  let server: TestServer
  let receiver: WebhookReceiver

  beforeEach(async () => {
    receiver = await startWebhookReceiver()
    server = await startServer({ env: { EGRESS_ALLOW: '127.0.0.1' } })
  })
  afterEach(async () => {
    await server.stop()
    await receiver.close()
  })

  const subscribe = (more: object) =>
    server.rpc.call('webhook.create', [{ ...WEBHOOK, url: receiver.url, ...more }])
  const newOrder = (id: string, as: 'demo' | 'demo-other' = 'demo') =>
    server.rpc.call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: id }], as)
  const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('base64')

  it('takes what a connector sends, for events that there are and for those that there are not', async () => {
    for (const webhook of [
      WEBHOOK,
      { ...WEBHOOK, topics: ['order.created', 'order:canceled', 'shipment:packed', 'package:packed', '*'] },
      { ...WEBHOOK, topics: 'inventory:adjusted, delivery:received' },
      { ...WEBHOOK, is_active: true, extra_headers: null },
      { ...WEBHOOK, is_active: false, extra_headers: '', unknown: 1 },
      { ...WEBHOOK, secret_key: '8 signs.' },
    ])
      expect(await server.rpc.call('webhook.create', [webhook]), JSON.stringify(webhook)).to.equal(true)
  })

  it('refuses what it could not use, and names the member', async () => {
    const cases: readonly [object, string][] = [
      [{ url: 'ftp://hooks.example' }, 'url'],
      [{ url: 'http://10.0.0.1/' }, 'url'],
      [{ url: null }, 'url'],
      [{ topics: '' }, 'topics.0'],
      [{ topics: [] }, 'topics'],
      [{ topics: 'order.shipped' }, 'topics.0'],
      [{ topics: 7 }, 'topics'],
      [{ topics: ['order.created', null] }, 'topics.1'],
      [{ secret_key: undefined }, 'secret_key'],
      [{ secret_key: '7 signs' }, 'secret_key'],
      [{ secret_key: 'x'.repeat(192) }, 'secret_key'],
      [{ is_active: 2 }, 'is_active'],
      [{ is_active: 'yes' }, 'is_active'],
      [{ extra_headers: 'no colon' }, 'extra_headers'],
      [{ extra_headers: 'Host: elsewhere' }, 'extra_headers'],
      [{ extra_headers: 'a b: c' }, 'extra_headers'],
      [{ extra_headers: ['X-A: 1'] }, 'extra_headers'],
    ]
    for (const [more, field] of cases) {
      const fault = await server.rpc.fault('webhook.create', [{ ...WEBHOOK, ...more }])
      expect([fault.code, fault.data?.['field']], JSON.stringify(more)).to.deep.equal([INVALID, field])
    }
    expect((await server.rpc.fault('webhook.create', ['text'])).code).to.equal(INVALID)
    expect((await server.rpc.fault('webhook.create', [])).code).to.equal(-32006)
    expect((await server.rpc.fault('webhook.create', [WEBHOOK], 'packer')).code).to.equal(-32002)
    expect(await server.rpc.call('webhook.list')).to.deep.equal([])
  })

  it('brings the entity under the name that was subscribed to, signed in both ways', async () => {
    const secret = 'a secret of 24 bytes or more'
    await subscribe({
      topics: 'order:created',
      secret_key: secret,
      extra_headers: 'X-Own: yes\nX-Plugin-Hmac-Sha256: forged',
    })
    await newOrder('O-1')
    const [request] = (await receiver.atLeast(1)) as [Received]
    const { headers, text, json } = request
    expect(json).to.have.all.keys('topic', 'message')
    expect(json.topic).to.equal('order:created')
    const { webhook_increment_id: increment, event_timestamp: timestamp, ...entity } = json.message
    expect(entity).to.deep.equal(await server.rpc.call('order.info', ['O-1', '*']))
    expect(increment).to.equal(1)
    expect(timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
    expect(headers['x-own']).to.equal('yes')
    expect(headers['x-plugin-hmac-sha256']).to.equal(hmac(secret, text))
    const standard = new Webhook(Buffer.from(secret).toString('base64'))
    standard.verify(text, headers as Record<string, string>)
  })

  it('signs with the decoded secret for Standard Webhooks, and with its very text for the other', async () => {
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
    await subscribe({ topics: ['order.created'], secret_key: secret })
    await newOrder('O-2')
    const [request] = (await receiver.atLeast(1)) as [Received]
    new Webhook(secret).verify(request.text, request.headers as Record<string, string>)
    expect(request.headers['x-plugin-hmac-sha256']).to.equal(hmac(secret, request.text))
  })

  it('counts the events of each webhook from one, the same in every attempt', async () => {
    await subscribe({ topics: 'order_instruction.*' })
    await newOrder('O-3')
    const { instruction_id: id } = await server.rpc.call('order_instruction.create', ['O-3', 'a note'])
    await server.rpc.call('order_instruction.edit', [id, 'another'])
    await server.rpc.call('order_instruction.delete', [id])
    const requests = await receiver.atLeast(3)
    expect(requests.map(({ json }) => json.message.webhook_increment_id)).to.deep.equal([1, 2, 3])
    expect(requests.map(({ json }) => json.topic)).to.deep.equal([
      'order_instruction.created',
      'order_instruction.edited',
      'order_instruction.deleted',
    ])
    expect(requests[1]?.json.message).to.include({ instruction_id: id, note: 'another', copies_printed: '0' })
  })

  it('tells confirmations, packages and shipments as their methods do', async () => {
    await newOrder('O-4')
    await server.rpc.call('shipment.create', ['O-4', { shipment_id: 'O-4-s' }])
    const { instruction_id: id } = await server.rpc.call('order_instruction.create', ['O-4', 'a note'])
    await subscribe({
      topics: ['order_instruction.confirmed', 'package:packed', 'shipment:packed', 'order:completed'],
    })
    await server.rpc.call('packing.open', ['O-4-s-1'], 'packer')
    await server.rpc.call('packing.confirm', [id, 'O-4-s-1'], 'packer')
    await server.rpc.call('packing.finish', ['O-4-s-1'], 'packer')
    const requests = await receiver.atLeast(4)
    const messageOf = (topic: string) => requests.find(({ json }) => json.topic === topic)?.json.message
    const confirmed = messageOf('order_instruction.confirmed')
    expect(confirmed.confirmations).to.have.length(1)
    expect(confirmed.confirmation).to.deep.include({
      confirmed_id: confirmed.confirmations[0].confirmed_id,
      confirmed_by: 'packer',
      package_id: 'O-4-s-1',
      revision: 1,
    })
    expect(messageOf('package:packed')).to.include({
      package_id: 'O-4-s-1',
      package_status: 'packed',
      status: 'packed',
    })
    expect(messageOf('shipment:packed')).to.include({
      shipment_id: 'O-4-s',
      status: 'packed',
      shipment_type: 'parcel',
    })
    expect(messageOf('order:completed')).to.include({ unique_id: 'O-4', status: 'complete' })
  })

  it("tells one merchant's events alone, to a webhook that is active", async () => {
    await subscribe({ topics: '*' })
    await subscribe({ topics: '*', is_active: 0 })
    await newOrder('O-5', 'demo-other')
    await newOrder('O-6')
    const [request] = await receiver.atLeast(1)
    expect(request?.json.message.unique_id).to.equal('O-6')
    expect(request?.json.topic).to.equal('order.created')
    const { rows } = await server.db.raw('select count(*)::integer as count from webhook_deliveries')
    expect(rows[0].count).to.equal(1)
    expect((await newestWebhook(server)).is_active).to.equal(0)
  })
})
