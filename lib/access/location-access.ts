import { DomainError } from '../errors.ts'
import type { Caller } from './caller.ts'

/**
 * Throws `forbidden` with reason `location` when the caller is limited to another location. What belongs to no location
 * (`null`: a merchant, a key for every location) is out of reach of every limited caller.
 */
export function assertReachesLocation(caller: Caller, locationId: string | null): void {
  if (caller.locationId === null || caller.locationId === locationId) return
  throw new DomainError('forbidden', 'No access to this location', {
    subject: 'location',
    reason: 'location',
  })
}
