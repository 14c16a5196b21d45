import { DomainError } from '../errors.ts'
import type { Printer } from '../printers/printer.ts'
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

/** Of a job that was meant for one printer: nothing was chosen from. */
export function directRouting({
  printerId,
  name,
  model,
  station,
  health,
  queueDepth,
  priority,
}: Printer): FrozenRouting {
  const candidate: FrozenCandidate = {
    printer: { id: printerId, name, model },
    station: { id: station.stationId, name: station.name, displayName: station.displayName },
    isChosen: true,
    isEligible: true,
    health,
    queueDepth,
    priority,
    reasons: [`health: it is ${health}, and no other was asked for`],
  }
  return { decidedAt: new Date().toISOString(), printerId, candidates: [candidate] }
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
