import type { Db } from '../db/database.ts'
import type { ListPage, ListQuery } from '../db/list-page.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { NotFoundError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Caller } from './caller.ts'
import { assertReachesLocation } from './location-access.ts'
import type { Merchant } from './merchant.ts'
import {
  deleteMerchant,
  findMerchant,
  insertMerchant,
  listMerchants,
  updateMerchant,
} from './merchant-store.ts'

/** Merchants belong to no location: a caller who is limited to one reaches none of them, and lists none. */
export interface MerchantsService {
  list(caller: Caller, list: ListQuery): Promise<ListPage<Merchant>>
  /** Throws NotFoundError. */
  get(caller: Caller, merchantId: string): Promise<Merchant>
  /** Throws ConflictError with reason `taken`. */
  create(caller: Caller, merchant: { readonly name: string }): Promise<Merchant>
  update(
    caller: Caller,
    merchantId: string,
    change: { readonly name?: string | undefined },
  ): Promise<Merchant>
  /** Throws ConflictError with reason `in_use`. */
  delete(caller: Caller, merchantId: string): Promise<Merchant>
}

export function createMerchantsService({ db }: { db: Db }): MerchantsService {
  return {
    async list(caller, list) {
      if (caller.locationId !== null) return { items: [], totalCount: 0, hasMore: false }
      return listMerchants(db, list)
    },

    get: (caller, merchantId) => getMerchant(db, caller, merchantId),

    async create(caller, { name }) {
      assertReachesLocation(caller, null)
      const merchantId = newId('mrch')
      await insertMerchant(db, { merchantId, name })
      return getMerchant(db, caller, merchantId)
    },

    async update(caller, merchantId, { name }) {
      const merchant = await getMerchant(db, caller, merchantId)
      if (name === undefined || name === merchant.name) return merchant
      if (!(await updateMerchant(db, merchantId, name))) throw new NotFoundError('merchant', merchantId)
      return getMerchant(db, caller, merchantId)
    },

    delete: (caller, merchantId) =>
      inTransaction(db, async (trx) => {
        const merchant = await getMerchant(trx, caller, merchantId)
        await deleteMerchant(trx, merchantId)
        return merchant
      }),
  }
}

async function getMerchant(db: Db, caller: Caller, merchantId: string): Promise<Merchant> {
  const merchant = isStorableText(merchantId) ? await findMerchant(db, merchantId) : undefined
  if (!merchant) throw new NotFoundError('merchant', merchantId)
  assertReachesLocation(caller, null)
  return merchant
}
