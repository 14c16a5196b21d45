import type { Knex } from 'knex'
import { ensureAdminKey } from '../lib/access/admin-key-service.ts'
import { insertApiKey } from '../lib/access/api-key-store.ts'
import type { Role } from '../lib/access/caller.ts'
import { hashSecret, last4, newApiKey } from '../lib/access/secret.ts'
import type { DemoCredentials } from '../lib/credentials-file.ts'
import { newId } from '../lib/ids.ts'
import type { NewStation } from '../lib/printers/printer.ts'
import { createPrintersService } from '../lib/printers/printers-service.ts'
import { createEventsService } from '../lib/webhooks/events-service.ts'

const ORDER_UNIQUE_ID = '100000309'
const ORDER_ITEMS = [
  { sku: 'DEMO-MUG', qty: 2 },
  { sku: 'DEMO-SHIRT', qty: 1 },
] as const
const SHIPMENTS = [
  { shipmentId: '100000020', packageCount: 2 },
  { shipmentId: '100000021', packageCount: 1 },
] as const

/** True while no merchant exists: what a start with `DEMO` may seed. */
export async function isEmptyDatabase(db: Knex): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { has_merchants: boolean }[] }>(
    'select exists (select from merchants) as has_merchants',
  )
  return rows[0]?.has_merchants === false
}

/**
 * The demo workspace of contracts/running.md, "First start", into an empty database and in the caller's transaction.
 * Every key is generated and stored as a hash: the answer alone holds them.
 */
export async function seedDemoWorkspace(
  trx: Knex,
  { adminApiKey }: { adminApiKey: string | null },
): Promise<DemoCredentials> {
  const admin = await ensureAdminKey(trx, adminApiKey)
  if (!admin) throw new Error('the demo workspace needs an empty database')
  const locationId = await insertLocation(trx)
  const merchantId = await insertMerchant(trx, 'demo')
  const otherMerchantId = await insertMerchant(trx, 'demo-other')
  const rpc = await insertUser(trx, { username: 'demo', role: 'merchant', merchantId })
  const printers = createPrintersService({ db: trx, events: createEventsService(), printerPorts: [] })
  const station = await printers.createStation(admin.keyId, demoStation(locationId))
  await insertOrder(trx, { merchantId, locationId, createdBy: rpc.userId })
  return {
    admin: { apiKey: admin.apiKey },
    rpc: rpc.credentials,
    rpcOtherMerchant: (
      await insertUser(trx, { username: 'demo-other', role: 'merchant', merchantId: otherMerchantId })
    ).credentials,
    packer: (await insertUser(trx, { username: 'packer', role: 'packer', locationId })).credentials,
    supervisor: (await insertUser(trx, { username: 'supervisor', role: 'supervisor', locationId }))
      .credentials,
    thermal: { apiKey: await insertThermalKey(trx) },
    locationId,
    stationId: station.stationId,
  }
}

function demoStation(locationId: string): NewStation {
  const connection = { type: 'virtual' } as const
  return {
    locationId,
    name: 'Station-001',
    code: 'STATION_001',
    printers: [
      { name: 'Laser', pool: 'LASER', pageSizes: ['letter', 'legal', 'a4'], hasDuplex: true, connection },
      { name: 'Label', pool: 'LABEL', pageSizes: ['label_4x6'], connection },
      { name: 'Small label', pool: 'SMALL_LABEL', pageSizes: ['label_2.25x1.25'], connection },
      { name: 'Receipt', pool: 'RECEIPT', code: 'PRINTER_001', pageSizes: ['receipt_80mm'], connection },
      { name: 'Front desk', pageSizes: ['letter'], priority: 9, connection: { type: 'station' } },
    ],
  }
}

/** Its defaults for thermal printing stay unset: what the demo prints is then what contracts/thermal.md shows. */
async function insertLocation(trx: Knex): Promise<string> {
  const locationId = newId('loc')
  await trx.raw(`insert into locations (location_id, name, code) values (?, 'Demo warehouse', 'DEMO')`, [
    locationId,
  ])
  return locationId
}

async function insertMerchant(trx: Knex, name: string): Promise<string> {
  const merchantId = newId('mrch')
  await trx.raw('insert into merchants (merchant_id, name) values (?, ?)', [merchantId, name])
  return merchantId
}

async function insertUser(
  trx: Knex,
  user: { username: string; role: Role; merchantId?: string; locationId?: string },
): Promise<{ userId: string; credentials: { username: string; apiKey: string } }> {
  const userId = newId('usr')
  const apiKey = newApiKey()
  await trx.raw(
    `insert into users (user_id, username, role, merchant_id, location_id, api_key_hash, api_key_last4)
     values (:userId, :username, :role, :merchantId, :locationId, :keyHash, :last4)`,
    {
      userId,
      username: user.username,
      role: user.role,
      merchantId: user.merchantId ?? null,
      locationId: user.locationId ?? null,
      keyHash: hashSecret(apiKey),
      last4: last4(apiKey),
    },
  )
  return { userId, credentials: { username: user.username, apiKey } }
}

async function insertThermalKey(trx: Knex): Promise<string> {
  const apiKey = newApiKey()
  await insertApiKey(trx, {
    keyId: newId('key'),
    name: 'thermal',
    keyHash: hashSecret(apiKey),
    last4: last4(apiKey),
    scopes: ['thermal:write'],
  })
  return apiKey
}

async function insertOrder(
  trx: Knex,
  order: { merchantId: string; locationId: string; createdBy: string },
): Promise<void> {
  const itemCount = ORDER_ITEMS.reduce((sum, { qty }) => sum + qty, 0)
  const { rows } = await trx.raw<{ rows: { order_id: string }[] }>(
    `insert into orders (unique_id, merchant_id, state, total_item_count, created_by)
     values (:uniqueId, :merchantId, 'processing', :itemCount, :createdBy) returning order_id`,
    { ...order, uniqueId: ORDER_UNIQUE_ID, itemCount },
  )
  const orderId = rows[0]?.order_id ?? null
  for (const { sku, qty } of ORDER_ITEMS) {
    await trx.raw('insert into order_items (order_id, sku, qty) values (?, ?, ?)', [orderId, sku, qty])
  }
  for (const { shipmentId, packageCount } of SHIPMENTS) {
    await trx.raw(
      `insert into shipments (shipment_id, order_id, location_id, warehouse_id)
       select ?, ?, location_id, warehouse_id from locations where location_id = ?`,
      [shipmentId, orderId, order.locationId],
    )
    await insertPackages(trx, shipmentId, packageCount)
  }
}

async function insertPackages(trx: Knex, shipmentId: string, count: number): Promise<void> {
  for (let position = 1; position <= count; position += 1) {
    await trx.raw('insert into packages (package_id, shipment_id, position) values (?, ?, ?)', [
      `${shipmentId}-${position}`,
      shipmentId,
      position,
    ])
  }
}
