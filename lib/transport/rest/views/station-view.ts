import type { Caller } from '../../../access/caller.ts'
import { includesScope } from '../../../access/scope.ts'
import type { StationWithPrinters } from '../../../printers/printer.ts'
import { printerView } from './printer-view.ts'

/** A station as that caller may see it. */
export function stationView(station: StationWithPrinters, caller: Caller) {
  const { location } = station
  return {
    object: 'print_station',
    id: station.stationId,
    name: station.name,
    display_name: station.displayName,
    code: station.code,
    status: station.isSilent ? 'offline' : station.status,
    location_id: location.locationId,
    location: { id: location.locationId, name: location.name, code: location.code },
    device_token: includesScope(caller.scopes, 'print_stations:write') ? station.deviceToken : null,
    allow_all_users: station.allowAllUsers,
    allowed_users: station.allowedUsers.map((id) => ({ id })),
    configuration: { pooling_enabled: station.isPoolingEnabled },
    printers: station.printers.map(printerView),
    last_seen_at: station.lastSeenAt?.toISOString() ?? null,
    created_at: station.createdAt.toISOString(),
    updated_at: station.updatedAt.toISOString(),
    created_by: station.createdBy,
    updated_by: station.updatedBy,
  }
}
