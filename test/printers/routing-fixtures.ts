import fc from 'fast-check'
import type {
  ConnectionKind,
  RenderedLanguage,
  SocketLanguage,
} from '../../lib/printers/printer-capability.ts'
import type { RoutingCandidate, RoutingRequest } from '../../lib/printers/routing.ts'

export const ANYTHING: RoutingRequest = {
  paperSize: null,
  orientation: 'portrait',
  colorPrint: false,
  doubleSided: false,
  mediaType: 'application/pdf',
  renderable: new Set(),
  stationId: null,
  printerName: null,
  pool: null,
  preferredStationId: null,
}

export function station(id: string): RoutingCandidate['station'] {
  return { id, name: id, displayName: id }
}

export function printer(name: string, given: Partial<RoutingCandidate> = {}): RoutingCandidate {
  return {
    id: name,
    name,
    model: null,
    station: station('near'),
    version: '1',
    isStationOpenToCaller: true,
    connection: { type: 'virtual' },
    pageSizes: ['letter', 'a4'],
    orientations: ['portrait', 'landscape'],
    hasColor: false,
    hasDuplex: false,
    pool: null,
    status: 'online',
    stationStatus: 'online',
    isPaused: false,
    queueDepth: 0,
    priority: null,
    ...given,
  }
}

export function socket(language: SocketLanguage): ConnectionKind {
  return { type: 'socket', language }
}

const sizes = ['letter', 'a4', 'label_4x6'] as const
const mediaTypes = [
  'application/pdf',
  'image/png',
  'application/vnd.zebra-zpl',
  'application/vnd.escpos',
] as const
const pools = fc.option(fc.constantFrom('LABEL', 'LASER'))
const orNull = <Value>(...values: readonly Value[]) => fc.option(fc.constantFrom(...values), { freq: 2 })

export const requestArbitrary: fc.Arbitrary<RoutingRequest> = fc.record({
  paperSize: orNull(...sizes),
  orientation: fc.constantFrom('portrait', 'landscape'),
  colorPrint: fc.boolean(),
  doubleSided: fc.boolean(),
  mediaType: fc.constantFrom(...mediaTypes),
  renderable: fc.subarray<RenderedLanguage>(['zpl', 'escpos']).map((languages) => new Set(languages)),
  stationId: orNull('near', 'far'),
  printerName: orNull('a', 'b'),
  pool: pools,
  preferredStationId: orNull('near', 'far'),
})

export const candidatesArbitrary = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 99 }).map(String),
    name: fc.constantFrom('a', 'b', 'B', 'ä'),
    model: fc.constant(null),
    station: fc.constantFrom(station('near'), station('far')),
    version: fc.constant('1'),
    isStationOpenToCaller: fc.boolean(),
    connection: fc.oneof(
      fc.record({ type: fc.constantFrom('station' as const, 'ipp' as const, 'virtual' as const) }),
      fc.constantFrom<SocketLanguage>('zpl', 'escpos', 'pdf', 'raw').map(socket),
    ),
    pageSizes: fc.subarray([...sizes]),
    orientations: fc.subarray(['portrait' as const, 'landscape' as const], { minLength: 1 }),
    hasColor: fc.boolean(),
    hasDuplex: fc.boolean(),
    pool: pools,
    status: fc.constantFrom('online' as const, 'offline' as const, 'busy' as const, 'error' as const),
    stationStatus: fc.constantFrom('online' as const, 'offline' as const),
    isPaused: fc.boolean(),
    queueDepth: fc.nat(2),
    priority: fc.option(fc.integer({ min: -1, max: 1 })),
  }),
  { selector: ({ id }) => id, maxLength: 8 },
)
