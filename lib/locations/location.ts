/** A warehouse: where stations and printers stand and packages are packed. */
export interface Location {
  readonly locationId: string
  /** Its number in the RPC interface. */
  readonly warehouseId: number
  readonly name: string
  readonly code: string | null
  /** Defaults for thermal printing (contracts/thermal.md, section 4): BCP 47, ISO 4217, IANA, `es` or `en`. */
  readonly locale: string | null
  readonly currency: string | null
  readonly timeZone: string | null
  readonly language: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What can be chosen of a location. */
export type LocationSettings = Pick<
  Location,
  'name' | 'code' | 'locale' | 'currency' | 'timeZone' | 'language'
>

export type NewLocation = Pick<LocationSettings, 'name'> & LocationChange

export type LocationChange = {
  readonly [Member in keyof LocationSettings]?: NonNullable<LocationSettings[Member]> | undefined
}
