import { expect } from 'chai'
import {
  ORDER_SEARCH_FIELDS,
  PACKAGE_SEARCH_FIELDS,
  type SearchFields,
  SHIPMENT_SEARCH_FIELDS,
} from '../../lib/orders/search.ts'
import { type GivenSearch, readSearch } from '../../lib/orders/search-options.ts'
import {
  type MerchantSearch,
  orderCountStatement,
  orderStatement,
  packageStatement,
  type SearchStatement,
  shipmentStatement,
} from '../../lib/orders/search-store.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { insertManyOrders } from '../orders/many-orders.ts'

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly PlanNode[]
}

interface Searched {
  readonly fields: SearchFields
  readonly statement: (search: MerchantSearch) => SearchStatement
}

const ORDERS: Searched = { fields: ORDER_SEARCH_FIELDS, statement: orderStatement }
const COUNTED: Searched = { fields: ORDER_SEARCH_FIELDS, statement: orderCountStatement }
const SHIPMENTS: Searched = { fields: SHIPMENT_SEARCH_FIELDS, statement: shipmentStatement }
const PACKAGES: Searched = { fields: PACKAGE_SEARCH_FIELDS, statement: packageStatement }

/** Most orders, hardly any, and everybody's, as packers see them. */
const MERCHANTS = ['mrch_big', 'mrch_tiny', null]
const LOW_SELECTIVITY = ['state', 'status', 'priority', 'store_code', 'shipping_method']

const DAY = { from: '2026-03-04', to: '2026-03-04' }
const FILTERS: Readonly<Record<string, unknown>> = {
  order_id: 5000,
  unique_id: 'u7777',
  order_unique_id: 'u7777',
  order_ref: 'PO-1234',
  state: 'processing',
  status: { in: ['complete', 'packed'] },
  package_status: 'packing',
  store_code: 'shop',
  shipping_method: 'dhl',
  shipment_type: 'parcel',
  priority: { gt: 60 },
  requested_ship_date: { from: '2025-03-04', to: '2025-03-05' },
  created_at: DAY,
  updated_at: DAY,
  packed_at: DAY,
  shipped_at: { null: true },
  delivered_at: { notnull: true },
  shipment_id: 's7777',
  package_id: 's7777-1',
  warehouse_id: 2,
}

describe('searching 100,000 orders', () => {
  let database: TestDatabase
  before(async function () {
    this.timeout(60_000)
    database = await cloneDatabase()
    await insertManyOrders(database.db)
  })
  after(() => database.drop())

  const planOf = async ({ sql, bindings }: SearchStatement): Promise<readonly PlanNode[]> => {
    const explained = await database.db.raw(
      `explain (format json) ${sql}`,
      bindings as Record<string, string>,
    )
    return nodesOf(explained.rows[0]['QUERY PLAN'][0].Plan)
  }

  /** The nodes of each plan, by what was searched for. */
  const plansOf = async ({ fields, statement }: Searched, searches: readonly GivenSearch[]) => {
    const plans = new Map<string, readonly PlanNode[]>()
    for (const merchantId of MERCHANTS) {
      for (const given of searches) {
        const label = `${merchantId} ${JSON.stringify(given)}`
        plans.set(label, await planOf(statement({ search: readSearch(fields, given), merchantId })))
      }
    }
    return plans
  }

  const expectIndexesAlone = async (searched: Searched, searches: readonly GivenSearch[]) => {
    for (const [label, plan] of await plansOf(searched, searches)) {
      expect(plan.filter(isSequential), label).to.deep.equal([])
    }
  }

  it('would be seen here if it read all of them', async () => {
    const plan = await planOf({ sql: `select 1 from orders where note = 'x'`, bindings: {} })
    expect(plan.filter(isSequential)).to.have.length(1)
  })

  for (const [name, searched] of Object.entries({ ORDERS, COUNTED, SHIPMENTS, PACKAGES })) {
    const fields = Object.keys(searched.fields)

    it(`reads indexes for every filter: ${name.toLowerCase()}`, async () => {
      const byValue = fields.map((field) => ({ filters: { [field]: FILTERS[field] } }))
      await expectIndexesAlone(searched, [{}, ...byValue])
    })

    it(`reads indexes for every prefix: ${name.toLowerCase()}`, async () => {
      const texts = fields.filter((field) => searched.fields[field] === 'text')
      const byPrefix = texts.map((field) => ({ filters: { [field]: { starts: prefixOf(field) } } }))
      await expectIndexesAlone(searched, byPrefix)
    })

    if (searched === COUNTED) continue
    it(`reads indexes for every order, both ways: ${name.toLowerCase()}`, async () => {
      await expectIndexesAlone(searched, sortsOf(fields))
    })
  }

  it('sorts no orders, unless of a merchant that has few: an index has their order', async () => {
    for (const [label, plan] of await plansOf(ORDERS, sortsOf(Object.keys(ORDER_SEARCH_FIELDS)))) {
      if (label.startsWith('mrch_tiny')) continue
      expect(
        plan.map((node) => node['Node Type']),
        label,
      ).to.not.include('Sort')
    }
  })

  it('takes orders of a common state, store or priority in their order, up to the limit', async () => {
    const values = { ...FILTERS, status: 'complete', priority: 50 }
    const searches = LOW_SELECTIVITY.map((field) => ({
      filters: { [field]: values[field as keyof typeof values] },
    }))
    for (const [label, plan] of await plansOf(ORDERS, searches)) {
      if (label.startsWith('mrch_tiny')) continue
      expect(
        plan.map((node) => node['Node Type']),
        label,
      ).to.deep.equal(['Limit', 'Index Scan'])
    }
  })
})

function sortsOf(fields: readonly string[]): readonly GivenSearch[] {
  return fields.flatMap((field) =>
    ['asc', 'desc'].map((direction) => ({ options: { sort_field: field, sort_dir: direction } })),
  )
}

function prefixOf(field: string): string {
  const value = FILTERS[field]
  return typeof value === 'string' ? value : 'p'
}

function nodesOf(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

function isSequential(node: PlanNode): boolean {
  const isLarge = ['orders', 'shipments', 'packages'].includes(node['Relation Name'] ?? '')
  return isLarge && node['Node Type'].includes('Seq Scan')
}
