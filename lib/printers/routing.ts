/** Which printer a job goes to, and why: contracts/cloud-printing.md, section 3 ("Routing"). Pure. */
import { incapabilitiesOf, type PrinterCapability, type PrintNeeds } from './printer-capability.ts'

export type PrinterHealth = 'online' | 'busy' | 'offline' | 'error' | 'paused'

export interface RoutingRequest extends PrintNeeds {
  /** The station that the caller named; null: any of the location. */
  readonly stationId: string | null
  readonly printerName: string | null
  /** The very printer that the caller named; null: any. */
  readonly printerId?: string | null
  /** The pool that alone may print it, an instruction's print target; null: any printer. */
  readonly pool: string | null
  /**
   * The station where the packer stands: one of its printers that can print it is taken before all others, whatever its
   * health or queue, because the paper must come out at the packer's hand.
   */
  readonly preferredStationId: string | null
  /** Where papers of the same package wait or print: they come out together, or wait together. */
  readonly packetPrinterId?: string | null
}

/** A printer of the job's location that isn't removed. */
export interface RoutingCandidate extends PrinterCapability {
  readonly id: string
  /** Another one with each change of the printer. */
  readonly version: string
  readonly name: string
  readonly model: string | null
  readonly station: { readonly id: string; readonly name: string; readonly displayName: string }
  readonly isStationOpenToCaller: boolean
  readonly pool: string | null
  readonly status: 'online' | 'offline' | 'busy' | 'error'
  /** A station whose client fell silent counts as offline. */
  readonly stationStatus: 'online' | 'offline'
  readonly isPaused: boolean
  /** Queued and processing jobs. */
  readonly queueDepth: number
  /** Lower goes first, null last. */
  readonly priority: number | null
}

export interface RankedCandidate {
  readonly printer: RoutingCandidate
  readonly isEligible: boolean
  readonly isChosen: boolean
  readonly health: PrinterHealth
  readonly queueDepth: number
  readonly priority: number | null
  /** `keyword: text`: all that rules it out; of an eligible one, what decided for or against it. */
  readonly reasons: readonly string[]
}

export interface RoutingDecision {
  readonly chosen: RoutingCandidate | null
  /** Best first, then the ruled out. */
  readonly candidates: readonly RankedCandidate[]
  /** The caller named a station that is closed to it, or a printer there: no printer is chosen, and no lack of printers is to blame. */
  readonly refusal: 'unauthorized' | null
}

/** Offline, in error and paused are alike: taken only if there is no other, and then by their queues. */
const HEALTH_RANK = { online: 0, busy: 1, offline: 2, error: 2, paused: 2 } as const satisfies Record<
  PrinterHealth,
  number
>

export function route(request: RoutingRequest, candidates: readonly RoutingCandidate[]): RoutingDecision {
  const criteria = criteriaOf(request)
  const judged = candidates
    .map((printer) => ({ printer, reasons: ruledOutBy(request, printer) }))
    .toSorted((a, b) => compareBy(criteria, a.printer, b.printer))
  const eligible = judged.filter(({ reasons }) => reasons.length === 0).map(({ printer }) => printer)
  const ruledOut = judged.filter(({ reasons }) => reasons.length > 0)
  const isRefused = candidates.some(
    ({ id, station, isStationOpenToCaller }) =>
      (station.id === request.stationId || id === request.printerId) && !isStationOpenToCaller,
  )
  return {
    chosen: eligible[0] ?? null,
    candidates: [
      ...eligible.map((printer, place) => ranked(printer, [decidedBy(criteria, eligible, place)], place)),
      ...ruledOut.map(({ printer, reasons }) => ranked(printer, reasons, null)),
    ],
    refusal: isRefused ? 'unauthorized' : null,
  }
}

export function healthOf(
  printer: Pick<RoutingCandidate, 'status' | 'stationStatus' | 'isPaused'>,
): PrinterHealth {
  if (printer.isPaused) return 'paused'
  if (printer.status === 'error') return 'error'
  return printer.stationStatus === 'offline' ? 'offline' : printer.status
}

function ranked(
  printer: RoutingCandidate,
  reasons: readonly string[],
  place: number | null,
): RankedCandidate {
  const { queueDepth, priority } = printer
  const health = healthOf(printer)
  return { printer, isEligible: place !== null, isChosen: place === 0, health, queueDepth, priority, reasons }
}

function ruledOutBy(request: RoutingRequest, printer: RoutingCandidate): readonly string[] {
  const reasons: string[] = []
  if (request.stationId !== null && printer.station.id !== request.stationId) {
    reasons.push(`station-not-requested: it is at station ${printer.station.name}`)
  }
  if (request.printerName !== null && printer.name !== request.printerName) {
    reasons.push(`printer-not-requested: its name is not ${request.printerName}`)
  }
  if (isOther(request.printerId, printer.id)) reasons.push('printer-not-requested: it is another printer')
  if (request.pool !== null && printer.pool !== request.pool) {
    reasons.push(
      `pool-not-requested: it is of ${printer.pool === null ? 'no pool' : `pool ${printer.pool}`}, not ${request.pool}`,
    )
  }
  if (!printer.isStationOpenToCaller)
    reasons.push(`station-access: station ${printer.station.name} is closed to the caller`)
  return [...reasons, ...incapabilitiesOf(printer, request)]
}

function isOther(requested: string | null | undefined, own: string): boolean {
  return requested !== undefined && requested !== null && requested !== own
}

/** One step of the order, with the keyword and words by which an answer tells that it decided. */
interface Criterion {
  readonly compare: (a: RoutingCandidate, b: RoutingCandidate) => number
  readonly reason: (own: RoutingCandidate, other: RoutingCandidate) => string
}

function criteriaOf({ preferredStationId, packetPrinterId }: RoutingRequest): readonly Criterion[] {
  const apart = ({ id }: RoutingCandidate) => (id === packetPrinterId ? 0 : 1)
  const distance = ({ station }: RoutingCandidate) => (station.id === preferredStationId ? 0 : 1)
  return [
    {
      compare: (a, b) => distance(a) - distance(b),
      reason: (own) => `station-preferred: it is ${distance(own) === 0 ? '' : 'not '}at the station at hand`,
    },
    {
      compare: (a, b) => apart(a) - apart(b),
      reason: (own) => `packet: papers of this package are ${apart(own) === 0 ? '' : 'not '}at it`,
    },
    ...ORDER,
  ]
}

const ORDER: readonly Criterion[] = [
  {
    compare: (a, b) => HEALTH_RANK[healthOf(a)] - HEALTH_RANK[healthOf(b)],
    reason: (own, other) => `health: it is ${healthOf(own)}, ${other.name} is ${healthOf(other)}`,
  },
  {
    compare: (a, b) => a.queueDepth - b.queueDepth,
    reason: (own, other) =>
      `queue-depth: it has ${own.queueDepth} waiting, ${other.name} has ${other.queueDepth}`,
  },
  {
    compare: (a, b) => comparePriority(a.priority, b.priority),
    reason: (own, other) =>
      `priority: it has ${own.priority ?? 'none'}, ${other.name} has ${other.priority ?? 'none'}`,
  },
  {
    compare: (a, b) => compareText(a.name, b.name),
    reason: (own, other) =>
      `name: ${own.name} sorts ${own.name < other.name ? 'before' : 'after'} ${other.name}`,
  },
  {
    compare: (a, b) => compareText(a.id, b.id),
    reason: (own, other) =>
      `name: both are ${own.name}, and ${own.id < other.id ? 'its' : "the other's"} id is the lower one`,
  },
]

function compareBy(criteria: readonly Criterion[], a: RoutingCandidate, b: RoutingCandidate): number {
  return decisive(criteria, a, b)?.compare(a, b) ?? 0
}

function decisive(
  criteria: readonly Criterion[],
  a: RoutingCandidate,
  b: RoutingCandidate,
): Criterion | undefined {
  return criteria.find(({ compare }) => compare(a, b) !== 0)
}

/** What put the first before the second, and every other one behind the first. */
function decidedBy(
  criteria: readonly Criterion[],
  eligible: readonly RoutingCandidate[],
  place: number,
): string {
  const own = eligible[place]
  const other = eligible[place === 0 ? 1 : 0]
  const alone = `health: it is ${own ? healthOf(own) : 'gone'}, and no other can print it`
  if (!own || !other) return alone
  return decisive(criteria, own, other)?.reason(own, other) ?? alone
}

/** Subtracting would make two absent ones NaN. */
function comparePriority(a: number | null, b: number | null): number {
  if (a === b) return 0
  if (a === null) return 1
  return b === null ? -1 : a - b
}

/** By code unit: the same order on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
