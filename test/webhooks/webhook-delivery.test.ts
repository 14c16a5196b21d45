import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { eventually } from '../helpers/eventually.ts'
import { type Received, startWebhookReceiver, withStatus } from '../helpers/webhook-receiver.ts'
import { openWebhookWorkspace, type WebhookWorkspace } from './webhook-fixtures.ts'

describe('the delivery of webhooks', () => {
  let workspace: WebhookWorkspace

  beforeEach(async () => {
    workspace = await openWebhookWorkspace()
  })
  afterEach(() => workspace.stop())

  const endOf = (webhookId: string) =>
    eventually('the delivery ends', async () => {
      const [delivery] = await workspace.deliveries(webhookId)
      return delivery === undefined || delivery.status === 'pending' ? undefined : delivery
    })

  it('brings an event with a signature that the published library accepts', async () => {
    const { receiver } = workspace
    const webhook = await workspace.subscribe(['order.created'], {
      headers: {
        'X-Own': 'yes',
        'Webhook-Id': 'forged',
        'webhook-signature': 'v1,forged',
        'User-Agent': 'mine',
      },
    })
    await workspace.newOrder('W-1')
    const [request] = (await receiver.atLeast(1)) as [Received]
    const { text, json, headers } = request
    expect(new Webhook(webhook.secret).verify(text, headers as Record<string, string>)).to.deep.equal(json)
    expect(headers).to.include({
      'content-type': 'application/json',
      'webhook-id': json.id,
      'x-own': 'yes',
      'user-agent': 'mine',
    })
    expect(Number(headers['webhook-timestamp'])).to.be.closeTo(Date.now() / 1_000, 30)
    expect(json).to.deep.include({
      object: 'event',
      type: 'order.created',
      location_id: null,
      sequence: 1,
    })
    expect(json.id).to.match(/^evt_[0-9A-Za-z]{22}$/)
    expect(json.timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const info = await workspace.server.rpc.call('order.info', ['W-1', '*'])
    expect(json.data).to.deep.equal(info)
    const delivery = await endOf(webhook.id)
    expect(delivery).to.deep.include({
      object: 'webhook_delivery',
      event_id: json.id,
      type: 'order.created',
      status: 'delivered',
      next_attempt_at: null,
    })
    expect(delivery.id).to.match(/^dlv_[0-9A-Za-z]{22}$/)
    expect(delivery.attempts).to.have.length(1)
    expect(delivery.attempts[0]).to.include({ status_code: 204, error: null })
  })

  it('tries again with the same id and a fresh signature until the receiver takes it', async () => {
    const { receiver } = workspace
    receiver.respond((_request, response) =>
      withStatus(receiver.received.length < 3 ? 500 : 200)(_request, response),
    )
    const webhook = await workspace.subscribe(['order.created'])
    await workspace.newOrder('W-2')
    const delivery = await endOf(webhook.id)
    expect(delivery.status).to.equal('delivered')
    expect(delivery.attempts.map(({ status_code }: { status_code: number }) => status_code)).to.deep.equal([
      500, 500, 200,
    ])
    expect(delivery.attempts[0].error).to.equal('answered with status 500')
    const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']))
    expect(ids.size).to.equal(1)
    for (const { text, headers } of receiver.received)
      new Webhook(webhook.secret).verify(text, headers as Record<string, string>)
  })

  it('gives up after the last delay, and tells so', async () => {
    workspace.receiver.respond(withStatus(301, { location: workspace.receiver.url }))
    const webhook = await workspace.subscribe(['order.created'])
    await workspace.newOrder('W-3')
    const delivery = await endOf(webhook.id)
    expect(delivery.status).to.equal('failed')
    expect(delivery.attempts).to.have.length(4)
    expect(workspace.receiver.received).to.have.length(4)
  })

  it('heeds a longer Retry-After', async () => {
    const { receiver } = workspace
    receiver.respond(withStatus(503, { 'retry-after': '3600' }))
    const webhook = await workspace.subscribe(['order.created'])
    await workspace.newOrder('W-4')
    const delivery = await eventually('the first attempt is recorded', async () => {
      const [found] = await workspace.deliveries(webhook.id)
      return found?.attempts.length === 1 ? found : undefined
    })
    expect(delivery.status).to.equal('pending')
    expect(new Date(delivery.next_attempt_at).getTime() - Date.now()).to.be.within(3_500_000, 3_600_000)
  })

  it('is over for a receiver that answers 410, until it is enabled again', async () => {
    const { receiver, admin } = workspace
    receiver.respond(withStatus(410))
    const webhook = await workspace.subscribe(['order.created'])
    await workspace.newOrder('W-5')
    expect((await endOf(webhook.id)).status).to.equal('failed')
    const { json } = await admin.get(`/v1/webhooks/${webhook.id}`)
    expect(json.data).to.include({
      status: 'disabled',
      disabled_reason: 'the receiver answered 410 Gone',
    })
    await workspace.newOrder('W-6')
    await workspace.published()
    receiver.respond(withStatus(200))
    const enabled = await admin.post(`/v1/webhooks/${webhook.id}`, { status: 'enabled' })
    expect(enabled.json.data).to.include({ status: 'enabled', disabled_reason: null })
    await workspace.newOrder('W-7')
    await receiver.atLeast(2)
    expect(receiver.received.map(({ json: body }) => body.data.unique_id)).to.deep.equal(['W-5', 'W-7'])
  })

  it('reaches a receiver that was down once it is back', async () => {
    const gone = await startWebhookReceiver()
    await gone.close()
    const webhook = await workspace.subscribe(['order.created'], { url: gone.url })
    await workspace.newOrder('W-8')
    await eventually('an attempt has failed', async () => {
      const [found] = await workspace.deliveries(webhook.id)
      return found?.attempts.length > 0 ? found : undefined
    })
    const back = await startWebhookReceiver(Number(new URL(gone.url).port))
    await back.atLeast(1)
    const delivery = await endOf(webhook.id)
    expect(delivery.attempts[0]).to.include({ status_code: null })
    expect(delivery.attempts[0].error).to.match(/^unreachable: /)
    expect(delivery.status).to.equal('delivered')
    await back.close()
  })

  it('waits five seconds for a receiver that hangs, and lets no other wait for it', async function () {
    this.timeout(20_000)
    const hanging = await startWebhookReceiver()
    hanging.respond(() => undefined)
    const slow = await workspace.subscribe(['order.created'], { url: hanging.url })
    await workspace.subscribe(['order.created'])
    for (let number = 1; number <= 6; number += 1) await workspace.newOrder(`H-${number}`)
    await workspace.receiver.atLeast(6)
    const pending = await workspace.deliveries(slow.id)
    expect(pending.every(({ attempts }) => attempts.length === 0)).to.equal(true)
    expect(hanging.received.length).to.be.at.most(4)
    const attempt = await eventually('the first request is given up', async () => {
      const found = await workspace.deliveries(slow.id)
      return found.flatMap(({ attempts }) => attempts)[0]
    })
    expect(attempt.error).to.match(/^timeout: /)
    expect(attempt.duration_ms).to.be.within(4_900, 6_500)
    await hanging.close()
  })

  it('keeps the order of a resource in first attempts, while retries come when they come', async () => {
    const { receiver, server } = workspace
    let failures = 0
    receiver.respond((request, response) => {
      const isFirst = request.json.sequence === 1 && failures === 0
      if (isFirst) failures += 1
      withStatus(isFirst ? 500 : 200)(request, response)
    })
    await workspace.subscribe(['order_instruction.*'])
    await workspace.newOrder('W-9')
    const created = await server.rpc.call('order_instruction.create', ['W-9', 'one'])
    for (const note of ['two', 'three', 'four'])
      await server.rpc.call('order_instruction.edit', [created.instruction_id, note])
    await server.rpc.call('order_instruction.delete', [created.instruction_id])
    await receiver.atLeast(6)
    const sequences = receiver.received.map(({ json }) => json.sequence)
    const firsts = sequences.filter((sequence, index) => sequences.indexOf(sequence) === index)
    expect(firsts).to.deep.equal([1, 2, 3, 4, 5])
    expect(sequences.filter((sequence) => sequence === 1)).to.have.length(2)
    expect(receiver.received.map(({ json }) => json.type)).to.include('order_instruction.deleted')
  })

  it('is repeated on request with the same id, whatever became of it', async () => {
    const { receiver, admin } = workspace
    const webhook = await workspace.subscribe(['order.created'])
    await workspace.newOrder('W-10')
    const first = await endOf(webhook.id)
    const path = `/v1/webhooks/${webhook.id}/deliveries/${first.id}/redeliver`
    const { status, json } = await admin.post(path)
    expect([status, json.data.status, json.message]).to.deep.equal([
      200,
      'pending',
      'Webhook delivery updated',
    ])
    const [one, two] = await receiver.atLeast(2)
    expect(two?.headers['webhook-id']).to.equal(one?.headers['webhook-id'])
    expect(two?.text).to.equal(one?.text)
    const again = await endOf(webhook.id)
    expect(again.id).to.equal(first.id)
    expect(again.attempts).to.have.length(2)
    expect((await admin.post(`/v1/webhooks/${webhook.id}/deliveries/dlv_none/redeliver`)).status).to.equal(
      404,
    )
    expect((await admin.post(`/v1/webhooks/whk_none/deliveries/${first.id}/redeliver`)).status).to.equal(404)
  })

  it('signs with both secrets after a new one was set', async () => {
    const { receiver, admin } = workspace
    const webhook = await workspace.subscribe(['order.created'])
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    const { json } = await admin.post(`/v1/webhooks/${webhook.id}`, { secret })
    expect(json.data.secret).to.equal(secret)
    await workspace.newOrder('W-11')
    const [request] = await receiver.atLeast(1)
    expect(request?.headers['webhook-signature']).to.match(/^v1,\S+ v1,\S+$/)
    for (const known of [secret, webhook.secret])
      new Webhook(known).verify(request?.text ?? '', request?.headers as Record<string, string>)
    await workspace.server.db.raw(`update webhooks set previous_secret_until = now() - interval '1 second'`)
    await workspace.newOrder('W-12')
    await receiver.atLeast(2)
    expect(receiver.received[1]?.headers['webhook-signature']).to.match(/^v1,\S+$/)
  })
})
