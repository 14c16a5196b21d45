import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { Floor, faultNumber, type OccurrenceJson, type ViewJson } from './packing-fixtures.ts'

interface PreviewJson {
  readonly order_unique_id: string
  readonly packages: readonly ViewJson['package'][]
  readonly occurrences: readonly (OccurrenceJson & {
    readonly applies_to: { readonly kind: string; readonly id: string }
    readonly printer: { readonly id: string; readonly name: string; readonly station: object } | null
    readonly obstacles: readonly string[]
  })[]
}

describe('packing.preview', () => {
  let floor: Floor
  before(async () => {
    floor = await Floor.start()
  })
  after(() => floor.server.stop())

  const preview = (order: unknown) => floor.packer.call<PreviewJson>('packing.preview', [order])

  it('shows every occurrence of the order, why, and the printer of each file', async () => {
    const { order, packages } = await floor.order([2, 1])
    const once = await floor.instruct(order, { print_target: 'LABEL' })
    const shipped = await floor.note(order, { presentation: 'once_per_shipment' })
    const packed = await floor.instruct(order, { presentation: 'once_per_package' })
    await floor.packer.confirm(packed, packages[0])
    const answer = await preview(order)
    expect(answer.order_unique_id).to.equal(order)
    expect(answer.packages.map(({ package_id: id, status }) => `${id} ${status}`)).to.deep.equal(
      packages.map((id) => `${id} packing`),
    )
    const unconfirmed = 'and nobody has confirmed it'
    expect(
      answer.occurrences
        .slice(0, 3)
        .map(({ instruction_id: id, applies_to, state, because, printer }) => [
          id,
          `${applies_to.kind} ${applies_to.id}`,
          state,
          because,
          printer?.name ?? null,
        ]),
    ).to.deep.equal([
      [
        once,
        `order ${order}`,
        'due',
        `falls to whichever package of order ${order} is packed first, ${unconfirmed}`,
        'Label',
      ],
      [
        shipped,
        `shipment ${order}-A`,
        'due',
        `falls to whichever package of shipment ${order}-A is packed first, ${unconfirmed}`,
        null,
      ],
      [
        shipped,
        `shipment ${order}-B`,
        'due',
        `falls to whichever package of shipment ${order}-B is packed first, ${unconfirmed}`,
        null,
      ],
    ])
    const last = answer.occurrences.slice(3)
    expect(last.map(({ applies_to }) => applies_to)).to.deep.equal(
      packages.map((id) => ({ kind: 'package', id })),
    )
    expect(last.map(({ instruction_id: id, state }) => `${id} ${state}`)).to.deep.equal(
      ['confirmed', 'due', 'due'].map((state) => `${packed} ${state}`),
    )
    expect(last.map(({ printer }) => printer?.name)).to.deep.equal(['Laser', 'Laser', 'Laser'])
    expect(last[0]?.because).to.match(new RegExp(`^confirmed for package ${packages[0]} by packer at `))
    expect(last[0]?.print_job?.printer.name).to.equal('Laser')
    expect(last[1]?.because).to.equal(
      `once for each package, and nobody has confirmed it for package ${packages[1]}`,
    )
  })

  it('answers each occurrence key by key', async () => {
    const { order } = await floor.order()
    await floor.instruct(order)
    const [occurrence] = (await preview(order)).occurrences
    expect(Object.keys(occurrence ?? {})).to.deep.equal([
      'instruction_id',
      'revision',
      'note',
      'file_name',
      'presentation',
      'print_target',
      'state',
      'because',
      'confirmation',
      'print_job',
      'applies_to',
      'printer',
      'obstacles',
    ])
    expect(occurrence?.printer?.station).to.deep.equal({
      id: floor.server.credentials.station_id,
      name: 'Station-001',
      display_name: 'Station-001',
    })
    expect(occurrence?.obstacles).to.deep.equal([])
  })

  it('sends each file where packing.confirm then sends it', async () => {
    const { order, packages } = await floor.order([1])
    for (const print_target of ['LASER', 'LABEL', 'SMALL_LABEL'])
      await floor.instruct(order, { print_target })
    const { occurrences } = await preview(order)
    const predicted = occurrences.map(({ printer }) => printer?.name)
    expect(predicted).to.deep.equal(['Laser', 'Label', 'Small label'])
    for (const { instruction_id: id, printer } of occurrences) {
      const { print_job: job } = await floor.packer.confirm(id, packages[0])
      expect(job?.printer.name).to.equal(printer?.name)
    }
  })

  it('says why no printer can print a file, in the location of its package', async () => {
    const { locationId, warehouseId } = await floor.location('Labels')
    await floor.station({ name: 'Labels', locationId, printers: [{ name: 'Far label', pool: 'LABEL' }] })
    const { order } = await floor.order([1], warehouseId)
    await floor.instruct(order)
    const [occurrence] = (await preview(order)).occurrences
    expect(occurrence?.printer).to.equal(null)
    expect(occurrence?.obstacles).to.deep.equal([
      'Far label: pool-not-requested: it is of pool LABEL, not LASER',
    ])
  })

  it('shows for an order without packages what is due once for the order, with the printers at the user’s own place', async () => {
    const { order } = await floor.order([])
    const id = await floor.instruct(order)
    await floor.instruct(order, { presentation: 'once_per_package' })
    const answer = await preview(order)
    expect(answer.packages).to.deep.equal([])
    expect(answer.occurrences).to.have.length(1)
    expect(answer.occurrences[0]).to.include({
      instruction_id: id,
      state: 'due',
      because: 'the order has no package yet',
    })
    expect(answer.occurrences[0]?.printer?.name).to.equal('Laser')
    const roaming = await floor.user('supervisor', { locationId: null })
    const seen = await roaming.call<PreviewJson>('packing.preview', [order])
    expect(seen.occurrences[0]?.printer).to.equal(null)
  })

  it('changes nothing in any table', async () => {
    const { order, packages } = await floor.order([2])
    const id = await floor.instruct(order)
    await floor.instruct(order, { presentation: 'once_per_package' })
    await floor.packer.defer(id, packages[0])
    const idle = await floor.order([1])
    await floor.instruct(idle.order)
    await eventually('all jobs are printed, and everybody told', async () => {
      const waiting = await floor.rows(
        `select from print_jobs where status in ('queued', 'processing')
         union all select from events where stream_position is null`,
      )
      return waiting.length === 0 ? true : undefined
    })
    const before = await contents()
    await preview(order)
    await preview(idle.order)
    expect(await contents()).to.deep.equal(before)
    expect(await floor.shipmentStatus(`${idle.order}-A`)).to.equal('new')
  })

  /** Rows and a digest of every table, but for the leases that dispatchers renew. */
  async function contents(): Promise<Record<string, string>> {
    const tables = await floor.rows<{ name: string }>(
      `select table_name as name from information_schema.tables
       where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'printer_leases'`,
    )
    expect(tables.length).to.be.greaterThan(10)
    const found: Record<string, string> = {}
    for (const { name } of tables) {
      const [row] = await floor.rows<{ digest: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from ?? t`,
        [name],
      )
      found[name] = row?.digest ?? ''
    }
    return found
  }

  it('takes a large order', async () => {
    const { order } = await floor.order([200, 200])
    for (let count = 1; count <= 5; count += 1)
      await floor.instruct(order, { presentation: 'once_per_package' })
    const { occurrences } = await preview(order)
    expect(occurrences).to.have.length(2_000)
    expect(new Set(occurrences.map(({ printer }) => printer?.name))).to.deep.equal(new Set(['Laser']))
  })

  it('answers 101 to an order that is not there, 6 without one and 100 to another type', async () => {
    for (const [args, fault] of [
      [['nobody'], 101],
      [['a\0'], 101],
      [[''], 101],
      [[1.5], 101],
      [['100000020-1'], 101],
      [[], 6],
      [[null], 6],
      [[{}], 100],
      [[true], 100],
    ] as const) {
      expect(faultNumber(await floor.packer.fault('packing.preview', args)), JSON.stringify(args)).to.equal(
        fault,
      )
    }
  })
})
