import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const ALL = { all_items: true }
const CANCELED = -32103

describe('order.cancel', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  const createOrder = async (uniqueId: string, shipmentIds: readonly string[] = []) => {
    const label = Buffer.from(await makePdf({ pages: 1, widthPt: 612, heightPt: 792 })).toString('base64')
    const instruction = { note: 'Label', file_name: 'label.pdf', file_content: label }
    await server.rpc.call('order.create', [
      null,
      { A: 1 },
      null,
      { unique_id: uniqueId, instructions: [instruction] },
    ])
    for (const shipment_id of shipmentIds) {
      await server.rpc.call('shipment.create', [uniqueId, { shipment_id, packages: 2 }])
    }
  }

  const cancel = (uniqueId: string, options: object, fields?: unknown) =>
    server.rpc.call('order.cancel', [uniqueId, options, fields])

  const eventsOf = (resourceId: string) =>
    server.db('events').where({ resource_id: resourceId }).orderBy('sequence').pluck('type')

  /** Confirms all instructions of a package while no printer prints. */
  const queueJobs = async (packageId: string): Promise<string[]> => {
    await server.db('printers').update({ is_paused: true })
    const view = await server.rpc.call(
      'packing.open',
      [packageId, { station_id: server.credentials.station_id }],
      'packer',
    )
    const jobs: string[] = []
    for (const { instruction_id } of view.occurrences) {
      const confirmed = await server.rpc.call('packing.confirm', [instruction_id, packageId], 'packer')
      jobs.push(confirmed.print_job.id)
    }
    return jobs
  }

  it('cancels the order with its shipments, and tells of it once', async () => {
    await createOrder('whole', ['whole-1', 'whole-2'])
    const { success, warnings, order } = await cancel('whole', ALL, ['state', 'shipments', 'status_history'])
    expect({ success, warnings }).to.deep.equal({ success: true, warnings: [] })
    expect(order).to.include({ unique_id: 'whole', state: 'canceled' })
    const statuses = order.shipments.map(({ status }: { status: string }) => status)
    expect(statuses).to.deep.equal(['canceled', 'canceled'])
    expect(order.status_history.at(-1)).to.include({ status: 'canceled' })
    expect(await eventsOf('whole')).to.deep.equal(['order.created', 'order.canceled'])
  })

  it('answers the default fields of the order, unless told otherwise', async () => {
    await createOrder('plain')
    const { order } = await cancel('plain', ALL)
    expect(Object.keys(order)).to.deep.equal(['order_id', 'unique_id', 'order_ref'])
  })

  it('is 103 for an order that is canceled, and of two calls at once for the second', async () => {
    await createOrder('twice')
    const both = await Promise.allSettled([cancel('twice', ALL), cancel('twice', ALL)])
    expect(both.map(({ status }) => status)).to.have.members(['fulfilled', 'rejected'])
    expect(await server.rpc.fault('order.cancel', ['twice', ALL])).to.include({ code: CANCELED })
    const request = { cancellation_request: true }
    expect(await server.rpc.fault('order.cancel', ['twice', request])).to.include({ code: CANCELED })
    expect(await eventsOf('twice')).to.deep.equal(['order.created', 'order.canceled'])
  })

  it('cancels the queued print jobs of its instructions, of deleted ones too, and no others', async () => {
    await createOrder('queued', ['queued-1'])
    await createOrder('bystander', ['bystander-1'])
    const [job] = await queueJobs('queued-1-1')
    const [other] = await queueJobs('bystander-1-1')
    const [instruction] = await server.rpc.call('order_instruction.list', ['queued'])
    await server.rpc.call('order_instruction.delete', [instruction.instruction_id])

    expect(await cancel('queued', ALL)).to.include({ success: true })

    const statusOf = (id: string | undefined) => server.db('print_jobs').where({ job_id: id }).first()
    expect(await statusOf(job)).to.include({
      status: 'canceled',
      reason: 'job-canceled-by-user: demo canceled the order',
    })
    expect(await statusOf(other)).to.include({ status: 'queued' })
    expect(await eventsOf(job as string)).to.deep.equal([
      'cloud_printing.job.created',
      'cloud_printing.job.canceled',
    ])
  })

  it('cancels no item of an order with a packed package, and changes nothing', async () => {
    await createOrder('packed', ['packed-1'])
    await queueJobs('packed-1-1')
    await server.rpc.call('packing.finish', ['packed-1-1'], 'packer')
    const before = await server.rpc.call('order.info', ['packed', ['*', 'shipments']])
    const { success, warnings, order } = await cancel('packed', ALL, ['*', 'shipments'])
    expect(success).to.equal(false)
    expect(warnings).to.deep.equal(['A package of the order is already packed.'])
    expect(order).to.deep.equal(before)
    expect(await eventsOf('packed')).to.deep.equal(['order.created'])
  })

  it('cancels unfulfilled items as long as there is no shipment', async () => {
    await createOrder('unfulfilled')
    expect(await cancel('unfulfilled', { unfulfilled_items: true })).to.include({ success: true })
    await createOrder('fulfilled', ['fulfilled-1'])
    const { success, warnings, order } = await cancel('fulfilled', { unfulfilled_items: true }, 'state')
    expect({ success, state: order.state }).to.deep.equal({ success: false, state: 'processing' })
    expect(warnings).to.deep.equal(['The order has a shipment: all its items are in it.'])
  })

  it('cancels no backordered items and keeps no requests, since there are none here', async () => {
    await createOrder('backordered')
    for (const option of ['backordered_items', 'cancellation_request']) {
      const { success, warnings, order } = await cancel('backordered', { [option]: true }, 'state')
      expect({ success, state: order.state }, option).to.deep.equal({ success: false, state: 'new' })
      expect(warnings, option).to.have.length(1)
    }
  })

  it('leaves nothing to pack and takes no further shipment', async () => {
    await createOrder('closed', ['closed-1'])
    await cancel('closed', ALL)
    expect(await server.rpc.fault('packing.open', ['closed-1-1'], 'packer')).to.include({ code: -32101 })
    expect(await server.rpc.fault('shipment.create', ['closed'])).to.include({ code: -32102 })
  })

  it('is 102 unless exactly one of the options is true', async () => {
    const two = { all_items: true, unfulfilled_items: true }
    for (const options of [undefined, null, [], {}, { all_items: false }, { all: true }, two, 'all_items']) {
      const fault = await server.rpc.fault('order.cancel', ['100000309', options])
      expect(fault, JSON.stringify(options)).to.include({ code: -32102 })
      expect(fault.data, JSON.stringify(options)).to.include({ field: 'options' })
    }
    for (const value of [1, 'true', [true]]) {
      const fault = await server.rpc.fault('order.cancel', ['100000309', { all_items: value }])
      expect(fault.data, String(value)).to.deep.equal({ field: 'all_items', reason: 'invalid' })
    }
  })

  it('takes the other options as null or false', async () => {
    await createOrder('verbose')
    const options = { backordered_items: null, unfulfilled_items: false, all_items: true }
    expect(await cancel('verbose', options)).to.include({ success: true })
  })

  it('is 100 for whatever names no order of this merchant', async () => {
    for (const id of ['', 'abc', -1, 1.5, '9'.repeat(30), 'a\0', '\ud800']) {
      expect(await server.rpc.fault('order.cancel', [id, ALL]), String(id)).to.include({ code: -32100 })
    }
    expect(await server.rpc.fault('order.cancel', ['100000309', ALL], 'demo-other')).to.include({
      code: -32100,
    })
  })

  it('is fault 6 without an id, and for merchants alone', async () => {
    expect(await server.rpc.fault('order.cancel', [null, ALL])).to.include({ code: -32006 })
    expect(await server.rpc.fault('order.cancel', ['100000309', ALL], 'packer')).to.include({ code: -32002 })
  })
})
