/** What integrators, shops and packers were answered: everything else is held against it. */

export interface MadeInstruction {
  readonly orderId: string
  readonly note: string
}

export interface MadeConfirmation {
  readonly orderId: string
  readonly instructionId: number
  readonly packageId: string
  /** Null without a file. */
  readonly jobId: string | null
}

export interface PackedPackage {
  readonly orderId: string
  readonly shipmentId: string
  readonly packageId: string
}

export class Clicks {
  readonly orders = new Set<string>()
  readonly instructions = new Map<number, MadeInstruction>()
  readonly confirmations = new Map<string, MadeConfirmation>()
  readonly packed = new Map<string, PackedPackage>()
  /** Orders all of whose packages are packed, and shipments. */
  readonly completed = new Map<string, string>()
  readonly jobIds = new Set<string>()

  confirm(confirmation: MadeConfirmation): void {
    this.confirmations.set(confirmationKey(confirmation), confirmation)
    if (confirmation.jobId !== null) this.jobIds.add(confirmation.jobId)
  }
}

export function confirmationKey({
  instructionId,
  packageId,
}: Pick<MadeConfirmation, 'instructionId' | 'packageId'>): string {
  return `${instructionId} ${packageId}`
}
