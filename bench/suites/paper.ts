/** From the click to the first byte at the printer, one click after the other, on an idle floor. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeLabelPdf } from '../../test/helpers/documents.ts'
import type { Contestant, Suite } from '../harness.ts'
import { confirming } from '../packing-work.ts'
import type { PrintSink } from '../print-sink.ts'
import { openPrintingFloor, type PrintingFloor } from '../printing-floor.ts'

const ORDERS = 20

export const paper: Suite = {
  name: 'paper',
  title: 'from the click to the first byte at a TCP printer, beside cupsd with a raw queue to the same sink',
  unit: 'ms',
  better: 'lower',
  async open() {
    const floor = await openPrintingFloor([
      { name: 'Bench laser', language: 'pdf', pool: 'LASER' },
      { name: 'Bench label', language: 'zpl', pool: 'LABEL' },
    ])
    const folder = await mkdtemp(join(tmpdir(), 'packhouse-bench-'))
    const label = await makeLabelPdf()
    await writeFile(join(folder, 'label.pdf'), label)
    const contestants = [
      ...cupsContestants(floor, { file: join(folder, 'label.pdf'), label }),
      await confirmation(floor, { title: 'packing.confirm, PDF as it is', target: 'LASER', label, sink: 0 }),
      await confirmation(floor, {
        title: 'packing.confirm, PDF to a ZPL label',
        target: 'LABEL',
        label,
        sink: 1,
      }),
    ]
    return {
      races: [{ title: 'a label of one page', contestants }],
      async close() {
        await floor.close()
        await rm(folder, { recursive: true, force: true })
      },
    }
  },
}

function cupsContestants(
  { cups, sinks }: PrintingFloor,
  { file, label }: { file: string; label: Buffer },
): readonly Contestant[] {
  const [sink] = sinks
  if (!cups || !sink)
    throw new Error('there is no baseline: cupsd is missing (Debian: cups cups-client), or this is not root')
  return [
    { name: 'lp, through cupsd', sample: latencyOf(sink, () => cups.lp('queue0', file), label.length) },
    {
      name: 'IPP Print-Job, through cupsd',
      sample: latencyOf(sink, () => cups.printJob('queue0', label), label.length),
    },
  ]
}

interface Confirmed {
  readonly title: string
  readonly target: 'LASER' | 'LABEL'
  readonly label: Buffer
  readonly sink: number
}

async function confirmation(
  floor: PrintingFloor,
  { title, target, label, sink }: Confirmed,
): Promise<Contestant> {
  const file = { file_name: 'label.pdf', file_content: label.toString('base64'), print_target: target }
  const next = await confirming(floor.shop, `paper-${target}`, { file, orders: ORDERS })
  const click = () => floor.packer.call('packing.confirm', [...next(), { station_id: floor.stationId }])
  return { name: title, sample: latencyOf(floor.sinks[sink] as PrintSink, click, null) }
}

/** The median of the clicks of about `ms`. A click follows when the one before is whole at the sink. */
function latencyOf(
  sink: PrintSink,
  click: () => Promise<unknown>,
  sizeBytes: number | null,
): Contestant['sample'] {
  return async (ms) => {
    const latencies: number[] = []
    const end = performance.now() + ms
    do {
      sink.reset()
      const firstByte = sink.nextByteAt()
      const whole = sizeBytes === null ? firstByte : sink.bytesAt(sizeBytes)
      const startedAt = performance.now()
      const clicked = click()
      latencies.push((await firstByte) - startedAt)
      await Promise.all([clicked, whole])
    } while (performance.now() < end)
    latencies.sort((a, b) => a - b)
    return latencies[Math.floor(latencies.length / 2)] ?? Number.NaN
  }
}
