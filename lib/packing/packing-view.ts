import type { Instruction } from '../instructions/instruction.ts'
import type { Order, Package } from '../orders/order.ts'
import type { PrintJob } from '../print-jobs/print-job.ts'
import type { RoutingCandidate } from '../printers/routing.ts'
import type { Occurrence } from './occurrence.ts'

/** An occurrence with what it shows and what came of it. */
export interface OccurrenceReport {
  readonly occurrence: Occurrence
  readonly instruction: Instruction
  /** The job that its confirmation made; null without one, or without a file. */
  readonly printJob: PrintJob | null
}

export interface PackingView {
  readonly package: Package
  readonly occurrences: readonly OccurrenceReport[]
  readonly canFinish: boolean
  readonly blockers: readonly string[]
}

/** A dry run for a whole order: what would be shown where, and which printer each file would go to. */
export interface PackingPreview {
  readonly order: Order
  readonly packages: readonly Package[]
  readonly occurrences: readonly (OccurrenceReport & { readonly route: PreviewedRoute | null })[]
}

/** Null in place of this: there is nothing to print. */
export interface PreviewedRoute {
  readonly printer: RoutingCandidate | null
  /** Why no printer can: `Label: paper-size-not-supported: …`, one per printer that was considered; or why none could. */
  readonly obstacles: readonly string[]
}
