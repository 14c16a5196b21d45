import type { Logger } from 'pino'
import type { NewApiKey } from '../access/api-key.ts'
import { createApiKeysService } from '../access/api-keys-service.ts'
import type { Caller } from '../access/caller.ts'
import { SCOPES } from '../access/scope.ts'
import type { Config } from '../config.ts'
import { createLocationsService } from '../locations/locations-service.ts'
import { withDatabase } from './database-access.ts'

/** Who can read the database's credentials may do everything already. */
const OPERATOR: Caller = {
  kind: 'key',
  id: 'operator',
  name: 'operator',
  role: null,
  scopes: SCOPES,
  merchantId: null,
  locationId: null,
}

/** Makes an API key as `POST /v1/api-keys` would; the key is told here once. Throws what that service throws. */
export function createKey(
  config: Config,
  key: NewApiKey,
  log: Logger,
): Promise<{ readonly keyId: string; readonly apiKey: string }> {
  return withDatabase({ config, log }, async (db) => {
    const keys = createApiKeysService({ db, locations: createLocationsService({ db }) })
    const made = await keys.create(OPERATOR, key)
    return { keyId: made.key.keyId, apiKey: made.apiKey }
  })
}
