/** Which printers each station has. */
import type { PrintTarget } from './workspace.ts'

type Kind = 'pdf socket' | 'zpl socket' | 'ipp' | 'virtual' | 'station'

/** LABEL and LASER printer of every fifth station. */
const KINDS: readonly (readonly [Kind, Kind])[] = [
  ['pdf socket', 'pdf socket'],
  ['zpl socket', 'virtual'],
  ['virtual', 'pdf socket'],
  ['pdf socket', 'ipp'],
  ['station', 'station'],
]

interface PlannedPrinter {
  readonly name: string
  readonly kind: Kind
  readonly pool: 'LABEL' | 'LASER'
}

export interface PlannedStation {
  readonly name: string
  readonly printers: readonly PlannedPrinter[]
  /** A client prints for it. */
  readonly hasClient: boolean
}

export interface PlannedStations {
  readonly stations: readonly PlannedStation[]
  /** Names of the printers that are TCP ports, that speak IPP, and that are folders. */
  readonly sinks: readonly string[]
  readonly ipp: readonly string[]
  readonly virtual: readonly string[]
}

export function planStations(count: number): PlannedStations {
  const stations = Array.from({ length: count }, (_, index) => {
    const [label, laser] = KINDS[index % KINDS.length] as readonly [Kind, Kind]
    const printers: PlannedPrinter[] = [
      { name: `Label ${index}`, kind: label, pool: 'LABEL' },
      { name: `Laser ${index}`, kind: laser, pool: 'LASER' },
    ]
    return { name: `Station ${index}`, printers, hasClient: label === 'station' }
  })
  const printers = stations.flatMap((station) => station.printers)
  const namesOf = (isOne: (kind: Kind) => boolean) =>
    printers.filter(({ kind }) => isOne(kind)).map(({ name }) => name)
  return {
    stations,
    sinks: namesOf((kind) => kind.endsWith('socket')),
    ipp: namesOf((kind) => kind === 'ipp'),
    virtual: namesOf((kind) => kind === 'virtual'),
  }
}

/** `connectTo`: where a printer of that name listens. */
export function printersBody(
  { printers }: PlannedStation,
  { portOf, uriOf }: { portOf(name: string): number; uriOf(name: string): string },
): readonly object[] {
  const connectionOf = ({ name, kind }: PlannedPrinter): object => {
    if (kind === 'ipp') return { type: kind, uri: uriOf(name) }
    if (!kind.endsWith('socket')) return { type: kind }
    const language = kind === 'zpl socket' ? 'zpl' : 'pdf'
    return { type: 'socket', host: '127.0.0.1', port: portOf(name), language }
  }
  return printers.map((printer) => ({
    name: printer.name,
    pool: printer.pool,
    connection: connectionOf(printer),
    page_size: printer.pool === 'LABEL' ? { label_4x6: true } : { letter: true },
    configuration: { dpi: '203' },
  }))
}

/** What each takes by REST: raw labels go to Zebra printers, documents to the others' labels. */
export function targetsOf({ printers }: PlannedStation, stationId: string): readonly PrintTarget[] {
  return printers
    .filter(({ pool }) => pool === 'LABEL')
    .map(({ name, kind }) => ({ stationId, printerName: name, takes: kind === 'zpl socket' ? 'zpl' : 'pdf' }))
}
