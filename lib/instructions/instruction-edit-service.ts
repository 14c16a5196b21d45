import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { withFile } from '../documents/removed-file.ts'
import { NotFoundError } from '../errors.ts'
import { TARGET_STOCKS } from '../printers/print-target.ts'
import type { Instruction, InstructionReport } from './instruction.ts'
import type { InstructionChange } from './instruction-change.ts'
import { recordInstructionEvent } from './instruction-event.ts'
import { assertFitsTarget, type PreparedFile } from './instruction-files.ts'
import type { InstructionParts } from './instruction-parts.ts'
import { assertRoomForFile } from './instruction-quota.ts'
import { isSameInstruction, type NewFile, type Revised, reviseInstruction } from './instruction-revision.ts'
import {
  findInstruction,
  findInstructionUsage,
  insertRevision,
  updateInstruction,
} from './instruction-store.ts'

/** All or nothing. `current` is the instruction as it was before its order was locked; it is read again under the lock. */
export async function editInstruction(
  parts: InstructionParts,
  caller: Caller,
  current: Instruction,
  change: InstructionChange,
): Promise<InstructionReport> {
  const { db, orders, reports } = parts
  orders.assertOpen(await orders.getOrder(caller, current.orderUniqueId))
  const file = change.file.kind === 'replace' ? await parts.files.prepare(change.file.source) : null
  await assertStoredFileFits(parts, current, change)
  const edit = async (trx: Db): Promise<InstructionReport> => {
    const order = await orders.lockOrder(trx, current.orderId)
    const before = await findInstruction(trx, current.instructionId, caller.merchantId)
    if (!before) throw new NotFoundError('instruction', String(current.instructionId))
    orders.assertOpen(order)
    const newFile = file && (await storeFile(parts, trx, before, file))
    const revised = reviseInstruction(before, change, newFile)
    const { printTarget } = revised.instruction
    if (file && printTarget !== null) assertFitsTarget(file, printTarget)
    await updateRevised(trx, caller, revised)
    const { instruction } = revised
    const report = await reports.one(trx, instruction)
    if (!isSameInstruction(before, instruction)) {
      await recordInstructionEvent(parts, trx, { type: 'edited', order, report })
    }
    return report
  }
  return orders.inTurn(current.orderId, () => inTransaction(db, edit))
}

/** A file that was small enough for labels may be too large at a finer target's resolution. */
async function assertStoredFileFits(
  { db, documents }: InstructionParts,
  { document, fileName, printTarget }: Instruction,
  change: InstructionChange,
): Promise<void> {
  const isKept = change.file.kind === 'keep' || change.file.kind === 'rename'
  if (!isKept || document === null || printTarget === null || change.printTarget === null) return
  const { dpi } = TARGET_STOCKS[change.printTarget]
  if (dpi <= TARGET_STOCKS[printTarget].dpi) return
  const read = () => documents.read(db, document.documentId)
  const { bytes } = await withFile(fileName ?? 'Document', read)
  await documents.inspect(bytes, { field: 'print_target', dpi })
}

async function storeFile(
  { documents }: InstructionParts,
  trx: Db,
  { orderId, instructionId }: Instruction,
  file: PreparedFile,
): Promise<NewFile> {
  const usage = await findInstructionUsage(trx, orderId, instructionId)
  assertRoomForFile(usage, file.document.sizeBytes, file.field)
  const document = await documents.store(trx, file.document)
  return { name: file.name, document, inferredTarget: file.inferredTarget }
}

/** The revision first: the instruction's row points to it. */
async function updateRevised(trx: Db, caller: Caller, { instruction, isRevised }: Revised): Promise<void> {
  if (isRevised) await insertRevision(trx, instruction, caller.id)
  await updateInstruction(trx, instruction)
}
