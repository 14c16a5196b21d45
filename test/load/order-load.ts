/** Orders and their instructions, by the clock: a server that is slow gets no fewer, only later answers. */
import { setTimeout as delay } from 'node:timers/promises'
import { CallFailed, type RpcUser, TooLate } from './callers.ts'
import type { Clicks } from './clicks.ts'
import { labelPdf, letterPdf, markText } from './mark.ts'
import type { Paper } from './paper.ts'
import type { Timings } from './timings.ts'

export interface OrderLoad {
  /** Complete orders that nobody has taken; undefined: none at the moment. */
  take(): PackableOrder | undefined
  /** Instructions that were due by the clock and had not been sent when the time was over. */
  readonly unsent: number
  /** Resolves when the time is over and everything that was sent is answered. */
  readonly ended: Promise<void>
}

export interface PackableOrder {
  readonly orderId: string
  readonly shipmentId: string
  readonly packageIds: readonly string[]
}

export interface OrderLoadOptions {
  readonly connectors: readonly RpcUser[]
  readonly paper: Paper
  readonly clicks: Clicks
  readonly timings: Timings
  readonly seconds: number
  readonly ratePerSecond: number
}

/** Of ten instructions: seven notes, two labels, one page; every second order has two packages. */
const PER_ORDER = 10
/** As many orders get their instructions side by side, one of each connector. */
const ORDERS_AT_ONCE = 20
const PER_BLOCK = PER_ORDER * ORDERS_AT_ONCE
const LABELS = new Set([3, 7])
const PAGES = new Set([5])
const SECOND_MS = 1_000
/** What is later than that isn't sent: a server that is slow would keep the test going for ever. */
const LATE_MS = 60_000
/** Orders are made so long before their first instruction. */
const AHEAD_MS = 2_000

interface Making extends PackableOrder {
  readonly index: number
  /** Instructions that were answered. */
  instructed: number
  readonly made: Promise<unknown>
}

export function startOrderLoad(options: OrderLoadOptions): OrderLoad {
  const { timings, seconds, ratePerSecond } = options
  const ready: PackableOrder[] = []
  const orders: Making[] = []
  const running = new Set<Promise<void>>()
  const total = Math.ceil((seconds * ratePerSecond) / PER_BLOCK) * PER_BLOCK
  const startsAt = performance.now() + AHEAD_MS
  const dueAt = (number: number) => startsAt + (number * SECOND_MS) / ratePerSecond
  const endsAt = dueAt(total) + LATE_MS
  const isWanted = (): boolean => performance.now() < endsAt
  let made = 0

  const orderAt = (index: number): Making => (orders[index] ??= makeOrder(options, index))
  const instruct = async (number: number): Promise<void> => {
    const { order, position } = placeOf(number, orderAt)
    await order.made
    await createInstruction(options, { order, position }, isWanted)
    made += 1
    order.instructed += 1
    timings.record('order_instruction.create, from when it was due', performance.now() - dueAt(number))
    if (order.instructed === PER_ORDER) ready.push(order)
  }
  const run = async (): Promise<void> => {
    for (let number = 0; number < total && isWanted(); number += 1) {
      const ahead = number + Math.ceil((AHEAD_MS / SECOND_MS) * ratePerSecond)
      if (ahead < total) placeOf(ahead, orderAt)
      const waitMs = dueAt(number) - performance.now()
      if (waitMs > 0) await delay(waitMs)
      const one = instruct(number).catch(unlessTold)
      running.add(one)
      void one.finally(() => running.delete(one))
    }
    await Promise.all(running)
  }
  return {
    take: () => ready.shift(),
    get unsent() {
      return total - made
    },
    ended: run(),
  }
}

function placeOf(number: number, orderAt: (index: number) => Making) {
  const block = Math.floor(number / PER_BLOCK)
  const order = orderAt(block * ORDERS_AT_ONCE + (number % ORDERS_AT_ONCE))
  return { order, position: Math.floor((number % PER_BLOCK) / ORDERS_AT_ONCE) }
}

function connectorOf({ connectors }: OrderLoadOptions, index: number): RpcUser {
  return connectors[index % connectors.length] as RpcUser
}

/** A refusal breaks the run by itself: `Timings` has it. What wasn't sent is counted. */
function unlessTold(error: unknown): void {
  if (!(error instanceof CallFailed) && !(error instanceof TooLate)) throw error
}

/** Faults of the second call, when the answer to the first was lost. */
const ORDER_EXISTS = 104
const SHIPMENT_EXISTS = 102

function makeOrder(options: OrderLoadOptions, index: number): Making {
  const connector = connectorOf(options, index)
  const orderId = `load-${index}`
  const shipmentId = `${orderId}-s`
  const packages = 1 + (index % 2)
  const make = async () => {
    const order = [null, { 'SKU-1': 1 }, null, { unique_id: orderId }]
    await connector.call('order.create', order, { faultOfDone: ORDER_EXISTS })
    options.clicks.orders.add(orderId)
    const shipment = [orderId, { shipment_id: shipmentId, packages }]
    await connector.call('shipment.create', shipment, { faultOfDone: SHIPMENT_EXISTS })
  }
  const made = make()
  made.catch(() => undefined)
  const packageIds = Array.from({ length: packages }, (_, number) => `${shipmentId}-${number + 1}`)
  return { index, orderId, shipmentId, packageIds, instructed: 0, made }
}

/** With an external id, so that asking again makes no second one. */
async function createInstruction(
  options: OrderLoadOptions,
  { order, position }: { readonly order: Making; readonly position: number },
  isWanted: () => boolean,
): Promise<void> {
  const mark = options.paper.newMark()
  const note = `Do as ${markText(mark)} says`
  const isLabel = LABELS.has(position)
  const external = { external_id: markText(mark) }
  const file = { file_name: `${markText(mark)}.pdf`, presentation: 'once_per_package' }
  const given =
    isLabel || PAGES.has(position)
      ? {
          ...external,
          ...file,
          file_content: (isLabel ? labelPdf(mark) : letterPdf(mark)).toString('base64'),
        }
      : external
  const args = [order.orderId, note, given]
  const made = await connectorOf(options, order.index).call<{ instruction_id: number }>(
    'order_instruction.create',
    args,
    { isWanted },
  )
  options.clicks.instructions.set(made.instruction_id, { orderId: order.orderId, note })
}
