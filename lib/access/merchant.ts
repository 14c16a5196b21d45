/** Whose orders are packed. */
export interface Merchant {
  readonly merchantId: string
  readonly name: string
  readonly createdAt: Date
  readonly updatedAt: Date
}
