import fc from 'fast-check'
import {
  type FieldKind,
  ORDER_SEARCH_FIELDS,
  PACKAGE_SEARCH_FIELDS,
  SHIPMENT_SEARCH_FIELDS,
} from '../../lib/orders/search.ts'
import { isOperatorOf, type OperandForm, SEARCH_OPERATORS } from '../../lib/orders/search-operators.ts'
import { oftenOf } from './mutation.ts'
import type { Step } from './story-step.ts'

export type Actor = 'demo-other' | 'packer' | 'supervisor'
export type OrderStep = Step<Actor>

const STATION = '@station'
const ENDED = ['completed', 'failed', 'canceled']
const EVERYTHING = [
  '*',
  'items',
  'shipments',
  'packages',
  'instructions',
  'shipping_address',
  'custom_fields',
]

const by =
  (who: Actor) =>
  (method: string, args: readonly unknown[], makes: NonNullable<OrderStep['makes']> = []): OrderStep => ({
    who,
    method,
    args,
    makes,
  })
const merchant = by('demo-other')
const packer = by('packer')
const supervisor = by('supervisor')

/** The life of an order, all of it valid: mostly each method of contracts/rpc.md and packing.md with each of its options. */
export const STORY: readonly OrderStep[] = [
  merchant(
    'order.create',
    [
      'main',
      [{ sku: 'MUG', qty: 2, order_item_ref: 'line-1' }],
      { firstname: 'Ann', street1: 'A street', city: 'Berlin', country: 'DE' },
      {
        order_ref: 'mine-living',
        priority: 3,
        note: 'soon',
        custom_fields: { colour: ['red'] },
        requested_ship_date: '2027-01-31',
        instructions: [{ note: 'A greeting', presentation: 'once_per_order' }],
      },
    ],
    [['order', ({ unique_id }) => unique_id]],
  ),
  merchant(
    'shipment.create',
    ['@order', { packages: 2 }],
    [
      ['shipment', ({ shipment_id }) => shipment_id],
      ['package', ({ packages }) => packages[0].package_id],
      ['package-2', ({ packages }) => packages[1].package_id],
    ],
  ),
  merchant(
    'order_instruction.create',
    [
      '@order',
      'A slip',
      {
        file_name: 'slip.pdf',
        file_content: '@pdf',
        print_target: 'LASER',
        presentation: 'once_per_package',
      },
    ],
    [['slip', ({ instruction_id }) => instruction_id]],
  ),
  merchant(
    'order_instruction.create',
    ['@order', 'Wrap it', { external_id: 'wrap', presentation: 'once_per_shipment' }],
    [['note', ({ instruction_id }) => instruction_id]],
  ),
  merchant('order_instruction.edit', ['@slip', null, { file_name: 'renamed.pdf' }]),
  merchant('order_instruction.edit', ['@slip', 'Another slip', { print_target: 'LASER' }]),
  merchant('order_instruction.edit', ['@slip', null, { file_name: 'new.pdf', file_content: '@pdf' }]),
  merchant('order_instruction.edit', ['@note', 'Wrap it well', { presentation: 'once_per_package' }]),
  merchant(
    'order_instruction.list',
    ['@order', ['*', 'file_content']],
    [['greeting', (instructions) => instructions[0].instruction_id]],
  ),
  merchant('order.info', ['@order', EVERYTHING]),
  merchant('shipment.info', ['@shipment']),
  merchant('warehouse.list', []),
  packer('packing.stations', []),
  packer('packing.preview', ['@order']),
  packer('packing.open', ['@package', { station_id: STATION }]),
  packer('packing.defer', ['@note', '@package']),
  packer(
    'packing.confirm',
    ['@slip', '@package', { station_id: STATION }],
    [['job', ({ print_job }) => print_job.id]],
  ),
  packer('packing.confirm', ['@slip', '@package', { station_id: STATION }]),
  packer('packing.picture', ['@slip', '@package', { page: 1 }]),
  { ...packer('print_job.retrieve', ['@job']), until: (job) => ENDED.includes(job?.status) },
  packer('packing.reprint', ['@slip', '@package', 'it is crumpled', { print_job_id: '@job' }]),
  merchant('order_instruction.edit', ['@slip', 'A third slip', { file_content: '@pdf' }]),
  packer('packing.open', ['@package', { station_id: STATION }]),
  packer('packing.confirm', ['@slip', '@package', { station_id: STATION, revision: 3 }]),
  packer('packing.confirm', ['@note', '@package', {}]),
  packer('packing.confirm', ['@greeting', '@package', {}]),
  packer('packing.confirm', ['@slip', '@package-2', { station_id: STATION }]),
  packer('packing.confirm', ['@note', '@package-2', {}]),
  merchant('print_job.list', [{ limit: 5, status: 'completed', resource_type: 'order' }]),
  merchant(
    'print_job.create',
    [
      {
        location_id: '@location',
        printer_name: 'Front desk',
        name: 'mine',
        data: 'data:application/pdf;base64,@pdf',
        resource: { type: 'order', id: 'mine', document: 'slip' },
        configuration: { copies: 2, scaling: 1.5, orientation: 'portrait', pages_to_print: ['1'] },
      },
    ],
    [['own-job', ({ id }) => id]],
  ),
  merchant('print_job.retrieve', ['@own-job']),
  merchant('print_job.update', ['@own-job', { status: 'canceled', reason: 'not needed' }]),
  merchant('webhook.create', [
    {
      url: 'https://mine.invalid/hook',
      topics: ['order.created', 'order_instruction.edited'],
      secret_key: 'mine-secret',
      is_active: 0,
      extra_headers: 'X-One: 1\nX-Two: 2',
    },
  ]),
  merchant('webhook.list', [], [['webhook', (webhooks) => webhooks.at(-1).webhook_id]]),
  merchant('webhook.delete', ['@webhook']),
  merchant('order.search', [{ unique_id: '@order' }, { limit: 5 }, EVERYTHING]),
  merchant('shipment.search', [{ shipment_id: { eq: '@shipment' } }, { limit: 5 }, EVERYTHING]),
  merchant('package.search', [{ package_id: { in: ['@package'] } }, { limit: 5 }, EVERYTHING]),
]

/** What ends it: after each of them much is refused. */
export const ENDING: readonly OrderStep[] = [
  packer('packing.finish', ['@package']),
  supervisor('packing.reopen', ['@package', 'the mug was left out']),
  packer('packing.open', ['@package', {}]),
  packer('packing.finish', ['@package']),
  packer('packing.finish', ['@package-2']),
  merchant('order_instruction.delete', ['@note']),
  merchant('order.cancel', ['@order', { all_items: true }, EVERYTHING]),
]

const SEARCHED = {
  'order.search': ORDER_SEARCH_FIELDS,
  'shipment.search': SHIPMENT_SEARCH_FIELDS,
  'package.search': PACKAGE_SEARCH_FIELDS,
} as const

/** Any search with any filter, operator and option that there is. */
export const search: fc.Arbitrary<OrderStep> = fc
  .constantFrom(...Object.entries(SEARCHED))
  .chain(([method, fields]) => {
    const filters = fc.oneof(...Object.entries(fields).map(([field, kind]) => filterOf(field, kind)))
    const options = fc.record(
      {
        page: fc.constantFrom(1, 2, '3', 1_000),
        limit: fc.constantFrom(1, '2', 100, 1_000),
        sort_field: fc.constantFrom('order_id', ...Object.keys(fields)),
        sort_dir: fc.constantFrom('asc', 'desc', 'DESC'),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    return fc.record({
      who: fc.constantFrom<Actor>('demo-other', 'packer'),
      method: fc.constant(method),
      args: fc.tuple(
        fc.array(filters, { maxLength: 2 }).map((parts) => Object.assign({}, ...parts) as object),
        options,
        fc.constantFrom<unknown>(EVERYTHING, ['*'], '*', []),
      ),
    })
  })

const VALUES: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
  text: fc.constantFrom<unknown>('@order', '@shipment', '@package', 'mine-living', 'packing', '', 7),
  integer: fc.constantFrom<unknown>(0, 1, '3', 100),
  time: fc.constantFrom('2026-01-01', '2027-01-31T10:00:00Z', '2030-12-31T23:59:59+02:00'),
}

const OPERANDS: Readonly<Record<OperandForm, (values: fc.Arbitrary<unknown>) => fc.Arbitrary<unknown>>> = {
  value: (values) => values,
  list: (values) => fc.array(values, { maxLength: 3 }),
  flag: () => fc.constantFrom(1, true),
  date: (values) => values,
}

function filterOf(field: string, kind: FieldKind): fc.Arbitrary<object> {
  const operators = Object.entries(SEARCH_OPERATORS).filter(([operator]) => isOperatorOf(kind, operator))
  const tests = operators.map(([operator, { operand }]) =>
    OPERANDS[operand](VALUES[kind]).map((value) => ({ [operator]: value })),
  )
  const datetime = oftenOf<object>(fc.constant({}), fc.constant({ datetime: true }))
  const test =
    kind === 'time'
      ? fc.tuple(fc.oneof(...tests), datetime).map((parts) => Object.assign({}, ...parts) as object)
      : fc.oneof(...tests)
  return fc.oneof(VALUES[kind], test).map((filter) => ({ [field]: filter }))
}
