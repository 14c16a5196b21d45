import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import type { LocationsService } from '../locations/locations-service.ts'
import { type AccessService, createAccessService } from './access-service.ts'
import { type ApiKeysService, createApiKeysService } from './api-keys-service.ts'
import { createMerchantsService, type MerchantsService } from './merchants-service.ts'
import { createStandingAccess, type StandingAccess } from './standing-access-service.ts'
import { createUsersService, type UsersService } from './users-service.ts'

/** Who may do what, and for how long. */
export interface AccessServices {
  readonly access: AccessService
  readonly apiKeys: ApiKeysService
  readonly merchants: MerchantsService
  readonly standingAccess: StandingAccess
  readonly users: UsersService
}

export function createAccessServices(options: {
  readonly db: Db
  readonly locations: LocationsService
  readonly sessionTtlMs: number
  readonly log: Logger
}): AccessServices {
  return {
    access: createAccessService(options),
    apiKeys: createApiKeysService(options),
    merchants: createMerchantsService(options),
    standingAccess: createStandingAccess(options),
    users: createUsersService(options),
  }
}
