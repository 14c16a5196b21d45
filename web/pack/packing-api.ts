import { callRpc } from '../api/rpc.ts'

/** JSON-RPC's `packing.*`: docs/packing.md. */
export interface Occurrence {
  readonly instruction_id: number
  readonly revision: number
  readonly note: string
  readonly file_name: string | null
  readonly presentation: 'once_per_order' | 'once_per_shipment' | 'once_per_package'
  readonly print_target: string | null
  readonly state: 'due' | 'deferred' | 'confirmed' | 'changed' | 'elsewhere'
  readonly because: string
  readonly confirmation: {
    readonly confirmed_at: string
    readonly confirmed_by: string
    readonly package_id: string
  } | null
  readonly print_job: PackJob | null
}

export interface PackJob {
  readonly id: string
  readonly status: 'queued' | 'processing' | 'completed' | 'failed' | 'canceled'
  readonly reason: string | null
  readonly printer: { readonly id: string; readonly name: string }
  readonly pages: number | null
}

export interface PackageAtHand {
  readonly package_id: string
  readonly shipment_id: string
  readonly order_unique_id: string
  readonly status: 'packing' | 'packed'
}

export interface PackingView {
  readonly package: PackageAtHand
  readonly occurrences: readonly Occurrence[]
  readonly can_finish: boolean
  readonly blockers: readonly string[]
}

export interface PackStation {
  readonly id: string
  readonly display_name: string
  readonly status: string
  readonly printers: readonly PackPrinter[]
}

export interface PackPrinter {
  readonly id: string
  readonly name: string
  readonly status: 'online' | 'offline' | 'busy' | 'error'
  readonly paused: boolean
  readonly state_reasons: readonly string[]
  readonly queue_depth: number
}

export interface Picture {
  readonly page: number
  readonly pages: number
  readonly content: string
}

type Station = { readonly station_id?: string }

export const packing = {
  open: (code: string, station: Station) => callRpc<PackingView>('packing.open', [code, station]),
  confirm: (instructionId: number, packageId: string, options: Station & { readonly revision: number }) =>
    callRpc<Occurrence>('packing.confirm', [instructionId, packageId, options]),
  defer: (instructionId: number, packageId: string) =>
    callRpc<Occurrence>('packing.defer', [instructionId, packageId]),
  reprint: (
    instructionId: number,
    packageId: string,
    more: { readonly reason: string; readonly printJobId: string },
  ) =>
    callRpc<PackJob>('packing.reprint', [
      instructionId,
      packageId,
      more.reason,
      { print_job_id: more.printJobId },
    ]),
  finish: (packageId: string) => callRpc<PackageAtHand>('packing.finish', [packageId]),
  stations: () => callRpc<readonly PackStation[]>('packing.stations', []),
  picture: (instructionId: number, packageId: string, page: number) =>
    callRpc<Picture>('packing.picture', [instructionId, packageId, { page }]),
}
