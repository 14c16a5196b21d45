import type { Json, Known, Step } from './story-step.ts'

export type Actor = 'demo-other' | 'packer' | 'supervisor'
export type OrderStep = Step<Actor>

const STATION = '@station'
const ENDED = ['completed', 'failed', 'canceled']
const PAGE = { page: '1', limit: '5', sort_field: 'order_id', sort_dir: 'asc' }
/** Of `fields`: whatever there is. */
export const EVERYTHING = [
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
      {
        ...{
          firstname: 'Ann',
          lastname: 'Lee',
          company: 'A shop',
          telephone: '+49 30 1',
          email: 'ann@a.example',
        },
        ...{
          street1: 'A street',
          street2: 'A yard',
          city: 'Berlin',
          region: 'BE',
          postcode: '10115',
          country: 'DE',
        },
      },
      {
        order_ref: 'mine-living',
        priority: 3,
        note: 'soon',
        custom_greeting: 'Hello',
        shipping_method: 'by bike',
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
  packer('packing.open', ['@package', { station_id: STATION }], [['revision', revisionOfSlip]]),
  packer('packing.confirm', ['@slip', '@package', { station_id: STATION, revision: '@revision' }]),
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
      url: 'https://@name.invalid/hook',
      topics: ['order.created', 'order_instruction.edited'],
      secret_key: 'mine-secret',
      is_active: 0,
      extra_headers: 'X-One: 1\nX-Two: 2',
    },
  ]),
  merchant('webhook.list', [], [['webhook', ownWebhook]]),
  merchant('webhook.delete', ['@webhook']),
  merchant('order.search', [{ unique_id: '@order' }, PAGE, EVERYTHING]),
  merchant('shipment.search', [{ shipment_id: { eq: '@shipment' } }, PAGE, EVERYTHING]),
  merchant('package.search', [{ package_id: { in: ['@package'] } }, PAGE, EVERYTHING]),
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

function revisionOfSlip({ occurrences }: Json, known: Known): unknown {
  const slip = known.get('slip')
  return occurrences.find(({ instruction_id }: Json) => instruction_id === slip).revision
}

function ownWebhook(webhooks: Json, known: Known): unknown {
  const name = String(known.get('name'))
  return webhooks.find(({ url }: Json) => url.includes(`//${name}.`)).webhook_id
}
