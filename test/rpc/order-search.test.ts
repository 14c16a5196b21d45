import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

const INVALID = -32101

describe('order.search', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({ env: { RPC_RATE_LIMIT: '0' } })
    const orders = [
      { unique_id: 's-1', order_ref: 'PO-1', priority: 10, requested_ship_date: '2026-03-01' },
      { unique_id: 's-2', order_ref: 'PO-2', priority: 90, requested_ship_date: '2026-03-02 10:00' },
      {
        unique_id: 's-3',
        order_ref: 'po-2',
        shipping_method: '100%',
        requested_ship_date: '2026-03-03T01:30:00+02:00',
      },
      { unique_id: 's-4', shipping_method: '1000' },
    ]
    for (const info of orders)
      await server.rpc.call('order.create', ['web', { A: 2 }, { city: 'Köln' }, info])
    await server.rpc.call('order.create', ['web', { A: 1 }, null, { unique_id: 'theirs' }], 'demo-other')
    const packages = [{ tracking_number: '1Z 1' }, {}]
    for (const id of ['s-1', 's-2']) {
      await server.rpc.call('shipment.create', [id, { shipment_id: `ship-${id}`, packages }])
    }
    await server.db('orders').where({ unique_id: 's-1' }).update({ created_at: '2026-02-08T14:59:38.700Z' })
    await server.db('orders').where({ unique_id: 's-2' }).update({ created_at: '2026-02-08T23:59:59.999Z' })
    await server.db('orders').where({ unique_id: 's-3' }).update({ created_at: '2026-02-09T00:00:00Z' })
  })
  after(() => server.stop())

  const search = (...args: unknown[]) => server.rpc.call('order.search', args)
  /** Of this test's orders, without their `s-`. */
  const found = async (filters: object, options: object = {}): Promise<string> => {
    const { results } = await search({ store_code: 'web', ...filters }, options)
    return results.map(({ unique_id }: { unique_id: string }) => unique_id.slice(2)).join('')
  }

  it('answers all of the merchant’s orders by order_id, and how many there are', async () => {
    for (const args of [[], [null, null, null], [[], [], []], [{}, {}]]) {
      const { results, ...totals } = await search(...args)
      expect(totals).to.deep.equal({ totalCount: 5, numPages: 1 })
      const ids = results.map(({ unique_id }: { unique_id: string }) => unique_id)
      expect(ids).to.deep.equal(['100000309', 's-1', 's-2', 's-3', 's-4'])
      expect(Object.keys(results[0])).to.deep.equal(['order_id', 'unique_id', 'order_ref'])
    }
  })

  it('answers merchants about their own orders, packers about everybody’s', async () => {
    const uniqueIdsOf = async (user: 'demo-other' | 'packer') => {
      const { results } = await server.rpc.call('order.search', { store_code: 'web' }, user)
      return results.map(({ unique_id }: { unique_id: string }) => unique_id)
    }
    expect(await uniqueIdsOf('demo-other')).to.deep.equal(['theirs'])
    expect(await uniqueIdsOf('packer')).to.deep.equal(['s-1', 's-2', 's-3', 's-4', 'theirs'])
    expect(await search({ unique_id: 'theirs' })).to.deep.equal({ results: [], totalCount: 0, numPages: 0 })
  })

  const FILTERS: [string, object, string][] = [
    ['a bare string', { unique_id: 's-2' }, '2'],
    ['all of several fields', { state: 'processing', priority: 90 }, '2'],
    ['all of several operators', { priority: { gt: 10, lteq: 90, neq: 90 } }, '34'],
    ['status as state', { status: 'processing' }, '12'],
    ['eq', { order_ref: { eq: 'PO-2' } }, '2'],
    ['neq, which a null is', { order_ref: { neq: 'PO-2' } }, '134'],
    ['gt and lt by bytes', { order_ref: { gt: 'PO-1', lt: 'po' } }, '2'],
    ['gteq of an integer in digits', { priority: { gteq: '50' } }, '234'],
    ['starts', { order_ref: { starts: 'PO' } }, '12'],
    ['starts with what is a pattern elsewhere', { shipping_method: { starts: '100%' } }, '3'],
    ['starts with nothing', { shipping_method: { starts: '' } }, '34'],
    ['in', { order_ref: { in: ['PO-1', 'po-2', 'x'] } }, '13'],
    ['an empty in', { order_ref: { in: [] } }, ''],
    ['nin, which a null is', { order_ref: { nin: ['PO-1', 'po-2'] } }, '24'],
    ['an empty nin', { order_ref: { nin: [] } }, '1234'],
    ['null as 1', { order_ref: { null: 1 } }, '4'],
    ['notnull as true', { order_ref: { notnull: true } }, '123'],
    ['the whole day', { created_at: { from: '2026-02-08', to: '2026-02-08' } }, '12'],
    ['the whole day of a time', { created_at: { to: '2026-02-08T01:00:00Z' } }, '12'],
    ['its day in UTC', { created_at: { to: '2026-02-09T00:30:00+01:00' } }, '12'],
    ['to the second with datetime', { created_at: { to: '2026-02-08 14:59:38', datetime: true } }, '1'],
    ['from the second with datetime', { created_at: { from: '2026-02-08T23:59:59Z', datetime: 1 } }, '234'],
    ['a time as it is answered', { created_at: '2026-02-08T14:59:38+00:00' }, '1'],
    ['days of a ship date', { requested_ship_date: { from: '2026-03-01', to: '2026-03-01' } }, '1'],
    ['days of a ship date in UTC', { requested_ship_date: { from: '2026-03-02', to: '2026-03-02' } }, '23'],
    ['a ship date, whose day begins in UTC', { requested_ship_date: '2026-03-01T01:00:00+01:00' }, '1'],
    [
      'moments of ship dates',
      { requested_ship_date: { gteq: '2026-03-02', lt: '2026-03-02T23:30:00Z' } },
      '2',
    ],
    ['a ship date that is at most', { requested_ship_date: { lteq: '2026-03-02T23:30:00Z' } }, '123'],
    ['no ship date', { requested_ship_date: { null: 1 } }, '4'],
    ['no operator', { order_ref: {} }, '1234'],
    ['text that cannot be stored', { order_ref: 'a\0' }, ''],
    ['not text that cannot be stored', { order_ref: { neq: '\ud800' } }, '1234'],
    ['above text that cannot be stored', { order_ref: { gt: 'A\0' } }, ''],
    ['an integer beyond all', { order_id: { lt: '9'.repeat(30) }, priority: { neq: 1e300 } }, '1234'],
  ]
  for (const [name, filters, expected] of FILTERS) {
    it(`filters by ${name}`, async () => {
      expect(await found(filters)).to.equal(expected)
    })
  }

  it('takes integers for ids', async () => {
    expect((await search({ unique_id: 100000309 })).totalCount).to.equal(1)
    expect((await search({ unique_id: { in: [100000309, 1.5] } })).totalCount).to.equal(1)
  })

  it('finds each order by each field that it can be filtered and sorted by', async () => {
    const { results } = await search({ unique_id: 's-2' }, {}, '*')
    const { note, custom_greeting, custom_fields, total_item_count, ...filterable } = results[0]
    expect({ note, custom_greeting, custom_fields }).to.deep.equal({
      note: null,
      custom_greeting: null,
      custom_fields: null,
    })
    expect(total_item_count).to.equal('2.0000')
    for (const [field, value] of Object.entries(filterable)) {
      const filter = value === null ? { null: 1 } : value
      expect(await found({ [field]: filter }, { sort_field: field }), field).to.include('2')
    }
  })

  it('sorts by any field in either direction, nulls last unless turned round', async () => {
    expect(await found({}, { sort_field: 'order_ref' })).to.equal('1234')
    expect(await found({}, { sort_field: 'order_ref', sort_dir: 'desc' })).to.equal('4321')
    expect(await found({}, { sort_field: 'priority', sort_dir: 'asc' })).to.equal('1342')
    expect(await found({}, { sort_field: 'priority', sort_dir: 'desc' })).to.equal('2431')
    expect(await found({}, { sort_dir: 'desc' })).to.equal('4321')
  })

  it('answers pages, and says how many there are', async () => {
    const page = async (options: object) => {
      const { results, ...totals } = await search({ store_code: 'web' }, options)
      return [results.map(({ unique_id }: { unique_id: string }) => unique_id.slice(2)).join(''), totals]
    }
    expect(await page({ limit: 3 })).to.deep.equal(['123', { totalCount: 4, numPages: 2 }])
    expect(await page({ limit: '3', page: '2' })).to.deep.equal(['4', { totalCount: 4, numPages: 2 }])
    expect(await page({ limit: 3, page: 3 })).to.deep.equal(['', { totalCount: 4, numPages: 2 }])
    expect(await page({ limit: 1e9, page: 1 })).to.deep.equal(['1234', { totalCount: 4, numPages: 1 }])
    expect(await page({ page: '9'.repeat(30) })).to.deep.equal(['', { totalCount: 4, numPages: 1 }])
    expect(await page({ limit: null, page: null, sort_field: null, sort_dir: null })).to.deep.equal([
      '1234',
      { totalCount: 4, numPages: 1 },
    ])
  })

  it('counts a limit over 100 as 100, and takes 50 by default', async () => {
    await server.db.raw(
      `insert into orders (unique_id, merchant_id, store_code, total_item_count, created_by)
       select 'many-' || n, merchant_id, 'many', 1, created_by
       from orders cross join generate_series(1, 120) as n where unique_id = 's-1'`,
    )
    const { results, ...totals } = await search({ store_code: 'many' }, { limit: 1_000 })
    expect(results).to.have.length(100)
    expect(totals).to.deep.equal({ totalCount: 120, numPages: 2 })
    expect((await search({ store_code: 'many' })).results).to.have.length(50)
    await server.db('orders').where({ store_code: 'many' }).delete()
  })

  it('answers the heavy fields as order.info does, whatever the page holds', async () => {
    const fields = [
      '*',
      'shipping_address',
      'items',
      'shipments',
      'packages',
      'tracking_numbers',
      'status_history',
    ]
    const { results } = await search({ store_code: 'web' }, { sort_dir: 'desc' }, fields)
    expect(results).to.have.length(4)
    for (const order of results) {
      expect(order).to.deep.equal(await server.rpc.call('order.info', [order.unique_id, fields]))
    }
    expect(results.at(-1).tracking_numbers).to.deep.equal(['1Z 1'])
  })

  const REFUSED: [object | string, string, string][] = [
    [{ frobnicate: 1 }, 'frobnicate', 'unknown_option'],
    [{ note: 'x' }, 'note', 'unknown_option'],
    [{ total_item_count: 1 }, 'total_item_count', 'unknown_option'],
    [{ toString: 1 }, 'toString', 'unknown_option'],
    [{ state: { like: 'n%' } }, 'state.like', 'unknown_option'],
    [{ state: { constructor: 1 } }, 'state.constructor', 'unknown_option'],
    [{ state: { from: '2026-01-01' } }, 'state.from', 'unknown_option'],
    [{ order_id: { starts: 1 } }, 'order_id.starts', 'unknown_option'],
    [{ priority: { datetime: true } }, 'priority.datetime', 'unknown_option'],
    [{ state: true }, 'state', 'invalid'],
    [{ state: null }, 'state', 'invalid'],
    [{ state: ['new'] }, 'state', 'invalid'],
    [{ state: { eq: null } }, 'state.eq', 'invalid'],
    [{ state: { eq: {} } }, 'state.eq', 'invalid'],
    [{ state: { in: 'new' } }, 'state.in', 'invalid'],
    [{ state: { in: [['new']] } }, 'state.in', 'invalid'],
    [{ state: { in: new Array(1_001).fill('x') } }, 'state.in', 'invalid'],
    [{ state: { null: false } }, 'state.null', 'invalid'],
    [{ priority: 'high' }, 'priority', 'invalid'],
    [{ priority: 1.5 }, 'priority', 'invalid'],
    [{ order_id: { in: [1, 'x'] } }, 'order_id.in', 'invalid'],
    [{ created_at: 'yesterday' }, 'created_at', 'invalid'],
    [{ created_at: 1_644_332_378 }, 'created_at', 'invalid'],
    [{ created_at: { from: '2026-02-30' } }, 'created_at.from', 'invalid'],
    [{ created_at: { from: '2026-02-03', datetime: 'maybe' } }, 'created_at.datetime', 'invalid'],
    [{ requested_ship_date: { from: 'soon' } }, 'requested_ship_date.from', 'invalid'],
    [{ requested_ship_date: 'soon' }, 'requested_ship_date', 'invalid'],
    [{ requested_ship_date: { starts: '2026' } }, 'requested_ship_date.starts', 'unknown_option'],
    ['new', 'filters', 'invalid'],
    [['new'], 'filters', 'invalid'],
  ]
  for (const [filters, field, reason] of REFUSED) {
    it(`is 101 for the filters ${JSON.stringify(filters).slice(0, 60)}`, async () => {
      const fault = await server.rpc.fault('order.search', [filters])
      expect(fault).to.include({ code: INVALID })
      expect(fault.data).to.deep.equal({ field, reason })
    })
  }

  const REFUSED_OPTIONS: [object | string, string][] = [
    [{ page: 0 }, 'page'],
    [{ page: -1 }, 'page'],
    [{ page: 1.5 }, 'page'],
    [{ page: 'one' }, 'page'],
    [{ limit: 0 }, 'limit'],
    [{ limit: true }, 'limit'],
    [{ limit: [5] }, 'limit'],
    [{ sort_field: 'note' }, 'sort_field'],
    [{ sort_field: '__proto__' }, 'sort_field'],
    [{ sort_field: ['state'] }, 'sort_field'],
    [{ sort_dir: 'up' }, 'sort_dir'],
    [{ sort_dir: 1 }, 'sort_dir'],
    ['state', 'options'],
  ]
  for (const [options, field] of REFUSED_OPTIONS) {
    it(`is 101 for the options ${JSON.stringify(options)}`, async () => {
      const fault = await server.rpc.fault('order.search', [{}, options])
      expect(fault).to.include({ code: INVALID })
      expect(fault.data).to.deep.equal({ field, reason: 'invalid' })
    })
  }

  for (const fields of [5, true, {}, { fields: ['state'] }]) {
    it(`is 101 for the fields ${JSON.stringify(fields)}`, async () => {
      const fault = await server.rpc.fault('order.search', [null, null, fields])
      expect(fault).to.include({ code: INVALID })
      expect(fault.data).to.deep.equal({ field: 'fields', reason: 'invalid' })
    })
  }

  it('takes fields that there are not, and one name', async () => {
    const { results } = await search({ unique_id: 's-1' }, null, [
      'state',
      'frobnicate',
      '__proto__',
      '',
      5,
      null,
    ])
    expect(Object.keys(results[0])).to.deep.equal(['order_id', 'unique_id', 'order_ref', 'state'])
    expect((await search({ unique_id: 's-1' }, null, 'state')).results).to.deep.equal(results)
  })

  it('takes lists of 1,000 values', async () => {
    const times = new Array(999).fill('2020-01-01T00:00:00Z')
    expect(await found({ created_at: { in: [...times, '2026-02-08T14:59:38Z'] } })).to.equal('1')
    expect(await found({ created_at: { nin: [...times, '2026-02-08T14:59:38Z'] } })).to.equal('234')
    expect(await found({ order_ref: { in: [...times, 'PO-2'] } })).to.equal('2')
  })

  it('is 101 for more than 50 conditions', async () => {
    const operators = ['eq', 'neq', 'gt', 'lt', 'gteq', 'lteq', 'starts']
    const filter = Object.fromEntries(operators.map((operator) => [operator, 'a']))
    const fields = ['unique_id', 'order_ref', 'state', 'status', 'store_code', 'shipping_method']
    const dates = {
      from: '2026-01-01',
      to: '2026-01-02',
      eq: '2026-01-01',
      gt: '2025-01-01',
      lt: '2027-01-01',
    }
    const of = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, filter]))
    expect(await search(of(fields))).to.include({ totalCount: 0 })
    const more = { ...of(fields), requested_ship_date: dates, order_id: { gt: 1, lt: 9 } }
    expect(await search(more)).to.include({ totalCount: 0 })
    const fault = await server.rpc.fault('order.search', [{ ...more, priority: { gt: 1, lt: 2 } }])
    expect(fault).to.include({ code: INVALID })
    expect(fault.data).to.deep.equal({ field: 'filters', reason: 'invalid' })
  })
})
