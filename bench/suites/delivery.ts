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
  // A round is 4,000 jobs: by default a few are enough.
  effort: { rounds: 3 },
  async open() {
    const floor = await openPrintingFloor(
      PRINTERS.map((number) => ({ name: `Bench ${number}`, language: 'raw', pool: null })),
    )
    return { races: [raceOf(floor, [0]), raceOf(floor, PRINTERS)], close: () => floor.close() }
  },
}

const DOCUMENT = Buffer.from(`^XA^FX${' '.repeat(JOB_BYTES - 11)}^XZ`)

function raceOf(floor: PrintingFloor, printers: readonly number[]): Race {
  const title = printers.length === 1 ? 'one printer' : `${printers.length} printers`
  return { title, contestants: [cupsOf(floor, printers), packhouseOf(floor, printers)] }
}

function cupsOf({ cups, sinks }: PrintingFloor, printers: readonly number[]): Contestant {
  if (!cups)
    throw new Error('there is no baseline: cupsd is missing (Debian: cups cups-client), or this is not root')
  return {
    name: 'cupsd',
    async sample() {
      for (const number of printers) await cups.disable(`queue${number}`)
      for (let job = 0; job < JOBS; job += 1)
        await cups.printJob(`queue${printers[job % printers.length]}`, DOCUMENT)
      const arrived = arrivalsAt(sinks, printers)
      const startedAt = performance.now()
      for (const number of printers) await cups.enable(`queue${number}`)
      return rateSince(startedAt, await arrived)
    },
  }
}

function packhouseOf(floor: PrintingFloor, printers: readonly number[]): Contestant {
  const { rest, sinks, printerIds, locationId, stationId } = floor
  const data = `data:application/vnd.zebra-zpl;base64,${DOCUMENT.toString('base64')}`
  return {
    name: 'Packhouse',
    async sample() {
      const ids = printers.map((number) => printerIds[number])
      for (const id of ids) await rest(`/v1/cloud-printing/printers/${id}/pause`, {})
      for (let job = 0; job < JOBS; job += 1) {
        const printer_name = `Bench ${printers[job % printers.length]}`
        await rest('/v1/cloud-printing/jobs', {
          location_id: locationId,
          print_station_id: stationId,
          printer_name,
          data,
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
  const each = (JOBS / printers.length) * DOCUMENT.length
  const arrivals = printers.map((number) => {
    sinks[number]?.reset()
    return sinks[number]?.bytesAt(each) ?? Promise.resolve(0)
  })
  return Math.max(...(await Promise.all(arrivals)))
}

function rateSince(startedAt: number, endedAt: number): number {
  return (JOBS / (endedAt - startedAt)) * 1000
}
