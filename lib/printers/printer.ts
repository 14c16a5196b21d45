/** Stations and printers: contracts/cloud-printing.md, section 5, and running.md, "Administration". */
import type { Connection, IppConnection } from '../delivery/connection.ts'
import type { Orientation } from './printer-capability.ts'
import type { PrinterHealth } from './routing.ts'

export type StationStatus = 'online' | 'offline'
export type PrinterStatus = 'online' | 'offline' | 'busy' | 'error'
export type PrinterPool = 'LASER' | 'LABEL' | 'SMALL_LABEL' | 'RECEIPT'

export interface Station {
  readonly stationId: string
  readonly location: { readonly locationId: string; readonly name: string; readonly code: string | null }
  readonly name: string
  readonly displayName: string
  readonly code: string | null
  /** As it was set. */
  readonly status: StationStatus
  /** A client called once and has been silent for 90 s: the station counts as offline. */
  readonly isSilent: boolean
  /** For the station's own client: shown only to who may change the station. */
  readonly deviceToken: string | null
  readonly allowAllUsers: boolean
  /** `usr_…` and `key_…`: who may use it when not everyone may. */
  readonly allowedUsers: readonly string[]
  readonly isPoolingEnabled: boolean
  /** A client's last call; null: none has ever called. */
  readonly lastSeenAt: Date | null
  readonly createdBy: string
  readonly updatedBy: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface StationWithPrinters extends Station {
  /** In the order they were given, without removed ones. */
  readonly printers: readonly PrinterSummary[]
}

/** Members of a printer's `configuration` that no rule of Packhouse reads, and those of thermal printing. */
export interface PrinterConfiguration {
  readonly dpi: string | null
  readonly speed: string | null
  readonly spooling: boolean
  readonly port: number | null
  readonly type: string | null
  /** contracts/thermal.md, section 4. */
  readonly thermal: Readonly<Record<string, unknown>> | null
  /** How pictures are written in ZPL: `ascii` for old firmware. */
  readonly zplGraphics?: 'z64' | 'ascii'
}

/** A printer with what is needed to reach it: for the dispatcher alone, since the connection may hold a password. */
export interface Printer {
  readonly printerId: string
  readonly name: string
  readonly model: string | null
  readonly code: string | null
  readonly pool: PrinterPool | null
  readonly locationId: string
  readonly station: { readonly stationId: string; readonly name: string; readonly displayName: string }
  readonly status: PrinterStatus
  /** What the printer says is the matter: `media-empty`, … */
  readonly stateReasons: readonly string[]
  readonly isPaused: boolean
  /** Since when `packhouse hold` has it paused; null: it hasn't. */
  readonly heldAt: Date | null
  readonly isRemoved: boolean
  /** Then the printer counts as offline, whatever its own status. */
  readonly isStationOffline: boolean
  /** As routing sees it: paused, as offline as its station, else its status. */
  readonly health: PrinterHealth
  readonly hasColor: boolean
  readonly hasDuplex: boolean
  readonly orientations: readonly Orientation[]
  /** Lower goes first, null last. */
  readonly priority: number | null
  /** Keys of the registry of paper sizes. */
  readonly pageSizes: readonly string[]
  readonly configuration: PrinterConfiguration
  readonly connection: Connection
  /** Queued and processing jobs. */
  readonly queueDepth: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

type PublicConnection = Exclude<Connection, IppConnection> | Omit<IppConnection, 'password'>

/** A printer as anybody may see it. */
export interface PrinterSummary extends Omit<Printer, 'connection'> {
  readonly connection: PublicConnection
}

export interface PrinterState {
  readonly status: PrinterStatus
  readonly stateReasons: readonly string[]
}

/** Absent and null members take their defaults. */
export interface NewPrinter {
  readonly name: string
  readonly model?: string | null
  readonly code?: string | null
  readonly pool?: PrinterPool | null
  readonly status?: PrinterStatus | null
  readonly hasColor?: boolean | null
  readonly hasDuplex?: boolean | null
  /** None means both. */
  readonly orientations?: readonly Orientation[] | null
  readonly priority?: number | null
  readonly pageSizes?: readonly string[] | null
  readonly configuration?: Partial<PrinterConfiguration> | null
  /** Default: a station client fetches and reports its jobs. */
  readonly connection?: Connection | null
}

/** Absent and null members take their defaults. */
export interface NewStation {
  readonly locationId: string
  readonly name: string
  /** Default: the name. */
  readonly displayName?: string | null
  readonly code?: string | null
  readonly status?: StationStatus | null
  readonly deviceToken?: string | null
  readonly allowAllUsers?: boolean | null
  readonly allowedUsers?: readonly string[] | null
  readonly isPoolingEnabled?: boolean | null
  readonly printers?: readonly NewPrinter[] | null
}

/** What is absent or null stays; `printers`, where given, is the whole list from now on. */
export type StationChange = Partial<NewStation>

export function toPrinterSummary({ connection, ...printer }: Printer): PrinterSummary {
  return { ...printer, connection: toPublicConnection(connection) }
}

function toPublicConnection(connection: Connection): PublicConnection {
  if (connection.type !== 'ipp') return connection
  const { password: _password, ...rest } = connection
  return rest
}
