import { type Db, prepared, preparedOne } from '../db/database.ts'
import type { Confirmation } from './confirmation.ts'

interface ConfirmationRow {
  confirmation_id: string
  instruction_id: string
  revision: number
  package_id: string
  station_id: string | null
  confirmed_at: Date
  confirmed_by: string
}

export interface NewConfirmation {
  readonly instructionId: number
  /** The due engine's key: `order:…`, `shipment:…`, `package:…`. */
  readonly occurrence: string
  readonly revision: number
  readonly packageId: string
  readonly stationId: string | null
  readonly userId: string
  readonly confirmedBy: string
}

const COLUMNS = `confirmation_id, instruction_id, revision, package_id, station_id, confirmed_at, confirmed_by`

/** Undefined when somebody else has that occurrence at that revision already. */
export async function insertConfirmation(
  db: Db,
  confirmation: NewConfirmation,
): Promise<Confirmation | undefined> {
  const row = await preparedOne<ConfirmationRow>(
    db,
    `insert into confirmations
       (instruction_id, occurrence, revision, package_id, station_id, user_id, confirmed_by, confirmed_at)
     values
       (:instructionId, :occurrence, :revision, :packageId, :stationId, :userId, :confirmedBy, clock_timestamp())
     on conflict on constraint confirmations_occurrence_key do nothing
     returning ${COLUMNS}`,
    { ...confirmation },
  )
  return row && toConfirmation(row)
}

/** Of these instructions, oldest first. */
export async function listConfirmations(db: Db, instructionIds: readonly number[]): Promise<Confirmation[]> {
  const rows = await prepared<ConfirmationRow>(
    db,
    `select ${COLUMNS} from confirmations where instruction_id = any(:instructionIds::bigint[])
     order by confirmation_id`,
    { instructionIds },
  )
  return rows.map(toConfirmation)
}

/**
 * What counts for that package, oldest first: of its order's instructions that are shown once per order any, once per
 * shipment those of the shipment's packages, once per package its own. An order of 100 instructions and 2,000 packages has
 * 200,000.
 */
export async function listConfirmationsOfPackage(db: Db, packageId: string): Promise<Confirmation[]> {
  const rows = await prepared<ConfirmationRow>(
    db,
    `with own as (
       select packages.package_id, packages.shipment_id, shipments.order_id
       from packages join shipments using (shipment_id) where packages.package_id = :packageId::text
     ), shown as (
       select instructions.instruction_id, instructions.presentation
       from own join instructions using (order_id) where instructions.deleted_at is null
     ), beside as (
       select packages.package_id, 'once_per_shipment' as presentation from own join packages using (shipment_id)
       union all select package_id, 'once_per_package' from own
     )
     select ${COLUMNS} from shown join confirmations using (instruction_id) where presentation = 'once_per_order'
     union all
     select ${COLUMNS} from shown join beside using (presentation)
       join confirmations using (package_id, instruction_id)
     order by confirmation_id`,
    { packageId },
  )
  return rows.map(toConfirmation)
}

function toConfirmation(row: ConfirmationRow): Confirmation {
  return {
    confirmedId: row.confirmation_id,
    instructionId: Number(row.instruction_id),
    revision: row.revision,
    packageId: row.package_id,
    stationId: row.station_id,
    confirmedAt: row.confirmed_at,
    confirmedBy: row.confirmed_by,
  }
}
