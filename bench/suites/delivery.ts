/** How fast a queue of waiting jobs comes out. */
import type { Contestant, Race, Suite } from '../harness.ts'
import { openPrintingFloor, type PrintingFloor } from '../printing-floor.ts'

const JOBS = 1_000
const JOB_BYTES = 10_000
const PRINTERS = [0, 1, 2, 3] as const

export const delivery: Suite = {
  name: 'delivery',
  title: `${JOBS} waiting raw jobs of ${JOB_BYTES / 1000} kB, beside cupsd's raw queues to the same sinks`,
  unit: 'jobs/s',
  better: 'higher',
  // A round is 6,000 jobs: by default a few are enough.
  effort: { rounds: 3 },
  async open() {
    const floor = await openPrintingFloor(
      PRINTERS.map((number) => ({ name: `Bench ${number}`, language: 'raw', pool: null })),
    )
    return { races: [raceOf(floor, [0]), raceOf(floor, PRINTERS)], close: () => floor.close() }
  },
}

/** A label of its own for each job, as carriers make them; or the same for all, whose bytes are stored and read once. */
type Labels = 'own' | 'same'
type NextLabel = () => Buffer

let labelsMade = 0

function labels(kind: Labels): NextLabel {
  const same = labelsMade++
  return () => {
    const number = kind === 'own' ? labelsMade++ : same
    return Buffer.from(`^XA^FX${String(number).padEnd(JOB_BYTES - 9)}^XZ`)
  }
}

function raceOf(floor: PrintingFloor, printers: readonly number[]): Race {
  return {
    title: printers.length === 1 ? 'one printer' : `${printers.length} printers`,
    contestants: [
      cupsOf(floor, printers),
      packhouseOf(floor, printers, 'own'),
      packhouseOf(floor, printers, 'same'),
    ],
  }
}

function cupsOf({ cups, sinks }: PrintingFloor, printers: readonly number[]): Contestant {
  const next = labels('own')
  return {
    name: 'cupsd, each its own label',
    async sample() {
      for (const number of printers) await cups.disable(`queue${number}`)
      for (let job = 0; job < JOBS; job += 1)
        await cups.printJob(`queue${printers[job % printers.length]}`, next())
      const arrived = arrivalsAt(sinks, printers)
      const startedAt = performance.now()
      for (const number of printers) await cups.enable(`queue${number}`)
      return rateSince(startedAt, await arrived)
    },
  }
}

function packhouseOf(floor: PrintingFloor, printers: readonly number[], kind: Labels): Contestant {
  const { rest, sinks, printerIds, locationId, stationId } = floor
  const next = labels(kind)
  return {
    name: kind === 'own' ? 'Packhouse, each its own label' : 'Packhouse, the same label for all',
    async sample() {
      const ids = printers.map((number) => printerIds[number])
      for (const id of ids) await rest(`/v1/cloud-printing/printers/${id}/pause`, {})
      for (let job = 0; job < JOBS; job += 1) {
        const printer_name = `Bench ${printers[job % printers.length]}`
        await rest('/v1/cloud-printing/jobs', {
          location_id: locationId,
          print_station_id: stationId,
          printer_name,
          data: `data:application/vnd.zebra-zpl;base64,${next().toString('base64')}`,
        })
      }
      const arrived = arrivalsAt(sinks, printers)
      const startedAt = performance.now()
      for (const id of ids) await rest(`/v1/cloud-printing/printers/${id}/resume`, {})
      return rateSince(startedAt, await arrived)
    },
  }
}

/** When the last byte of the last job came. */
async function arrivalsAt(sinks: PrintingFloor['sinks'], printers: readonly number[]): Promise<number> {
  const each = (JOBS / printers.length) * JOB_BYTES
  const arrivals = printers.map((number) => {
    sinks[number]?.reset()
    return sinks[number]?.bytesAt(each) ?? Promise.resolve(0)
  })
  return Math.max(...(await Promise.all(arrivals)))
}

function rateSince(startedAt: number, endedAt: number): number {
  return (JOBS / (endedAt - startedAt)) * 1000
}
