import { type Db, query } from '../db/database.ts'
import type { NewEvent } from './event.ts'

/** The caller's transaction holds the row lock of the resource, so that no two events get one sequence number. */
export async function insertEvent(db: Db, eventId: string, event: NewEvent): Promise<void> {
  await query(
    db,
    `insert into events (event_id, type, resource_type, resource_id, sequence, location_id, merchant_id, data)
     select :eventId, :type, :resourceType, :resourceId, coalesce(max(sequence), 0) + 1, :locationId, :merchantId, :data
     from events where resource_type = :resourceType and resource_id = :resourceId`,
    {
      eventId,
      type: event.type,
      resourceType: event.resource.type,
      resourceId: event.resource.id,
      locationId: event.locationId,
      merchantId: event.merchantId,
      data: JSON.stringify(event.data),
    },
  )
}
