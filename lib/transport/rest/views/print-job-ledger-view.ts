import type { PrintAttempt } from '../../../print-jobs/attempt.ts'
import type { FrozenRouting } from '../../../print-jobs/job-routing.ts'

/** A line of the ledger: contracts/cloud-printing.md, section 3, "Attempts". */
export function printAttemptView(attempt: PrintAttempt) {
  const { printer } = attempt
  return {
    object: 'print_attempt',
    attempt: attempt.attempt,
    printer: { id: printer.printerId, name: printer.name, model: printer.model },
    started_at: attempt.startedAt.toISOString(),
    ended_at: attempt.endedAt && attempt.endedAt.toISOString(),
    bytes_offered: attempt.bytesOffered,
    bytes_written: attempt.bytesWritten,
    outcome: attempt.outcome,
    detail: attempt.detail,
  }
}

/** Why this printer: contracts/cloud-printing.md, section 3, "Routing". */
export function printJobRoutingView(jobId: string, routing: FrozenRouting) {
  return {
    object: 'print_job_routing',
    job_id: jobId,
    decided_at: routing.decidedAt,
    printer_id: routing.printerId,
    candidates: routing.candidates.map(({ printer, station, ...judgement }) => ({
      printer,
      station: { id: station.id, name: station.name, display_name: station.displayName },
      chosen: judgement.isChosen,
      eligible: judgement.isEligible,
      health: judgement.health,
      queue_depth: judgement.queueDepth,
      priority: judgement.priority,
      reasons: judgement.reasons,
    })),
  }
}
