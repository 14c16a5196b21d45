import type { ApiKeyAnswer } from '../../../../schemas/api-key.ts'
import type { ApiKey } from '../../../access/api-key.ts'

export function apiKeyView(key: ApiKey): ApiKeyAnswer {
  return {
    object: 'api_key',
    id: key.keyId,
    name: key.name,
    scopes: [...key.scopes],
    limit_to_location: key.limitToLocation,
    expires_at: key.expiresAt?.toISOString() ?? null,
    last4: key.last4,
    created_at: key.createdAt.toISOString(),
    updated_at: key.updatedAt.toISOString(),
  }
}
