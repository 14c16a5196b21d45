import type { Role } from './caller.ts'

/** A user of the RPC interface and of the pages. The API key is known to the user alone. */
export interface User {
  readonly userId: string
  readonly username: string
  readonly role: Role
  /** Null for packers and supervisors. */
  readonly merchantId: string | null
  readonly locationId: string | null
  readonly isDisabled: boolean
  readonly last4: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface NewUser {
  readonly username: string
  readonly role: Role
  readonly merchantId?: string | undefined
  readonly locationId?: string | undefined
}

export type UserChange = { readonly [Member in keyof NewUser]?: NewUser[Member] | undefined } & {
  readonly isDisabled?: boolean | undefined
}
