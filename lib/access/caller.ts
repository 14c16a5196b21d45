export type Role = 'merchant' | 'packer' | 'supervisor'

/** Who is asking: the one object that every service gets. Made by access-service, never by a transport. */
export interface Caller {
  /** `usr_…`; API keys of the REST interface become `key_…`. */
  readonly id: string
  readonly name: string
  readonly role: Role
  /** The merchant whose data alone the caller may see; null for packers and supervisors, who see every merchant's. */
  readonly merchantId: string | null
  /** The location the caller works at; null: any. */
  readonly locationId: string | null
}
