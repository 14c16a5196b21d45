import { expect } from 'chai'
import { readEvents } from '../helpers/event-stream.ts'
import { Floor } from './packing-fixtures.ts'

/** What a reader that knows none of them is told: `Last-Event-ID` of an event that is forgotten. */
const FORGOTTEN = `evt_${'0'.repeat(22)}`

describe('the event order_instruction.confirmed', () => {
  let floor: Floor
  before(async () => {
    floor = await Floor.start()
  })
  after(() => floor.server.stop())

  /** The first `count` events of that instruction, as `/v1/events` tells them. */
  async function told(instructionId: number, count: number): Promise<any[]> {
    const { url, credentials } = floor.server
    const reader = await readEvents(`${url}/v1/events?topics=order_instruction.confirmed`, {
      'PX-API-KEY': credentials.admin.api_key,
      'Last-Event-ID': FORGOTTEN,
    })
    try {
      const events: any[] = []
      while (events.length < count) {
        const { data } = (await reader.next()) as { data: any }
        if (data.data.instruction_id === instructionId) events.push(data)
      }
      return events
    } finally {
      reader.close()
    }
  }

  it('has all confirmations that there were then, and the one just made', async () => {
    const { order, packages } = await floor.order([3])
    const id = await floor.note(order, { presentation: 'once_per_package' })
    const made = []
    for (const pack of packages) made.push((await floor.packer.confirm(id, pack)).confirmation)
    const events = await told(id, 3)
    for (const [index, { sequence, location_id, data }] of events.entries()) {
      expect(sequence, 'after its creation').to.equal(index + 2)
      expect(location_id).to.equal(floor.server.credentials.location_id)
      expect(data).to.include({ note: 'Wrap it well', copies_printed: '0' })
      expect(data.confirmation).to.deep.equal(made[index])
      expect(data.confirmations.map((one: any) => one.confirmed_id)).to.deep.equal(
        made.slice(0, index + 1).map((one) => one?.confirmed_id),
      )
    }
    const [listed] = await floor.server.rpc.call('order_instruction.list', [order])
    expect(events[2].data.confirmations).to.deep.equal(listed.confirmations)
  })

  it('is stored without those before it, however many, and told with them', async () => {
    const { order, packages } = await floor.order([200])
    const id = await floor.note(order, { presentation: 'once_per_package' })
    const [last = '', ...others] = packages
    await floor.db.raw(
      `insert into confirmations (instruction_id, occurrence, revision, package_id, user_id, confirmed_by)
       select ?, 'package:' || package_id, 1, package_id, ?, 'packer' from unnest(?::text[]) as package_id`,
      [id, floor.packer.id, others],
    )
    await floor.packer.confirm(id, last)
    const [stored] = await floor.rows<{ size: number }>(
      `select length(data::text) as size from events where type = 'order_instruction.confirmed' and resource_id = ?`,
      [String(id)],
    )
    expect(stored?.size).to.be.within(1, 2_000)
    const [event] = await told(id, 1)
    expect(event.data.confirmations).to.have.length(200)
  })
})
