import { type Db, query } from '../db/database.ts'
import type { StationStatus } from './printer.ts'
import { IS_SILENT } from './station-store.ts'

export interface SilenceChange {
  readonly stationId: string
  readonly isSilent: boolean
  /** As it was set. */
  readonly stationStatus: StationStatus
}

/** Stations whose client has fallen silent, or called again, since that was told; told from now on. */
export async function takeSilenceChanges(db: Db, limit: number): Promise<readonly SilenceChange[]> {
  const rows = await query<{ station_id: string; is_silence_told: boolean; status: StationStatus }>(
    db,
    `update stations set is_silence_told = not is_silence_told
     where station_id in (
       select stations.station_id from stations
       where stations.deleted_at is null and stations.is_silence_told <> coalesce(${IS_SILENT}, false)
       order by stations.station_id limit :limit::integer for no key update skip locked)
     returning station_id, is_silence_told, status`,
    { limit },
  )
  return rows.map(({ station_id: stationId, is_silence_told: isSilent, status: stationStatus }) => ({
    stationId,
    isSilent,
    stationStatus,
  }))
}
