import { type Db, prepared, query } from '../db/database.ts'
import type { Deferral } from './occurrence.ts'

interface DeferralRow {
  instruction_id: string
  package_id: string
  revision: number
}

export async function insertDeferral(
  db: Db,
  deferral: Deferral & { readonly userId: string },
): Promise<void> {
  await query(
    db,
    `insert into deferrals (instruction_id, package_id, revision, user_id)
     values (:instructionId, :packageId, :revision, :userId)
     on conflict on constraint deferrals_pkey do nothing`,
    { ...deferral },
  )
}

export async function listDeferrals(
  db: Db,
  instructionIds: readonly number[],
  /** Those of this package alone; null: of all. */
  packageId: string | null,
): Promise<Deferral[]> {
  const rows = await prepared<DeferralRow>(
    db,
    `select instruction_id, package_id, revision from deferrals where instruction_id = any(:instructionIds::bigint[])
     ${packageId === null ? '' : 'and package_id = :packageId'}`,
    { instructionIds, ...(packageId !== null && { packageId }) },
  )
  return rows.map((row) => ({
    instructionId: Number(row.instruction_id),
    packageId: row.package_id,
    revision: row.revision,
  }))
}
