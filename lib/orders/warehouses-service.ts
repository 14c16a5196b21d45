import type { Db } from '../db/database.ts'
import { listWarehouses, type Warehouse } from './warehouse-store.ts'

/** The answer has no pages. So many take two megabytes, and no warehouse operator has as many locations. */
const WAREHOUSES_MAX = 10_000

/** `OrdersService` has it all. */
export interface WarehousesService {
  /** One per location, by rising id, of 10,000 at most: every caller may know where orders are packed. */
  listWarehouses(): Promise<readonly Warehouse[]>
}

export function createWarehousesService({ db }: { db: Db }): WarehousesService {
  return { listWarehouses: () => listWarehouses(db, WAREHOUSES_MAX) }
}
