import type { Scope } from './scope.ts'

export type Role = 'merchant' | 'packer' | 'supervisor'

/** Who is asking: the one object that every service gets. Made by the services of access, never by a transport. */
export interface Caller {
  readonly kind: 'user' | 'key'
  /** `usr_…`, or `key_…` for an API key of the REST interface. */
  readonly id: string
  readonly name: string
  /** Null for keys: they have scopes. */
  readonly role: Role | null
  /** Empty for users: they have a role. */
  readonly scopes: readonly Scope[]
  /** The merchant whose data alone the caller may see; null for packers, supervisors and keys, who see every merchant's. */
  readonly merchantId: string | null
  /** The location the user works at, or that the key is limited to; null: any. */
  readonly locationId: string | null
}
