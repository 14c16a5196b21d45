import type { Db } from '../db/database.ts'
import { listWarehouses, type Warehouse } from './warehouse-store.ts'

const WAREHOUSES_MAX = 1_000

/** `OrdersService` has it all. */
export interface WarehousesService {
  /** One per location, by rising id: every caller may know where orders are packed. */
  listWarehouses(): Promise<readonly Warehouse[]>
}

export function createWarehousesService({ db }: { db: Db }): WarehousesService {
  return { listWarehouses: () => listWarehouses(db, WAREHOUSES_MAX) }
}
