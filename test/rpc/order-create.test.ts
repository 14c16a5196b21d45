import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

const ITEMS = { 'SKU-1': 2 }
const FIELDS = [
  'order_id',
  'unique_id',
  'order_ref',
  'state',
  'status',
  'store_code',
  'shipping_method',
  'priority',
  'note',
  'custom_greeting',
  'requested_ship_date',
  'custom_fields',
  'total_item_count',
  'created_at',
  'updated_at',
]

describe('order.create', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  const create = (info: object = {}, more: { items?: unknown; address?: unknown; flags?: unknown } = {}) =>
    server.rpc.call('order.create', argsOf(info, more))
  const refusal = (info: object = {}, more: Record<string, unknown> = {}) =>
    server.rpc.fault('order.create', argsOf(info, more))

  it('answers the order with all but its heavy fields, in the order of the table', async () => {
    const order = await create({ unique_id: 'shape', order_ref: 'PO-7' })
    expect(Object.keys(order)).to.deep.equal(FIELDS)
    expect(order.order_id).to.be.a('number')
    expect(order).to.deep.include({
      unique_id: 'shape',
      order_ref: 'PO-7',
      state: 'new',
      status: 'new',
      store_code: 'web',
      shipping_method: null,
      priority: 50,
      note: null,
      custom_greeting: null,
      requested_ship_date: null,
      custom_fields: null,
      total_item_count: '2.0000',
    })
    expect(order.created_at).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
    expect(order.updated_at).to.equal(order.created_at)
    expect(await server.rpc.call('order.info', ['shape', '*'])).to.deep.equal(order)
  })

  it('keeps what it was given, and accepts other info without using it', async () => {
    const kept = {
      shipping_method: 'ups_03',
      priority: 100,
      note: 'leave at the door',
      custom_greeting: 'Grüße 🎁',
      requested_ship_date: '2022-02-10',
      custom_fields: { gift: true, lines: ['a', { b: null }] },
    }
    const order = await create({ ...kept, signature_required: 'default', order_source: 5 })
    expect(order).to.deep.include(kept)
  })

  it('keeps the day or the moment that an order is to be shipped', async () => {
    const dates = [
      ['2022-02-10', '2022-02-10'],
      ['2022-02-10T14:59:38+00:00', '2022-02-10T14:59:38+00:00'],
      ['2022-02-10 14:59', '2022-02-10T14:59:00+00:00'],
      ['2022-02-10T23:30:00.5-05:00', '2022-02-11T04:30:00+00:00'],
      ['', null],
    ]
    for (const [given, kept] of dates) {
      const order = await create({ requested_ship_date: given })
      expect(order.requested_ship_date, String(given)).to.equal(kept)
    }
  })

  it('is 102 for a ship date that is none', async () => {
    const times = ['2022-02-10T25:00:00Z', '9999-12-31T23:00:00-05:00', '2022-02-10\0']
    for (const given of ['soon', '2022-02-30', '10.02.2022', 'now', 'infinity', ' 2022-02-10', ...times]) {
      const fault = await refusal({ requested_ship_date: given })
      expect(fault, given).to.deep.include({
        code: -32102,
        data: { field: 'requested_ship_date', reason: 'invalid' },
      })
    }
  })

  it('takes arguments by name, also in snake case', async () => {
    const order = await server.rpc.call('order.create', { store_code: 'amazon', items: ITEMS })
    expect(order).to.include({ store_code: 'amazon', order_ref: null })
  })

  it('takes null, [] and {} for address, info and flags, and null for the store', async () => {
    for (const nothing of [null, [], {}]) {
      const order = await server.rpc.call('order.create', [null, ITEMS, nothing, nothing, nothing])
      expect(order).to.include({ store_code: null, state: 'new' })
    }
  })

  it('gives the next free number to an order without unique_id', async () => {
    const first = Number((await create()).unique_id)
    expect(Number((await create({ unique_id: null })).unique_id)).to.be.above(first)
  })

  it('takes an integer for a unique_id', async () => {
    expect(await create({ unique_id: 424242 })).to.include({ unique_id: '424242' })
  })

  it('adds quantities up from numbers and numeric strings, with any text for a SKU', async () => {
    const items = JSON.parse('{"__proto__": "1.5", "constructor": 0.1, "emoji 🎁": 0.2}') as object
    expect(await create({ unique_id: 'skus' }, { items })).to.include({ total_item_count: '1.8000' })
    const { items: kept } = await server.rpc.call('order.info', ['skus', ['items']])
    expect(kept).to.deep.equal([
      { sku: '__proto__', qty: '1.5000', order_item_ref: null },
      { sku: 'constructor', qty: '0.1000', order_item_ref: null },
      { sku: 'emoji 🎁', qty: '0.2000', order_item_ref: null },
    ])
  })

  it('is 104 for a unique_id that exists, another merchant’s too', async () => {
    await create({ unique_id: 'taken' })
    const fault = await refusal({ unique_id: 'taken' })
    expect(fault).to.deep.include({ code: -32104, data: { field: 'unique_id', reason: 'taken' } })
    const other = await server.rpc.fault('order.create', argsOf({ unique_id: 'taken' }), 'demo-other')
    expect(other).to.include({ code: -32104 })
  })

  it('is 104 for an order_ref of this merchant that is to be unique', async () => {
    const flags = { unique_order_ref: true }
    await create({ order_ref: 'PO-8' })
    await create({ order_ref: 'PO-8' })
    expect(await refusal({ order_ref: 'PO-8' }, { flags })).to.include({ code: -32104 })
    const other = argsOf({ order_ref: 'PO-8' }, { flags })
    expect(await server.rpc.call('order.create', other, 'demo-other')).to.include({ order_ref: 'PO-8' })
  })

  it('makes the order and its instructions together', async () => {
    const instructions = [
      { note: 'first', presentation: 'once_per_package' },
      { note: 'second', file_name: 'dot.png', file_content: PNG, external_id: 5 },
    ]
    await create({ unique_id: 'instructed', instructions })
    const listed = await server.rpc.call('order_instruction.list', ['instructed'])
    expect(listed.map(({ note, file_name }: Instruction) => [note, file_name])).to.deep.equal([
      ['first', null],
      ['second', 'dot.png'],
    ])
  })

  it('is 102 and makes no order when an instruction is invalid', async () => {
    const refused: readonly [object, string, string][] = [
      [{ note: ' ' }, 'instructions.1.note', 'invalid'],
      [{}, 'instructions.1.note', 'required'],
      [{ note: 'x', colour: 'red' }, 'instructions.1.colour', 'unknown_option'],
      [
        { note: 'x', file_name: 'a.pdf', file_content: btoa('text') },
        'instructions.1.file_content',
        'wrong_type',
      ],
      [
        { note: 'x', file_request: { url: 'http://127.0.0.1/a.pdf' } },
        'instructions.1.file_request.url',
        'blocked',
      ],
    ]
    for (const [instruction, field, reason] of refused) {
      const fault = await refusal({ unique_id: 'none', instructions: [{ note: 'fine' }, instruction] })
      expect(fault, field).to.deep.include({ code: -32102, data: { field, reason } })
    }
    expect(await server.rpc.fault('order.info', ['none'])).to.include({ code: -32100 })
  })

  it('looks at the form first, then at what exists, then at files', async () => {
    await create({ unique_id: 'order of checks' })
    const bad = { unique_id: 'order of checks', instructions: [{ note: '' }] }
    expect(await refusal(bad)).to.include({ code: -32102 })
    const file = { note: 'x', file_request: { url: 'http://127.0.0.1/a.pdf' } }
    expect(await refusal({ ...bad, instructions: [file] })).to.include({ code: -32104 })
  })

  it('is 102 without items, since no argument of it is required', async () => {
    for (const args of [[], ['web'], ['web', null], { storeCode: 'web' }]) {
      const fault = await server.rpc.fault('order.create', args)
      expect(fault).to.deep.include({ code: -32102, data: { field: 'items', reason: 'required' } })
    }
  })

  const refused: readonly [what: string, field: string, info: object, more?: Record<string, unknown>][] = [
    ['an empty list of items', 'items', {}, { items: [] }],
    ['items that are no collection', 'items', {}, { items: 'SKU-1' }],
    ['a quantity of 0', 'items.SKU-1', {}, { items: { 'SKU-1': 0 } }],
    ['a negative quantity', 'items.0.qty', {}, { items: [{ sku: 'A', qty: -1 }] }],
    ['an address member that is no string', 'postcode', {}, { address: { postcode: 12345 } }],
    ['an address that is a string', 'address', {}, { address: 'Main Street 1' }],
    ['an address that cannot be stored', 'city', {}, { address: { city: 'a\0' } }],
    ['a list as info', 'info', {}, { info: [1] }],
    ['an empty unique_id', 'unique_id', { unique_id: '' }],
    ['a unique_id of 65 characters', 'unique_id', { unique_id: 'x'.repeat(65) }],
    ['a unique_id with a tab', 'unique_id', { unique_id: 'a\tb' }],
    ['a unique_id with half a surrogate pair', 'unique_id', { unique_id: '\ud800' }],
    ['a unique_id with a fraction', 'unique_id', { unique_id: 1.5 }],
    ['a unique_id too large to have come exactly', 'unique_id', { unique_id: 1e30 }],
    ['a boolean unique_id', 'unique_id', { unique_id: true }],
    ['an order_ref that is no string', 'order_ref', { order_ref: 7 }],
    ['a note that cannot be stored', 'note', { note: 'a\0' }],
    ['a priority above 100', 'priority', { priority: 101 }],
    ['a priority with a fraction', 'priority', { priority: 1.5 }],
    ['custom fields that cannot be stored', 'custom_fields', { custom_fields: { a: ['\0'] } }],
    ['custom fields above 64 KiB', 'custom_fields', { custom_fields: 'x'.repeat(65_536) }],
    ['instructions that are no list', 'instructions', { instructions: { note: 'x' } }],
    ['a flag that is false', 'unique_order_ref', {}, { flags: { unique_order_ref: false } }],
    ['a flag that there is not', 'force', {}, { flags: { force: true } }],
    ['flags that are true', 'flags', {}, { flags: true }],
  ]
  for (const [what, field, info, more] of refused) {
    it(`is 102 for ${what}`, async () => {
      const fault = await refusal(info, more)
      expect(fault.code).to.equal(-32102)
      expect(fault.data).to.include({ field })
    })
  }

  it('says what a member must be, in words that begin with its name', async () => {
    const id = 'must be 1 to 64 characters without control characters, or an integer'
    const cases: readonly (readonly [args: Parameters<typeof refusal>, words: string])[] = [
      [[{ unique_id: '' }], `unique_id ${id}`],
      [[{ unique_id: 'a\nb' }], `unique_id ${id}`],
      [[{}, { flags: { unique_order_ref: false } }], 'unique_order_ref must be true'],
      [[{ instructions: [{}] }], 'instructions.0.note is missing'],
      [
        [{ instructions: [{ note: 'x', file_name: 'a.pdf', file_content: 'AAAA' }] }],
        'instructions.0.file_content: the document is not a PDF, PNG or JPEG',
      ],
    ]
    for (const [args, words] of cases) {
      expect((await refusal(...args)).message).to.equal(`Invalid data given. ${words}.`)
    }
  })

  it('is 102 for custom fields that hold a number no answer could give back', async () => {
    const params = JSON.stringify([
      await server.rpc.session(),
      'order.create',
      argsOf({ custom_fields: 0 }, {}),
    ])
    const huge = params.replace('"custom_fields":0', '"custom_fields":{"weights":[1,1e400]}')
    const { json } = await server.rpc.raw(`{"jsonrpc":"2.0","id":1,"method":"call","params":${huge}}`)
    expect(json.error).to.deep.include({
      code: -32102,
      data: { field: 'custom_fields', reason: 'invalid' },
    })
  })

  it('is for merchants alone', async () => {
    expect(await server.rpc.fault('order.create', argsOf({}), 'packer')).to.include({ code: -32002 })
  })
})

interface Instruction {
  readonly note: string
  readonly file_name: string | null
}

/** One pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

function argsOf(
  info: object,
  { items = ITEMS, address = null, flags = null, ...more }: Record<string, unknown> = {},
): unknown[] {
  return ['web', items, address, more['info'] ?? info, flags]
}
