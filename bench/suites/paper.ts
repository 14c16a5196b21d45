/** From the click to the first byte at the printer, one click after the other, on an idle floor. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeLabelPdf } from '../../test/helpers/documents.ts'
import { makeFolder } from '../folder.ts'
import type { Contestant, Suite } from '../harness.ts'
import { confirming } from '../packing-work.ts'
import { type Click, clickOnLabelOfItsOwn, latencyOf } from '../paper-clicks.ts'
import type { PrintSink } from '../print-sink.ts'
import { openPrintingFloor, type PrintingFloor } from '../printing-floor.ts'

/** Times fifty clicks on the same label. */
const ORDERS = 20
const LASER = { name: 'Bench laser', language: 'pdf', pool: 'LASER' } as const
const LABEL = { name: 'Bench label', language: 'zpl', pool: 'LABEL' } as const

export const paper: Suite = {
  name: 'paper',
  title: 'from the click to the first byte at a TCP printer, beside cupsd with a raw queue to the same sink',
  unit: 'ms',
  better: 'lower',
  async open() {
    const floor = await openPrintingFloor([LASER, LABEL])
    return {
      races: [
        {
          title: 'a label of one page',
          contestants: [...(await cupsContestants(floor)), ...(await confirmations(floor))],
          baselines: 2,
        },
      ],
      close: () => floor.close(),
    }
  },
}

async function cupsContestants({ cups, sinks }: PrintingFloor): Promise<readonly Contestant[]> {
  const label = await makeLabelPdf()
  const file = join((await makeFolder()).path, 'label.pdf')
  await writeFile(file, label)
  const sampleOf = (print: () => Promise<void>) =>
    latencyOf(sinks[0] as PrintSink, () => Promise.resolve(print))
  return [
    { name: 'lp, through cupsd', sample: sampleOf(() => cups.lp('queue0', file)) },
    { name: 'IPP Print-Job, through cupsd', sample: sampleOf(() => cups.printJob('queue0', label)) },
  ]
}

async function confirmations(floor: PrintingFloor): Promise<readonly Contestant[]> {
  const [laser, label] = floor.sinks as readonly [PrintSink, PrintSink]
  const ownAs = (pool: 'LASER' | 'LABEL', isOpened: boolean) =>
    clickOnLabelOfItsOwn(floor, { pool, isOpened })
  const clicks: readonly (readonly [title: string, sink: PrintSink, Click])[] = [
    ['PDF as it is, one of its own, opened before', laser, ownAs('LASER', true)],
    ['PDF as it is, one of its own, not opened', laser, ownAs('LASER', false)],
    ['PDF as it is, the same again', laser, await clickOnTheSame(floor, 'LASER')],
    ['PDF to a ZPL label of its own, opened before', label, ownAs('LABEL', true)],
    ['PDF to a ZPL label of its own, not opened', label, ownAs('LABEL', false)],
    ['PDF to a ZPL label, the same again', label, await clickOnTheSame(floor, 'LABEL')],
  ]
  return clicks.map(([title, sink, click]) => ({
    name: `packing.confirm, ${title}`,
    sample: latencyOf(sink, click),
  }))
}

/** What is made of it is kept: routing, claim, mark and connection are left. */
async function clickOnTheSame(floor: PrintingFloor, pool: 'LASER' | 'LABEL'): Promise<Click> {
  const content = (await makeLabelPdf()).toString('base64')
  const file = { file_name: 'label.pdf', file_content: content, print_target: pool }
  const next = await confirming(floor.shop, `paper-${pool}`, { file, orders: ORDERS })
  return () => {
    const args = [...next(), { station_id: floor.stationId }]
    return Promise.resolve(() => floor.packer.call('packing.confirm', args))
  }
}
