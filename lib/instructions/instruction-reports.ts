import type { Db } from '../db/database.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import type { Confirmation } from '../packing/confirmation.ts'
import type { ConfirmationsService } from '../packing/confirmations-service.ts'
import type { PrintJobsService } from '../print-jobs/print-jobs-service.ts'
import type { Instruction, InstructionReport } from './instruction.ts'

export interface InstructionReports {
  one(db: Db, instruction: Instruction): Promise<InstructionReport>
  /** Two queries, however many there are. */
  all(db: Db, instructions: readonly Instruction[]): Promise<readonly InstructionReport[]>
  /** With the bytes that were attached, read one document after the other. */
  withFileContent(db: Db, reports: readonly InstructionReport[]): Promise<readonly InstructionReport[]>
}

export function createInstructionReports(options: {
  readonly documents: DocumentsService
  readonly confirmations: ConfirmationsService
  readonly printJobs: Pick<PrintJobsService, 'copiesPrinted'>
}): InstructionReports {
  const { documents, confirmations, printJobs } = options

  async function all(db: Db, instructions: readonly Instruction[]): Promise<InstructionReport[]> {
    if (instructions.length === 0) return []
    const ids = instructions.map(({ instructionId }) => instructionId)
    const confirmed = groupByInstruction(await confirmations.list(db, ids))
    const copies = await printJobs.copiesPrinted(db, ids)
    return instructions.map((instruction) => ({
      instruction,
      copiesPrinted: copies.get(instruction.instructionId) ?? 0,
      confirmations: (confirmed.get(instruction.instructionId) ?? []).map(({ confirmedId, confirmedAt }) => ({
        confirmedId,
        confirmedAt,
      })),
    }))
  }

  return {
    all,

    async one(db, instruction) {
      const [report] = await all(db, [instruction])
      return report as InstructionReport
    },

    async withFileContent(db, reports) {
      const contents = new Map<string, readonly string[]>()
      for (const { instruction } of reports) {
        const documentId = instruction.document?.documentId
        if (documentId === undefined || contents.has(documentId)) continue
        const content = await documents.findBase64(db, documentId)
        if (content !== undefined) contents.set(documentId, content)
      }
      return reports.map((report) => {
        const document = report.instruction.document
        return { ...report, fileContent: (document && contents.get(document.documentId)) ?? null }
      })
    },
  }
}

/** Of an instruction that was made in this transaction: nobody can have confirmed or printed it. */
export function reportOfNew(instruction: Instruction): InstructionReport {
  return { instruction, copiesPrinted: 0, confirmations: [] }
}

function groupByInstruction(
  confirmations: readonly Confirmation[],
): ReadonlyMap<number, readonly Confirmation[]> {
  const groups = new Map<number, Confirmation[]>()
  for (const confirmation of confirmations) {
    const group = groups.get(confirmation.instructionId)
    if (group) group.push(confirmation)
    else groups.set(confirmation.instructionId, [confirmation])
  }
  return groups
}
