import type { MerchantAnswer } from '../../../../schemas/merchant.ts'
import type { Merchant } from '../../../access/merchant.ts'

export function merchantView(merchant: Merchant): MerchantAnswer {
  return {
    object: 'merchant',
    id: merchant.merchantId,
    name: merchant.name,
    created_at: merchant.createdAt.toISOString(),
    updated_at: merchant.updatedAt.toISOString(),
  }
}
