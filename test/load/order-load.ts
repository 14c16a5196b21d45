/** Orders and their instructions, by the clock: a server that is slow gets no fewer, only later answers. */
import { setTimeout as delay } from 'node:timers/promises'
import type { RpcUser } from './callers.ts'
import { labelPdf, letterPdf, markText } from './mark.ts'
import type { Paper } from './paper.ts'
import type { Timings } from './timings.ts'

export interface OrderLoad {
  /** Complete orders that nobody has taken; undefined: none at the moment. */
  take(): PackableOrder | undefined
  /** Every instruction that was answered, by order. */
  readonly orders: readonly MadeOrder[]
  /** Instructions that were due by the clock when it ended and had not been sent. */
  readonly unsent: number
  /** Resolves when the time is over and everything that was sent is answered. */
  readonly ended: Promise<void>
}

export interface PackableOrder {
  readonly orderId: string
  readonly packageIds: readonly string[]
}

export interface MadeOrder {
  readonly orderId: string
  /** Notes of its instructions. */
  readonly notes: readonly string[]
}

export interface OrderLoadOptions {
  readonly connectors: readonly RpcUser[]
  readonly paper: Paper
  readonly timings: Timings
  readonly seconds: number
  readonly ratePerSecond: number
}

/** Of ten instructions: seven notes, two labels, one page; every second order has two packages. */
const PER_ORDER = 10
const LABELS = new Set([3, 7])
const PAGES = new Set([5])
const SECOND_MS = 1_000
/** Orders are made so long before their instructions. */
const AHEAD_MS = 1_000

interface Making {
  readonly index: number
  readonly orderId: string
  readonly packageIds: readonly string[]
  readonly notes: string[]
  readonly made: Promise<unknown>
  open: number
}

export function startOrderLoad(options: OrderLoadOptions): OrderLoad {
  const { connectors, timings, seconds, ratePerSecond } = options
  const ready: PackableOrder[] = []
  const orders: Making[] = []
  const running = new Set<Promise<void>>()
  const total = Math.floor((seconds * ratePerSecond) / PER_ORDER) * PER_ORDER
  const startsAt = performance.now() + AHEAD_MS
  const dueAt = (number: number) => startsAt + (number * SECOND_MS) / ratePerSecond
  let sent = 0

  const orderAt = (index: number): Making => {
    const connector = connectors[index % connectors.length] as RpcUser
    return (orders[index] ??= makeOrder(connector, index))
  }
  const instruct = async (number: number): Promise<void> => {
    const order = orderAt(Math.floor(number / PER_ORDER))
    await order.made
    const connector = connectors[order.index % connectors.length] as RpcUser
    await createInstruction(options, connector, { order, position: number % PER_ORDER })
    timings.record('order_instruction.create, from when it was due', performance.now() - dueAt(number))
    if (--order.open === 0) ready.push(order)
  }
  const run = async (): Promise<void> => {
    for (; sent < total; sent += 1) {
      const ahead = Math.floor((sent + (AHEAD_MS / SECOND_MS) * ratePerSecond) / PER_ORDER)
      if (ahead * PER_ORDER < total) orderAt(ahead)
      const waitMs = dueAt(sent) - performance.now()
      if (waitMs > 0) await delay(waitMs)
      if (performance.now() > dueAt(total)) break
      const one = instruct(sent)
      running.add(one)
      void one.catch(() => undefined).finally(() => running.delete(one))
    }
    await Promise.all(running)
  }
  return {
    take: () => ready.shift(),
    orders,
    get unsent() {
      return total - sent
    },
    ended: run(),
  }
}

function makeOrder(connector: RpcUser, index: number): Making {
  const orderId = `load-${index}`
  const packages = 1 + (index % 2)
  const make = async () => {
    await connector.call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: orderId }])
    await connector.call('shipment.create', [orderId, { shipment_id: `${orderId}-s`, packages }])
  }
  const made = make()
  made.catch(() => undefined)
  const packageIds = Array.from({ length: packages }, (_, number) => `${orderId}-s-${number + 1}`)
  return { index, orderId, packageIds, notes: [], made, open: PER_ORDER }
}

/** With an external id, so that asking again makes no second one. */
async function createInstruction(
  { paper }: OrderLoadOptions,
  connector: RpcUser,
  { order, position }: { readonly order: Making; readonly position: number },
): Promise<void> {
  const mark = paper.newMark()
  const note = `Do as ${markText(mark)} says`
  const isLabel = LABELS.has(position)
  const external = { external_id: markText(mark) }
  const file = { file_name: `${markText(mark)}.pdf`, presentation: 'once_per_package' }
  const options =
    isLabel || PAGES.has(position)
      ? {
          ...external,
          ...file,
          file_content: (isLabel ? labelPdf(mark) : letterPdf(mark)).toString('base64'),
        }
      : external
  await connector.call('order_instruction.create', [order.orderId, note, options])
  order.notes.push(note)
}
