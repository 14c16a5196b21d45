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

/** Of these instructions. */
export async function listDeferrals(db: Db, instructionIds: readonly number[]): Promise<Deferral[]> {
  const rows = await prepared<DeferralRow>(
    db,
    `select instruction_id, package_id, revision from deferrals where instruction_id = any(:instructionIds::bigint[])`,
    { instructionIds },
  )
  return rows.map(toDeferral)
}

/** Of the instructions of that package's order, for it. */
export async function listDeferralsOfPackage(db: Db, packageId: string): Promise<Deferral[]> {
  const rows = await prepared<DeferralRow>(
    db,
    `select deferrals.instruction_id, deferrals.package_id, deferrals.revision
     from packages join shipments using (shipment_id) join instructions using (order_id)
       join deferrals using (instruction_id, package_id)
     where packages.package_id = :packageId`,
    { packageId },
  )
  return rows.map(toDeferral)
}

function toDeferral(row: DeferralRow): Deferral {
  return { instructionId: Number(row.instruction_id), packageId: row.package_id, revision: row.revision }
}
