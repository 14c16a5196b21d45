import { isDeepStrictEqual } from 'node:util'
import type { Knex } from 'knex'
import { aPdf } from '../faults/floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { rpcClientOf } from '../helpers/server.ts'
import type { Subject } from './subject.ts'

/** What two merchants have, one of whom must learn nothing of the other. */
export interface Things {
  /** In everything that merchant `demo` owns and nobody else names. */
  readonly canary: string
  /** What the other merchant signs its webhooks with, and no answer tells. */
  readonly secret: string
  /** Ids and names of both merchants' things and of the operator's. */
  readonly known: readonly unknown[]
  /** What merchant `demo` has, by what a story calls it. */
  readonly theirs: Readonly<Record<string, unknown>>
  /** Throws when merchant `demo` has lost or got something since the last time, and puts back what it can. */
  assertUntouched(): Promise<void>
}

const CANARY = 'CanaryOfDemo'
/** What of `demo` nobody but `demo` may change, key first; the floor's doings are other columns. */
const OWNED = {
  orders: ['order_id', 'order_ref', 'note', 'canceled_at'],
  webhooks: ['webhook_id', 'url', 'topics', 'deleted_at'],
  instructions: ['instruction_id', 'file_name', 'presentation', 'revision', 'deleted_at'],
} as const

export async function furnishMerchants(subject: Subject): Promise<Things> {
  const rpc = rpcClientOf(subject.url, subject.credentials)
  const { location_id, station_id, admin } = subject.credentials
  let theirs: Record<string, unknown> = {}
  const ids: unknown[] = [
    location_id,
    station_id,
    'Station-001',
    'STATION_001',
    'PRINTER_001',
    'Laser',
    'Front desk',
  ]
  for (const merchant of ['demo', 'demo-other'] as const) {
    const secret = merchant === 'demo' ? CANARY : 'mine'
    const order = await rpc.call(
      'order.create',
      [null, { [`${secret}-sku`]: 1 }, { firstname: secret }, { order_ref: `${secret}-ref`, note: secret }],
      merchant,
    )
    const shipment = await rpc.call('shipment.create', [order.unique_id, { packages: 2 }], merchant)
    const instruction = await rpc.call(
      'order_instruction.create',
      [
        order.unique_id,
        secret,
        { file_name: `${secret}.pdf`, file_content: aPdf(secret).toString('base64') },
      ],
      merchant,
    )
    const job = await rpc.call(
      'print_job.create',
      [
        {
          location_id,
          printer_name: 'Front desk',
          name: secret,
          data: `data:application/pdf;base64,${aPdf(secret).toString('base64')}`,
        },
      ],
      merchant,
    )
    const webhook = {
      url: `https://${secret.toLowerCase()}.invalid/`,
      topics: 'order.created',
      secret_key: `${secret}-secret`,
      is_active: 0,
    }
    await rpc.call('webhook.create', [webhook], merchant)
    const [{ webhook_id }] = await rpc.call('webhook.list', [], merchant)
    const { shipment_id, packages } = shipment
    ids.push(order.unique_id, order.order_id, shipment_id, instruction.instruction_id, job.id, webhook_id)
    const [first, second] = packages.map(({ package_id }: { package_id: string }) => package_id)
    ids.push(first, second)
    if (merchant === 'demo') {
      theirs = {
        order: order.unique_id,
        shipment: shipment_id,
        package: first,
        'package-2': second,
        slip: instruction.instruction_id,
        note: instruction.instruction_id,
        greeting: instruction.instruction_id,
        job: job.id,
        'own-job': job.id,
        webhook: webhook_id,
      }
    }
  }
  const { json } = await createRestClient(subject.url, admin.api_key).get('/v1/cloud-printing/printers')
  ids.push(...json.data.map(({ id }: { id: string }) => id), 'demo', 'demo-other', 'packer')
  let owned = await readOwned(subject.db)
  return {
    canary: CANARY,
    secret: 'mine-secret',
    known: ids,
    theirs,
    async assertUntouched() {
      const now = await readOwned(subject.db)
      const before = owned
      if (isDeepStrictEqual(now, before)) return
      // A case that is made smaller must find what the one before it found.
      await putBack(subject.db, before)
      owned = await readOwned(subject.db)
      throw new Error(`another merchant's data was ${JSON.stringify(before)} and is ${JSON.stringify(now)}`)
    },
  }
}

type Rows = readonly Readonly<Record<string, string | string[] | number | null>>[]

async function readOwned(db: Knex): Promise<Readonly<Record<string, Rows>>> {
  const owner = `merchant_id = (select merchant_id from users where username = 'demo')`
  const ordersOf = `select order_id from orders where ${owner} and order_ref like '${CANARY}%'`
  const read = async (sql: string): Promise<Rows> => ((await db.raw(sql)) as { rows: Rows }).rows
  const columns = (table: keyof typeof OWNED) => OWNED[table].join()
  return {
    orders: await read(`select ${columns('orders')} from orders where order_id in (${ordersOf})`),
    webhooks: await read(`select ${columns('webhooks')} from webhooks where ${owner} order by webhook_id`),
    instructions: await read(
      `select ${columns('instructions')} from instructions where order_id in (${ordersOf}) order by instruction_id`,
    ),
    shipments: await read(`select count(*)::int from shipments where order_id in (${ordersOf})`),
  }
}

/** Rows that are there, but neither key nor revision: the one that came stays. */
async function putBack(db: Knex, owned: Readonly<Record<string, Rows>>): Promise<void> {
  for (const [table, [key]] of Object.entries(OWNED)) {
    for (const { revision: _stays, [key]: id = null, ...row } of owned[table] ?? []) {
      await db(table).where(key, id).update(row)
    }
  }
}
