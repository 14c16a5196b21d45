import {
  discoveredPrinterAnswer,
  type PrinterDiscoveryQuery,
  printerDiscoveryQuery,
} from '../../../../schemas/printer-discovery.ts'
import type { FoundPrinter, PrinterDiscoveryService } from '../../../printers/printer-discovery-service.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'

const SECOND_MS = 1_000
const WAIT_DEFAULT_SECONDS = printerDiscoveryQuery.properties.wait.default

/** Printers that are nobody's yet: docs/printers.md. Stands before the route of one printer, whose id it would be. */
export const printerDiscoveryRoutes = (discovery: PrinterDiscoveryService): readonly RestRoute[] => [
  defineRoute<unknown, PrinterDiscoveryQuery>({
    method: 'GET',
    path: '/v1/cloud-printing/printers/discover',
    scope: 'print_stations:write',
    summary: 'Find printers in the network',
    description:
      'Asks the networks of the server by DNS-SD. Only where the operator has set `PRINTER_DISCOVERY`, else 404.',
    tag: 'Printers',
    query: printerDiscoveryQuery,
    answer: { status: 200, schema: discoveredPrinterAnswer, isList: true, isPaged: false },
    refusals: ['not_found'],
    async handle({ query, ending }) {
      const waitMs = (query.wait ?? WAIT_DEFAULT_SECONDS) * SECOND_MS
      const found = await discovery.discover({ waitMs, signal: ending })
      const message = `${found.length} ${found.length === 1 ? 'printer' : 'printers'} found`
      return { kind: 'json', status: 200, message, data: found.map(view), pagination: null, events: [] }
    },
  }),
]

function view(printer: FoundPrinter) {
  const { hasColor, hasDuplex, isAllowed, ...described } = printer
  return {
    object: 'discovered_printer',
    ...described,
    color: hasColor,
    duplex: hasDuplex,
    port_allowed: isAllowed,
  }
}
