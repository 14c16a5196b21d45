/** How Packhouse reaches a printer: contracts/running.md, "connection". */
export type Connection = SocketConnection | IppConnection | VirtualConnection | StationConnection

export interface SocketConnection {
  readonly type: 'socket'
  readonly host: string
  readonly port: number
  readonly language: 'zpl' | 'escpos' | 'pdf' | 'raw'
}

export interface IppConnection {
  readonly type: 'ipp'
  /** `ipp://host[:port]/path` or `ipps://…`. */
  readonly uri: string
  readonly username?: string
  readonly password?: string
  /** PEM of the authority, or of the printer's own self-signed certificate. */
  readonly ca?: string
}

interface VirtualConnection {
  readonly type: 'virtual'
}

/** A station client fetches and reports the job itself: there is no driver for it. */
interface StationConnection {
  readonly type: 'station'
}
