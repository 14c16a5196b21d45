import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { InvalidError } from '../errors.ts'
import type { Order } from '../orders/order.ts'
import { fingerprintDraft } from './draft-fingerprint.ts'
import type { Instruction, InstructionReport } from './instruction.ts'
import type { InstructionDraft } from './instruction-draft.ts'
import { recordInstructionEvent } from './instruction-event.ts'
import { assertFitsTarget, type PreparedFile } from './instruction-files.ts'
import type { InstructionParts } from './instruction-parts.ts'
import { assertRoomForFile, assertRoomForInstruction } from './instruction-quota.ts'
import { reportOfNew } from './instruction-reports.ts'
import { findInstructionByExternalId, findInstructionUsage, insertInstruction } from './instruction-store.ts'
import { createSingleFlight } from './single-flight.ts'

/** A draft whose repetition can be told. */
interface MarkedDraft {
  readonly draft: InstructionDraft
  /** Null without an external_id. */
  readonly fingerprint: Buffer | null
}

/** And whose file is at hand. */
export interface PreparedInstruction extends MarkedDraft {
  readonly file: PreparedFile | null
}

export interface InstructionCreation {
  create(caller: Caller, order: Order, draft: InstructionDraft): Promise<InstructionReport>
  /** Downloads and looks into the file. Not in a transaction. */
  prepare(draft: InstructionDraft): Promise<PreparedInstruction>
  /** The order is locked, or new in this transaction. A repeated external_id answers the existing instruction. */
  insert(trx: Db, caller: Caller, order: Order, prepared: PreparedInstruction): Promise<Instruction>
}

export function createInstructionCreation(parts: InstructionParts): InstructionCreation {
  const { db, orders, files, reports, fingerprintKey } = parts
  const flights = createSingleFlight<InstructionReport>()

  function mark(draft: InstructionDraft): MarkedDraft {
    return { draft, fingerprint: draft.externalId === null ? null : fingerprintDraft(draft, fingerprintKey) }
  }

  async function prepare({ draft, fingerprint }: MarkedDraft): Promise<PreparedInstruction> {
    const file = draft.file && (await files.prepare(draft.file))
    const target = draft.printTarget ?? file?.inferredTarget
    if (file && target) assertFitsTarget(file, target)
    return { draft, file, fingerprint }
  }

  async function insertChecked(
    trx: Db,
    caller: Caller,
    order: Order,
    prepared: PreparedInstruction,
  ): Promise<Instruction> {
    await assertRoom(trx, order, prepared.file)
    const instruction = await insertDraft(parts, trx, { caller, order, prepared })
    await recordInstructionEvent(parts, trx, { type: 'created', order, report: reportOfNew(instruction) })
    return instruction
  }

  /** Where the external_id is taken, neither a file is fetched nor the order's state asked. */
  async function createOnce(caller: Caller, order: Order, marked: MarkedDraft): Promise<InstructionReport> {
    const repeated = await findRepeated(db, order, marked)
    if (repeated) return reports.one(db, repeated)
    orders.assertOpen(order)
    // Before a file is fetched for nothing; a note alone is counted once, under the lock.
    if (marked.draft.file) assertRoomForInstruction(await findInstructionUsage(db, order.orderId))
    const prepared = await prepare(marked)
    return orders.inTurn(order.orderId, () =>
      inTransaction(db, async (trx) => {
        const locked = await orders.lockOrder(trx, order.orderId)
        const winner = await findRepeated(trx, locked, marked)
        if (winner) return reports.one(trx, winner)
        orders.assertOpen(locked)
        return reportOfNew(await insertChecked(trx, caller, locked, prepared))
      }),
    )
  }

  return {
    prepare: (draft) => prepare(mark(draft)),

    create: (caller, order, draft) => {
      const marked = mark(draft)
      // One download for calls at the same moment; the order's lock decides among processes.
      const key =
        marked.fingerprint && `${order.orderId} ${draft.externalId} ${marked.fingerprint.toString('hex')}`
      return flights.run(key, () => createOnce(caller, order, marked))
    },

    async insert(trx, caller, order, prepared) {
      const repeated = await findRepeated(trx, order, prepared)
      return repeated ?? insertChecked(trx, caller, order, prepared)
    },
  }
}

/** Throws InvalidError if the external_id was used with other arguments. */
async function findRepeated(
  db: Db,
  order: Order,
  { draft: { externalId }, fingerprint }: MarkedDraft,
): Promise<Instruction | undefined> {
  if (externalId === null || fingerprint === null) return undefined
  const existing = await findInstructionByExternalId(db, order.orderId, externalId)
  if (existing && !existing.fingerprint.equals(fingerprint)) {
    throw new InvalidError('external_id', 'conflict', 'external_id was used with other arguments')
  }
  return existing?.instruction
}

async function assertRoom(trx: Db, order: Order, file: PreparedFile | null): Promise<void> {
  const usage = await findInstructionUsage(trx, order.orderId)
  assertRoomForInstruction(usage)
  if (file) assertRoomForFile(usage, file.document.sizeBytes, file.field)
}

interface Insertion {
  readonly caller: Caller
  readonly order: Order
  readonly prepared: PreparedInstruction
}

async function insertDraft(
  { documents }: InstructionParts,
  trx: Db,
  { caller, order, prepared }: Insertion,
): Promise<Instruction> {
  const { draft, file, fingerprint } = prepared
  const document = file && (await documents.store(trx, file.document))
  const { orderId, uniqueId: orderUniqueId } = order
  const fields = {
    orderId,
    note: draft.note,
    fileName: file?.name ?? null,
    isFileRemoved: false,
    presentation: draft.presentation ?? 'once_per_order',
    printTarget: draft.printTarget ?? file?.inferredTarget ?? null,
    isPrintTargetInferred: draft.printTarget === null,
  } as const
  const instructionId = await insertInstruction(trx, {
    ...fields,
    documentId: document?.documentId ?? null,
    externalId: draft.externalId,
    externalFingerprint: fingerprint,
    createdBy: caller.id,
  })
  return { ...fields, instructionId, orderUniqueId, revision: 1, document }
}
