import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import type { Egress } from '../egress/egress.ts'
import { NotFoundError } from '../errors.ts'
import type { Order } from '../orders/order.ts'
import type { OrdersService } from '../orders/orders-service.ts'
import type { ConfirmationsService } from '../packing/confirmations-service.ts'
import type { PrintJobsService } from '../print-jobs/print-jobs-service.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import type { Instruction, InstructionReport } from './instruction.ts'
import type { InstructionChange } from './instruction-change.ts'
import { createInstructionCreation, type PreparedInstruction } from './instruction-creation-service.ts'
import { type InstructionDraft, withinInstructions } from './instruction-draft.ts'
import { editInstruction } from './instruction-edit-service.ts'
import { recordInstructionEvent } from './instruction-event.ts'
import { createInstructionFiles } from './instruction-files.ts'
import { parseInstructionId } from './instruction-id.ts'
import type { InstructionParts } from './instruction-parts.ts'
import { assertRoomForFile, assertRoomForInstruction, INSTRUCTIONS_MAX } from './instruction-quota.ts'
import { createInstructionReports } from './instruction-reports.ts'
import {
  deleteInstruction,
  findInstruction,
  listInstructions,
  listInstructionsBeside,
} from './instruction-store.ts'

/** Packing instructions of an order: contracts/rpc.md, sections 8 and 9. A merchant sees its own alone. */
export interface InstructionsService {
  /** Throws NotFoundError (`order`), ConflictError (closed order), InvalidError. A repeated external_id answers what exists. */
  create(caller: Caller, orderUniqueId: string, draft: InstructionDraft): Promise<InstructionReport>
  /** Throws NotFoundError (`instruction`), ConflictError (closed order), InvalidError. All or nothing. */
  edit(caller: Caller, instructionId: string, change: InstructionChange): Promise<InstructionReport>
  /** By rising id. Throws NotFoundError (`order`). */
  list(
    caller: Caller,
    orderUniqueId: string,
    options: { readonly withFileContent: boolean },
  ): Promise<readonly InstructionReport[]>
  /** Throws NotFoundError (`instruction`), for one that is deleted too. */
  remove(caller: Caller, instructionId: string): Promise<void>
  /**
   * For order.create: downloads and looks into the files before the order exists, not in a transaction. Throws
   * InvalidError whose field is `instructions.<n>.<member>`.
   */
  prepare(drafts: readonly InstructionDraft[]): Promise<readonly PreparedInstruction[]>
  /** Part of the transaction that made the order. Throws InvalidError as `prepare` does. */
  insertPrepared(
    trx: Db,
    caller: Caller,
    order: Order,
    prepared: readonly PreparedInstruction[],
  ): Promise<readonly Instruction[]>
  /** Not deleted ones of the order at their newest revision, by rising id. */
  listOfOrder(db: Db, orderId: number): Promise<readonly Instruction[]>
  /** The same, of the order of a package. */
  listBeside(db: Db, packageId: string): Promise<readonly Instruction[]>
}

export interface InstructionsServiceOptions {
  readonly db: Db
  readonly orders: Pick<OrdersService, 'getOrder' | 'inTurn' | 'lockOrder' | 'assertOpen'>
  readonly documents: DocumentsService
  readonly egress: Egress
  readonly confirmations: ConfirmationsService
  readonly printJobs: Pick<PrintJobsService, 'copiesPrinted'>
  readonly events: EventsService
  /** Of the HMAC by which repeated calls are told. The same in every process and after every start. */
  readonly fingerprintKey: Buffer
}

export function createInstructionsService(options: InstructionsServiceOptions): InstructionsService {
  const { db, orders } = options
  const reports = createInstructionReports(options)
  const parts: InstructionParts = { ...options, reports, files: createInstructionFiles(options) }
  const creation = createInstructionCreation(parts)

  async function getInstruction(caller: Caller, instructionId: string): Promise<Instruction> {
    const id = parseInstructionId(instructionId)
    const instruction = id === null ? undefined : await findInstruction(db, id, caller.merchantId)
    if (!instruction) throw new NotFoundError('instruction', instructionId)
    return instruction
  }

  return {
    async create(caller, orderUniqueId, draft) {
      return creation.create(caller, await orders.getOrder(caller, orderUniqueId), draft)
    },

    async edit(caller, instructionId, change) {
      return editInstruction(parts, caller, await getInstruction(caller, instructionId), change)
    },

    async list(caller, orderUniqueId, { withFileContent }) {
      const order = await orders.getOrder(caller, orderUniqueId)
      const found = await reports.all(db, await listInstructions(db, order.orderId, INSTRUCTIONS_MAX))
      return withFileContent ? reports.withFileContent(db, found) : found
    },

    async remove(caller, instructionId) {
      const { instructionId: id, orderId } = await getInstruction(caller, instructionId)
      const remove = async (trx: Db): Promise<void> => {
        const order = await orders.lockOrder(trx, orderId)
        const instruction = await findInstruction(trx, id, caller.merchantId)
        if (!instruction) throw new NotFoundError('instruction', instructionId)
        await deleteInstruction(trx, id)
        const report = await reports.one(trx, instruction)
        await recordInstructionEvent(parts, trx, { type: 'deleted', order, report })
      }
      await orders.inTurn(orderId, () => inTransaction(db, remove))
    },

    async prepare(drafts) {
      const prepared: PreparedInstruction[] = []
      let fileBytes = 0
      // One after the other, so that what is over the order's quota is never fetched.
      for (const [index, draft] of drafts.entries()) {
        const one = await namingInstruction(index, async () => {
          assertRoomForInstruction({ instructionCount: index, fileBytes })
          const { file, ...rest } = await creation.prepare(draft)
          const sizeBytes = file?.document.sizeBytes ?? 0
          if (file) assertRoomForFile({ instructionCount: index, fileBytes }, sizeBytes, file.field)
          fileBytes += sizeBytes
          return { ...rest, file }
        })
        prepared.push(one)
      }
      return prepared
    },

    async insertPrepared(trx, caller, order, prepared) {
      const inserted: Instruction[] = []
      for (const [index, one] of prepared.entries()) {
        inserted.push(await namingInstruction(index, () => creation.insert(trx, caller, order, one)))
      }
      return inserted
    },

    listOfOrder: (anyDb, orderId) => listInstructions(anyDb, orderId, INSTRUCTIONS_MAX),
    listBeside: (anyDb, packageId) => listInstructionsBeside(anyDb, packageId, INSTRUCTIONS_MAX),
  }
}

/** What goes wrong within says which of order.create's instructions it was. */
async function namingInstruction<T>(index: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withinInstructions(error, index)
  }
}
