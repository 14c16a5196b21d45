import type { Db } from '../db/database.ts'
import type { Confirmation } from './confirmation.ts'
import {
  insertConfirmation,
  listConfirmations,
  listConfirmationsOfPackage,
  type NewConfirmation,
} from './confirmation-store.ts'

/** Apart from packing-service, since instructions are told with their confirmations and packing needs instructions. */
export interface ConfirmationsService {
  /** Undefined when somebody else has that occurrence at that revision already: the unique constraint decides. */
  confirm(trx: Db, confirmation: NewConfirmation): Promise<Confirmation | undefined>
  /** Of these instructions, at any revision, oldest first. */
  list(db: Db, instructionIds: readonly number[]): Promise<readonly Confirmation[]>
  /** What counts for one package, oldest first. */
  listOfPackage(db: Db, packageId: string): Promise<readonly Confirmation[]>
}

export function createConfirmationsService(): ConfirmationsService {
  return {
    confirm: insertConfirmation,
    list: (db, instructionIds) =>
      instructionIds.length > 0 ? listConfirmations(db, instructionIds) : Promise.resolve([]),
    listOfPackage: listConfirmationsOfPackage,
  }
}
