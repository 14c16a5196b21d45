import type { Caller } from './caller.ts'
import type { Scope } from './scope.ts'

/** A key of the REST interface, as it is told: the key itself is known to its holder alone. */
export interface ApiKey {
  readonly keyId: string
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Null: every location. */
  readonly limitToLocation: string | null
  readonly expiresAt: Date | null
  readonly last4: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface NewApiKey {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly limitToLocation?: string | undefined
  readonly expiresAt?: Date | undefined
}

/** Who calls with that key. */
export function keyCaller({ keyId, name, scopes, limitToLocation }: ApiKey): Caller {
  return { kind: 'key', id: keyId, name, role: null, scopes, merchantId: null, locationId: limitToLocation }
}

export type ApiKeyChange = { readonly [Member in keyof NewApiKey]?: NewApiKey[Member] | undefined }
