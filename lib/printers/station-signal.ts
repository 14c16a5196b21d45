/** `printer.free`: a job of it has ended. The others are pushed to station clients as well. */
export type StationSignalName =
  | 'job.queued'
  | 'job.canceled'
  | 'printer.free'
  | 'printer.identify'
  | 'printer.paused'
  | 'printer.resumed'

/** Something happened at a printer of a station client: told to every process, and by them to the station's clients. */
export interface StationSignal {
  readonly event: StationSignalName
  readonly stationId: string
  readonly printerId: string
  readonly jobId: string | null
  /** Other printers of the station may take the printer's jobs. */
  readonly isPooled: boolean
}

/** Undefined for what no process of ours has sent. */
export function parseStationSignal(payload: string): StationSignal | undefined {
  try {
    return JSON.parse(payload) as StationSignal
  } catch {
    return undefined
  }
}
