import { DomainError } from '../errors.ts'
import type {
  PrinterHealth,
  RankedCandidate,
  RoutingCandidate,
  RoutingDecision,
} from '../printers/routing.ts'

/** Why a job went to its printer, as it was when the job was made: contracts/cloud-printing.md, "Routing". */
export interface FrozenRouting {
  /** ISO 8601, UTC. */
  readonly decidedAt: string
  readonly printerId: string
  /** Best first, then the ruled out. */
  readonly candidates: readonly FrozenCandidate[]
}

interface FrozenCandidate {
  readonly printer: { readonly id: string; readonly name: string; readonly model: string | null }
  readonly station: RoutingCandidate['station']
  readonly isChosen: boolean
  readonly isEligible: boolean
  readonly health: PrinterHealth
  readonly queueDepth: number
  readonly priority: number | null
  readonly reasons: readonly string[]
}

/** Throws `forbidden` for a named station that is closed to the caller, `no_printer` with a reason for each printer. */
export function assertChosen(decision: RoutingDecision): RoutingCandidate {
  if (decision.refusal !== null) {
    throw new DomainError('forbidden', 'no access to that station', {
      subject: 'station',
      reason: decision.refusal,
    })
  }
  if (decision.chosen === null) {
    throw new DomainError('no_printer', 'no printer can print this document', {
      printers: decision.candidates.map(({ printer, reasons }) => `${printer.name}: ${reasons.join('; ')}`),
    })
  }
  return decision.chosen
}

export function freezeRouting(
  chosen: RoutingCandidate,
  candidates: readonly RankedCandidate[],
): FrozenRouting {
  return {
    decidedAt: new Date().toISOString(),
    printerId: chosen.id,
    candidates: candidates.map(({ printer, ...judgement }) => ({
      printer: { id: printer.id, name: printer.name, model: printer.model },
      station: printer.station,
      ...judgement,
    })),
  }
}
