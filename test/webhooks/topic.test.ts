import { expect } from 'chai'
import { EVENT_TYPES } from '../../lib/webhooks/event.ts'
import { isRpcTopic, isTopic, patternsOf, subscribedName } from '../../lib/webhooks/topic.ts'

describe('topics', () => {
  it('are types, families of types, and *', () => {
    for (const topic of [
      ...EVENT_TYPES,
      '*',
      'order.*',
      'cloud_printing.*',
      'cloud_printing.job.*',
      'package.*',
    ])
      expect(isTopic(topic), topic).to.equal(true)
    for (const topic of [
      '',
      'order',
      '.*',
      'order.shipped',
      'cloud.*',
      'order.*.*',
      '**',
      'order:created',
      ' *',
    ])
      expect(isTopic(topic), topic).to.equal(false)
  })

  it("of the RPC interface may have ShipStream's form, known or not", () => {
    for (const topic of ['order:created', 'inventory:adjusted', '*', 'order.created'])
      expect(isRpcTopic(topic), topic).to.equal(true)
    for (const topic of ['', 'order', 'Order:created', 'a:b:c', 'order.shipped', 'order:'])
      expect(isRpcTopic(topic), topic).to.equal(false)
  })

  it('fire under the names that they were subscribed to', () => {
    const topics = ['inventory:adjusted', 'order:created', 'shipment.packed', 'package.*']
    expect(patternsOf(topics)).to.deep.equal(['order.created', 'shipment.packed', 'package.*'])
    expect(subscribedName(topics, 'order.created')).to.equal('order:created')
    expect(subscribedName(topics, 'shipment.packed')).to.equal('shipment.packed')
    expect(subscribedName(topics, 'package.packed')).to.equal('package.packed')
  })
})
