import { ConflictError } from '../errors.ts'
import type { NewPackage } from './order.ts'

export interface PlannedPackage {
  readonly packageId: string
  readonly trackingNumber: string | null
}

/**
 * The packages of a new shipment by position, with ids for those that have none: `<shipment id>-<n>`, n from 1. Throws
 * ConflictError when two of them would have one id.
 */
export function planPackages(shipmentId: string, packages: readonly NewPackage[]): readonly PlannedPackage[] {
  const seen = new Set<string>()
  return packages.map(({ packageId, trackingNumber }, index) => {
    const id = packageId ?? `${shipmentId}-${index + 1}`
    if (seen.has(id)) throw packageTaken(index, id)
    seen.add(id)
    return { packageId: id, trackingNumber }
  })
}

export function packageTaken(index: number, packageId: string): ConflictError {
  const field = `packages.${index}.package_id`
  return new ConflictError('package', 'conflict', `package id ${packageId} is taken`, { field })
}

export function shipmentTaken(shipmentId: string): ConflictError {
  return new ConflictError('shipment', 'conflict', `shipment id ${shipmentId} is taken`, {
    field: 'shipment_id',
  })
}
