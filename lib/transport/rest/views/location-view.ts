import type { LocationAnswer } from '../../../../schemas/location.ts'
import type { Location } from '../../../locations/location.ts'

export function locationView(location: Location): LocationAnswer {
  return {
    object: 'location',
    id: location.locationId,
    warehouse_id: location.warehouseId,
    name: location.name,
    code: location.code,
    locale: location.locale,
    currency: location.currency,
    time_zone: location.timeZone,
    language: location.language as LocationAnswer['language'],
    created_at: location.createdAt.toISOString(),
    updated_at: location.updatedAt.toISOString(),
  }
}
