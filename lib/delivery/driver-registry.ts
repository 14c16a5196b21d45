import { join } from 'node:path'

import type { Connection } from './connection.ts'
import type { Driver } from './driver.ts'
import { IppDriver, type IppDriverOptions } from './ipp-driver.ts'
import { SocketDriver, type SocketLimits } from './socket-driver.ts'
import { VirtualDriver, type VirtualDriverOptions } from './virtual-driver.ts'

export interface DriverOptions extends Pick<VirtualDriverOptions, 'drawPage' | 'countPages'> {
  /** DATA_DIR of contracts/running.md. */
  readonly dataDir: string
  readonly ipp?: Pick<IppDriverOptions, 'timeouts' | 'limits'>
  readonly socket?: Partial<SocketLimits>
  /** What keeps a printer from working while it has a job, by printer id; on every change. */
  readonly onStateReasons?: (printerId: string, reasons: readonly string[]) => void
}

interface DrivenPrinter {
  readonly id: string
  readonly name: string
  readonly connection: Connection
}

export interface Drivers {
  /** The driver of a printer, kept until its name or connection changes. Throws for `station`, which nobody drives. */
  for(printer: DrivenPrinter): Driver
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
    const key = JSON.stringify([printer.name, printer.connection])
    const known = this.#entries.get(printer.id)
    const entry = known?.key === key ? known : { key, driver: this.#create(printer) }
    if (known !== undefined && known !== entry) void known.driver.close()
    this.#entries.delete(printer.id)
    this.#entries.set(printer.id, entry)
    this.#evict()
    return entry.driver
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

  #create({ id, name, connection }: DrivenPrinter): Driver {
    const { dataDir, drawPage, countPages, onStateReasons, ipp, socket } = this.#options
    switch (connection.type) {
      case 'ipp':
        return new IppDriver(connection, {
          ...ipp,
          onStateReasons: (reasons) => onStateReasons?.(id, reasons),
        })
      case 'socket':
        return new SocketDriver(connection, socket)
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
