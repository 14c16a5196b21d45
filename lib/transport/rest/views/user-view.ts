import type { UserAnswer } from '../../../../schemas/user.ts'
import type { User } from '../../../access/user.ts'

export function userView(user: User): UserAnswer {
  return {
    object: 'user',
    id: user.userId,
    username: user.username,
    role: user.role,
    merchant_id: user.merchantId,
    location_id: user.locationId,
    disabled: user.isDisabled,
    last4: user.last4,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
  }
}
