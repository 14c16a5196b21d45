import type { InstructionReport } from '../../../instructions/instruction.ts'
import { LongText } from '../../http/long-text.ts'
import { isoTime } from './iso-time.ts'

/** contracts/rpc.md, section 8, "Entity": these keys in this order, and `file_content` where it was asked for. */
export function instructionView(report: InstructionReport): Record<string, unknown> {
  const { instruction, copiesPrinted, confirmations, fileContent } = report
  return {
    instruction_id: instruction.instructionId,
    order_id: instruction.orderId,
    unique_id: instruction.orderUniqueId,
    note: instruction.note,
    file_name: instruction.fileName,
    presentation: instruction.presentation,
    print_target: instruction.printTarget,
    copies_printed: String(copiesPrinted),
    confirmations: confirmations.map(({ confirmedId, confirmedAt }) => ({
      confirmed_id: confirmedId,
      confirmed_at: isoTime(confirmedAt),
    })),
    ...(fileContent === undefined ? {} : { file_content: fileContent && new LongText(fileContent) }),
  }
}
