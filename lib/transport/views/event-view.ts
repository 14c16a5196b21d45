import type { DocumentLinks } from '../../documents/document-links.ts'
import type { InstructionReport } from '../../instructions/instruction.ts'
import type { Order, Package, Shipment } from '../../orders/order.ts'
import type { Confirmation } from '../../packing/confirmation.ts'
import type { PrinterState, PrinterSummary } from '../../printers/printer.ts'
import type { EventViews } from '../../webhooks/delivery-message.ts'
import type { EventType, RecordedEvent } from '../../webhooks/event.ts'
import { placedPrinterView } from '../rest/views/printer-view.ts'
import { selectFields } from '../rpc/views/field-selection.ts'
import { instructionView } from '../rpc/views/instruction-view.ts'
import { ORDER_SUMMARY, orderView } from '../rpc/views/order-view.ts'
import { PACKAGE_FIELDS, packageView } from '../rpc/views/package-view.ts'
import { toConfirmationJson } from '../rpc/views/packing-view.ts'
import { SHIPMENT_FIELDS, shipmentView } from '../rpc/views/shipment-view.ts'
import { printJobView } from './print-job-view.ts'

type Entity = Readonly<Record<string, unknown>>

const SHIPMENT_SUMMARY = selectFields(SHIPMENT_FIELDS, '*')
const PACKAGE_SUMMARY = selectFields(PACKAGE_FIELDS, '*')

/** Members that hold what callers chose: nothing in them is a date of ours. */
const FOREIGN_MEMBERS: ReadonlySet<string> = new Set(['customFields', 'configuration'])

/** How events look to webhooks and streams. Links to documents are made for the moment at which they are sent. */
export function createEventViews(links: DocumentLinks): EventViews {
  return {
    rest: (event) => ({
      object: 'event',
      id: event.eventId,
      type: event.type,
      timestamp: event.createdAt.toISOString(),
      location_id: event.locationId,
      sequence: event.sequence,
      data: entityView(event, links),
    }),
    rpc(event) {
      const entity = entityView(event, links)
      return event.type === 'package.packed' ? { ...entity, status: entity['package_status'] } : entity
    },
  }
}

type View = (data: never, links: DocumentLinks) => Entity

const instructionEvent: View = ({
  confirmation,
  ...report
}: InstructionReport & { confirmation?: Confirmation }) => ({
  ...instructionView(report),
  ...(confirmation && { confirmation: toConfirmationJson(confirmation) }),
})

const orderEvent: View = (order: Order) => orderView(order, ORDER_SUMMARY)

/** The thing that an event tells of, as its own interface answers it: contracts/cloud-printing.md, section 7. */
const VIEWS: Readonly<Record<EventType, View>> = {
  'cloud_printing.job.created': printJobView,
  'cloud_printing.job.processing': printJobView,
  'cloud_printing.job.completed': printJobView,
  'cloud_printing.job.failed': printJobView,
  'cloud_printing.job.canceled': printJobView,
  'cloud_printing.printer.state_changed': printerChangeView,
  'order_instruction.created': instructionEvent,
  'order_instruction.edited': instructionEvent,
  'order_instruction.deleted': instructionEvent,
  'order_instruction.confirmed': instructionEvent,
  'order.created': orderEvent,
  'order.canceled': orderEvent,
  'order.completed': orderEvent,
  'shipment.packed': (shipment: Shipment) => shipmentView(shipment, SHIPMENT_SUMMARY),
  'package.packed': (pack: Package) => packageView(pack, PACKAGE_SUMMARY),
}

function entityView({ type, data }: RecordedEvent, links: DocumentLinks): Entity {
  return VIEWS[type](withDates(data) as never, links)
}

function printerChangeView({ previous, ...printer }: PrinterSummary & { previous: PrinterState }): Entity {
  return {
    ...placedPrinterView(printer),
    previous: { status: previous.status, state_reasons: previous.stateReasons },
  }
}

/** The domain object as it was recorded: what ends in `At` is a date there, and was written as a string. */
function withDates(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return name.endsWith('At') ? new Date(value) : value
  if (typeof value !== 'object' || value === null || FOREIGN_MEMBERS.has(name)) return value
  if (Array.isArray(value)) return value.map((item) => withDates(item))
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withDates(member, key)]))
}
