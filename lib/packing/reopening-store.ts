import { type Db, query } from '../db/database.ts'

export interface Reopening {
  readonly packageId: string
  readonly userId: string
  /** The user's name as it was then. */
  readonly reopenedBy: string
  readonly reason: string
  /** When the package had been packed. */
  readonly packedAt: Date
}

export async function insertReopening(db: Db, reopening: Reopening): Promise<void> {
  await query(
    db,
    `insert into package_reopenings (package_id, user_id, reopened_by, reason, packed_at)
     values (:packageId, :userId, :reopenedBy, :reason, :packedAt)`,
    { ...reopening },
  )
}
