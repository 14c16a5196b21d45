/** Clicks that print, and how long their paper takes to begin. */
import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { makeLabelPdf } from '../test/helpers/documents.ts'
import type { Contestant } from './harness.ts'
import { makeOrder, makePackages } from './packing-work.ts'
import type { PrintSink } from './print-sink.ts'
import type { RpcCaller } from './rpc-caller.ts'

/** Does what comes before a click, which isn't measured, and answers the click. */
export type Click = () => Promise<() => Promise<unknown>>

/** A median of fewer says little, and those that wait before each click would make one in a sample. */
const CLICKS_MIN = 3
/** A packer reads the screen and takes the box before the click. */
const OPENED_MS = 1_000

/** The median of the clicks of about `ms`, in milliseconds. A click follows when the paper before is whole at the sink. */
export function latencyOf(sink: PrintSink, prepare: Click): Contestant['sample'] {
  return async (ms) => {
    const latencies: number[] = []
    const end = performance.now() + ms
    while (latencies.length < CLICKS_MIN || performance.now() < end) {
      const click = await prepare()
      const firstByte = sink.nextByteAt()
      const ended = sink.nextEndAt()
      const startedAt = performance.now()
      const clicked = click()
      const [at] = await Promise.all([firstByte, clicked, ended])
      latencies.push(at - startedAt)
    }
    latencies.sort((a, b) => a - b)
    return latencies[Math.floor(latencies.length / 2)] ?? Number.NaN
  }
}

/** As carriers make them: no two labels are alike, so nothing that was made for one serves another. */
export function clickOnLabelOfItsOwn(
  floor: { readonly shop: RpcCaller; readonly packer: RpcCaller; readonly stationId: string },
  { pool, isOpened }: { readonly pool: 'LASER' | 'LABEL'; readonly isOpened: boolean },
): Click {
  const { shop, packer, stationId } = floor
  const prefix = `paper-own-${pool}-${isOpened ? 'opened' : 'unopened'}`
  const at = { station_id: stationId }
  let made = 0
  return async () => {
    const order = `${prefix}-${made++}`
    const label = await makeLabelPdf({
      code128: `PH${randomInt(10 ** 9, 10 ** 10)}`,
      qrCode: `https://example.test/p/${randomInt(10 ** 9, 10 ** 10)}`,
    })
    await makeOrder(shop, order)
    const [packageId] = await makePackages(shop, order, 1)
    const { instruction_id } = await shop.call('order_instruction.create', [
      order,
      'Stick the label on top',
      { file_name: 'label.pdf', file_content: label.toString('base64'), print_target: pool },
    ])
    if (isOpened) {
      await packer.call('packing.open', [packageId, at])
      await delay(OPENED_MS)
    }
    return () => packer.call('packing.confirm', [instruction_id, packageId, at])
  }
}
