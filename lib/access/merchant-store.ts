import { type Db, query, queryOne } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage, queryListPage } from '../db/list-page.ts'
import { isForeignKeyViolation, isUniqueViolation } from '../db/transaction.ts'
import { ConflictError } from '../errors.ts'
import type { Merchant } from './merchant.ts'

interface MerchantRow {
  merchant_id: string
  name: string
  created_at: Date
  updated_at: Date
}

const SELECT_MERCHANTS = `
  select merchants.merchant_id, merchants.name, merchants.created_at, merchants.updated_at, merchants.list_position
  from merchants`

export async function findMerchant(db: Db, merchantId: string): Promise<Merchant | undefined> {
  const row = await queryOne<MerchantRow>(
    db,
    `${SELECT_MERCHANTS} where merchants.merchant_id = :merchantId`,
    {
      merchantId,
    },
  )
  return row && toMerchant(row)
}

export async function listMerchants(db: Db, list: ListQuery): Promise<ListPage<Merchant>> {
  const page = await queryListPage<MerchantRow>(db, { sql: SELECT_MERCHANTS, bindings: {} }, list)
  return mapListPage(page, toMerchant)
}

/** Throws ConflictError with reason `taken`. */
export async function insertMerchant(
  db: Db,
  merchant: { readonly merchantId: string; readonly name: string },
): Promise<void> {
  await query(db, 'insert into merchants (merchant_id, name) values (:merchantId, :name)', {
    ...merchant,
  }).catch((error: unknown) => refuseTaken(error, merchant.name))
}

/** False when there is no such merchant. Throws ConflictError with reason `taken`. */
export async function updateMerchant(db: Db, merchantId: string, name: string): Promise<boolean> {
  const row = await queryOne(
    db,
    `update merchants set name = :name, updated_at = now() where merchant_id = :merchantId returning merchant_id`,
    { merchantId, name },
  ).catch((error: unknown) => refuseTaken(error, name))
  return row !== undefined
}

/** With its deleted users. Throws ConflictError with reason `in_use` when anything else belongs to it. */
export async function deleteMerchant(db: Db, merchantId: string): Promise<void> {
  await query(db, 'delete from users where merchant_id = :merchantId and deleted_at is not null', {
    merchantId,
  })
  await query(db, 'delete from merchants where merchant_id = :merchantId', { merchantId }).catch(
    (error: unknown) => {
      if (!isForeignKeyViolation(error)) throw error
      throw new ConflictError('merchant', 'in_use', 'The merchant has users, orders or print jobs')
    },
  )
}

function refuseTaken(error: unknown, name: string): never {
  if (!isUniqueViolation(error, 'merchants_name_key')) throw error
  throw new ConflictError('merchant', 'taken', `Merchant name ${name} is taken`, { field: 'name' })
}

function toMerchant(row: MerchantRow): Merchant {
  return {
    merchantId: row.merchant_id,
    name: row.name,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
