import { expect } from 'chai'
import type { Knex } from 'knex'
import { type AccessService, createAccessService } from '../../lib/access/access-service.ts'
import { SCOPES } from '../../lib/access/scope.ts'
import { hashSecret } from '../../lib/access/secret.ts'
import type { DemoCredentials } from '../../lib/credentials-file.ts'
import { inTransaction } from '../../lib/db/transaction.ts'
import type { PrinterSummary } from '../../lib/printers/printer.ts'
import { createPrintersService } from '../../lib/printers/printers-service.ts'
import { createEventsService } from '../../lib/webhooks/events-service.ts'
import { isEmptyDatabase, seedDemoWorkspace } from '../../seeds/demo.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { rejection } from '../printers/printing-fixtures.ts'

describe('demo workspace', () => {
  let database: TestDatabase
  let db: Knex
  let access: AccessService
  let demo: DemoCredentials

  before(async () => {
    database = await cloneDatabase()
    db = database.db
    access = createAccessService({ db, sessionTtlMs: 60_000 })
    expect(await isEmptyDatabase(db)).to.equal(true)
    demo = await inTransaction(db, (trx) => seedDemoWorkspace(trx, { adminApiKey: null }))
  })
  after(() => database.drop())

  async function rows<Row>(sql: string, bindings: readonly string[] = []): Promise<Row[]> {
    return (await db.raw<{ rows: Row[] }>(sql, [...bindings])).rows
  }

  async function scopesOf(apiKey: string): Promise<string[] | undefined> {
    const found = await rows<{ scopes: string[] }>(
      `select scopes from api_keys where key_hash = decode(?, 'hex') and deleted_at is null`,
      [hashSecret(apiKey).toString('hex')],
    )
    return found[0]?.scopes
  }

  it('fills a database only while it has no merchant', async () => {
    expect(await isEmptyDatabase(db)).to.equal(false)
    const again = inTransaction(db, (trx) => seedDemoWorkspace(trx, { adminApiKey: null }))
    expect(String(await rejection(again))).to.include('empty database')
  })

  it('has a user of each of two merchants, and a packer and a supervisor at the location', async () => {
    const merchant = await access.authenticate(demo.rpc.username, demo.rpc.apiKey)
    const other = await access.authenticate(demo.rpcOtherMerchant.username, demo.rpcOtherMerchant.apiKey)
    const packer = await access.authenticate(demo.packer.username, demo.packer.apiKey)
    expect(merchant).to.include({ name: 'demo', role: 'merchant', locationId: null })
    expect(other).to.include({ name: 'demo-other', role: 'merchant' })
    expect(other?.merchantId)
      .to.match(/^mrch_/)
      .and.not.equal(merchant?.merchantId)
    expect(packer).to.include({
      name: 'packer',
      role: 'packer',
      merchantId: null,
      locationId: demo.locationId,
    })
    const supervisor = await access.authenticate(demo.supervisor.username, demo.supervisor.apiKey)
    expect(supervisor).to.include({ role: 'supervisor', merchantId: null, locationId: demo.locationId })
    const merchants = await rows<{ name: string }>('select name from merchants order by name')
    expect(merchants.map(({ name }) => name)).to.deep.equal(['demo', 'demo-other'])
  })

  it('has an admin key with every scope and one for thermal printing alone', async () => {
    expect(await scopesOf(demo.admin.apiKey)).to.deep.equal(SCOPES)
    expect(await scopesOf(demo.thermal.apiKey)).to.deep.equal(['thermal:write'])
  })

  it('keeps no key in clear, and gives no two the same', async () => {
    const { admin, rpc, rpcOtherMerchant, packer, supervisor, thermal } = demo
    const keys = [admin, rpc, rpcOtherMerchant, packer, supervisor, thermal].map(({ apiKey }) => apiKey)
    expect(new Set(keys)).to.have.property('size', 6)
    const stored = JSON.stringify([await rows('select * from users'), await rows('select * from api_keys')])
    for (const key of keys) expect(stored).not.to.include(key)
  })

  it('has the station with its four virtual printers and one of a client', async () => {
    const printers = createPrintersService({ db, events: createEventsService(), printerPorts: [] })
    const packer = await access.authenticate(demo.packer.username, demo.packer.apiKey)
    const stations = packer ? await printers.listStations(packer) : []
    expect(stations).to.have.length(1)
    expect(stations[0]).to.include({ stationId: demo.stationId, name: 'Station-001', code: 'STATION_001' })
    expect(stations[0]?.location.locationId).to.equal(demo.locationId)
    expect(stations[0]?.printers.map(outline)).to.deep.equal([
      ['Laser', 'LASER', null, 'letter,legal,a4', true, null, 'virtual'],
      ['Label', 'LABEL', null, 'label_4x6', false, null, 'virtual'],
      ['Small label', 'SMALL_LABEL', null, 'label_2.25x1.25', false, null, 'virtual'],
      ['Receipt', 'RECEIPT', 'PRINTER_001', 'receipt_80mm', false, null, 'virtual'],
      ['Front desk', null, null, 'letter', false, 9, 'station'],
    ])
  })

  it('has an order of two shipments, with three packages to pack', async () => {
    const packages = await rows(
      `select orders.unique_id, merchants.name as merchant, orders.state, orders.total_item_count,
         shipments.shipment_id, shipments.status, packages.package_id, packages.status as package_status
       from orders join merchants using (merchant_id) join shipments using (order_id) join packages using (shipment_id)
       where shipments.location_id = ? order by packages.package_id`,
      [demo.locationId],
    )
    const order = {
      unique_id: '100000309',
      merchant: 'demo',
      state: 'processing',
      total_item_count: '3.0000',
      status: 'new',
      package_status: 'packing',
    }
    expect(packages).to.deep.equal([
      { ...order, shipment_id: '100000020', package_id: '100000020-1' },
      { ...order, shipment_id: '100000020', package_id: '100000020-2' },
      { ...order, shipment_id: '100000021', package_id: '100000021-1' },
    ])
    const items = await rows<{ total: string }>('select sum(qty) as total from order_items')
    expect(items[0]?.total).to.equal('3.0000')
  })

  it('takes the admin key of the environment', async () => {
    const other = await cloneDatabase()
    try {
      const seeded = await inTransaction(other.db, (trx) =>
        seedDemoWorkspace(trx, { adminApiKey: 'configured' }),
      )
      expect(seeded.admin.apiKey).to.equal('configured')
      const { rows: keys } = await other.db.raw<{ rows: unknown[] }>(
        'select from api_keys where is_from_environment and key_hash = ?',
        [hashSecret('configured')],
      )
      expect(keys).to.have.length(1)
    } finally {
      await other.drop()
    }
  })
})

function outline({
  name,
  pool,
  code,
  pageSizes,
  hasDuplex,
  priority,
  connection,
}: PrinterSummary): unknown[] {
  return [name, pool, code, pageSizes.join(), hasDuplex, priority, connection.type]
}
