import { aPdf } from '../faults/floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { rpcClientOf } from '../helpers/server.ts'
import type { Subject } from './subject.ts'

/** What two merchants have, one of whom must learn nothing of the other. */
export interface Things {
  /** In everything that merchant `demo` owns and nobody else names. */
  readonly canary: string
  /** Ids and names of both merchants' things and of the operator's. */
  readonly known: readonly unknown[]
  /** Of everything that merchant `demo` owns. */
  fingerprint(): Promise<Record<string, string>>
}

const CANARY = 'CanaryOfDemo'
/** What of `demo` nobody but `demo` and the floor may change; the floor's doings are other columns. */
const OWNED: Readonly<Record<string, string>> = {
  orders: `select order_ref, note from orders where order_ref like '${CANARY}%'`,
  webhooks: `select url, topics from webhooks where url like '%${CANARY.toLowerCase()}%'`,
  instructions: `select file_name, deleted_at from instructions where file_name like '${CANARY}%'`,
}

export async function furnishMerchants(subject: Subject): Promise<Things> {
  const rpc = rpcClientOf(subject.url, subject.credentials)
  const { location_id, station_id, admin } = subject.credentials
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
    ids.push(
      ...(packages ?? []).map((each: { package_id: string } | string) =>
        typeof each === 'string' ? each : each.package_id,
      ),
    )
  }
  const { json } = await createRestClient(subject.url, admin.api_key).get('/v1/cloud-printing/printers')
  ids.push(...json.data.map(({ id }: { id: string }) => id), 'demo', 'demo-other', 'packer')
  return {
    canary: CANARY,
    known: ids,
    async fingerprint() {
      const rows = await Promise.all(
        Object.entries(OWNED).map(async ([name, sql]) => [
          name,
          JSON.stringify((await subject.db.raw(sql)).rows),
        ]),
      )
      return Object.fromEntries(rows) as Record<string, string>
    },
  }
}
