import { join } from 'node:path'

import type { Connection, SocketConnection } from './connection.ts'
import { notSent } from './delivery-result.ts'
import type { Delivery, DeliveryContext, DeliveryResult, Driver } from './driver.ts'
import { EscposDriver } from './escpos-driver.ts'
import type { StatusCheck } from './escpos-status.ts'
import { IppDriver, type IppDriverOptions } from './ipp-driver.ts'
import { SocketDriver } from './socket-driver.ts'
import type { StateListener } from './state-change.ts'
import { VirtualDriver, type VirtualDriverOptions } from './virtual-driver.ts'
import { ZplDriver } from './zpl-driver.ts'

export interface DriverOptions extends Pick<VirtualDriverOptions, 'drawPage' | 'countPages'> {
  /** DATA_DIR of contracts/running.md. */
  readonly dataDir: string
  readonly ipp?: Pick<IppDriverOptions, 'timeouts' | 'limits'>
  /** What keeps a printer from working while it has a job, by printer id; on every change. */
  readonly onStateReasons?: (printerId: string, reasons: readonly string[]) => void
}

interface DrivenPrinter {
  readonly id: string
  readonly name: string
  readonly connection: Connection
  /** Of receipt printers; default: tolerant. */
  readonly statusCheck?: StatusCheck
}

interface Command {
  readonly commandId: string
  readonly bytes: Uint8Array
}

export interface Drivers {
  /** The driver of a printer, kept until its name or connection changes. Throws for `station`, which nobody drives. */
  for(printer: DrivenPrinter): Driver
  /** Bytes that are no job, without a question for the printer's state. Nothing for a printer that takes no ESC/POS. */
  command(printer: DrivenPrinter, command: Command, context: DeliveryContext): Promise<DeliveryResult>
  close(): Promise<void>
}

/** Those used least recently go first: an evicted one costs a new connection, no more. */
const DRIVERS_MAX = 1000

interface Entry {
  readonly key: string
  readonly driver: Driver
}

export function createDrivers(options: DriverOptions): Drivers {
  return new DriverRegistry(options)
}

class DriverRegistry implements Drivers {
  readonly #options: DriverOptions
  readonly #entries = new Map<string, Entry>()

  constructor(options: DriverOptions) {
    this.#options = options
  }

  for(printer: DrivenPrinter): Driver {
    const key = JSON.stringify([printer.name, printer.connection, printer.statusCheck])
    const known = this.#entries.get(printer.id)
    const entry = known?.key === key ? known : { key, driver: this.#create(printer) }
    if (known !== undefined && known !== entry) void known.driver.close()
    this.#entries.delete(printer.id)
    this.#entries.set(printer.id, entry)
    this.#evict()
    return entry.driver
  }

  async command(printer: DrivenPrinter, command: Command, context: DeliveryContext): Promise<DeliveryResult> {
    const driver = this.for(printer)
    const delivery = commandDelivery(command)
    if (driver instanceof EscposDriver) return driver.deliver(delivery, context, 'off')
    if (driver instanceof VirtualDriver) return driver.deliver(delivery, context)
    // Its connection was changed while the command waited.
    const detail = 'the printer does not take ESC/POS any more'
    return notSent({ bytesOffered: command.bytes.length, detail, next: 'fail', reason: null })
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    await Promise.all(entries.map(({ driver }) => driver.close()))
  }

  #evict(): void {
    for (const [id, { driver }] of this.#entries) {
      if (this.#entries.size <= DRIVERS_MAX) return
      this.#entries.delete(id)
      void driver.close()
    }
  }

  #create({ id, name, connection, statusCheck = 'tolerant' }: DrivenPrinter): Driver {
    const { dataDir, drawPage, countPages, ipp } = this.#options
    const onStateReasons = (reasons: readonly string[]) => this.#options.onStateReasons?.(id, reasons)
    switch (connection.type) {
      case 'ipp':
        return new IppDriver(connection, { ...ipp, onStateReasons })
      case 'socket':
        return createSocketDriver(connection, statusCheck, onStateReasons)
      case 'virtual':
        return new VirtualDriver({
          folder: join(dataDir, 'virtual-printers'),
          printerName: name,
          drawPage,
          countPages,
        })
      case 'station':
        throw new TypeError('a station client fetches its jobs itself')
    }
  }
}

function createSocketDriver(
  connection: SocketConnection,
  statusCheck: StatusCheck,
  onStateReasons: StateListener,
): Driver {
  switch (connection.language) {
    case 'zpl':
      return new ZplDriver(connection, { onStateReasons })
    case 'escpos':
      return new EscposDriver(connection, statusCheck)
    case 'pdf':
    case 'raw':
      return new SocketDriver(connection)
  }
}

function commandDelivery({ commandId, bytes }: Command): Delivery {
  return {
    jobId: commandId,
    jobName: 'command',
    userName: '',
    bytes,
    mediaType: 'application/vnd.escpos',
    copies: 1,
    sides: 'one-sided',
    colorMode: 'monochrome',
    paper: null,
  }
}
