/** One confirmation of one occurrence: contracts/packing.md. */
export interface Confirmation {
  readonly confirmedId: string
  readonly instructionId: number
  readonly revision: number
  readonly packageId: string
  readonly stationId: string | null
  readonly confirmedAt: Date
  /** The user's name. */
  readonly confirmedBy: string
}
