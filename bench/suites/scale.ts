/**
 * The same calls with little and with much in the tables: what was printed long ago, and what waits, must not make a click
 * slower. The baseline is Packhouse itself with a day's papers, in the same run.
 */
import type { Contestant, Race, Suite } from '../harness.ts'
import { type ScaleCall, scaleCalls } from '../scale-calls.ts'
import { openScaleFloor, type Past, type ScaleFloor } from '../scale-floor.ts'

const FEW = 10_000
/** At one printer, and as many again at ten others. */
const QUEUED = 10_000
/** Bounds the suite's time; `--rows=1000000` is the whole measurement. */
const MANY = 200_000

export const scale: Suite = {
  name: 'scale',
  title: 'calls one after the other, with much in the tables beside a little; aim: under 1.2 ×',
  unit: 'ms',
  better: 'lower',
  // One call a sample: what disturbs the machine for a second then disturbs all of them.
  effort: { rounds: 51, ms: 1 },
  async open({ rows = MANY }) {
    const pasts: readonly Past[] = [
      { finished: FEW, queued: 0, backlog: 0 },
      { finished: rows, queued: 0, backlog: 0 },
      { finished: FEW, queued: QUEUED, backlog: QUEUED },
    ]
    const floors: ScaleFloor[] = []
    // One after the other, so that the disk is not asked for three at once.
    for (const past of pasts) floors.push(await openScaleFloor(past))
    const calls = await Promise.all(floors.map((floor) => scaleCalls(floor, 'bench')))
    return {
      races: racesOf(pasts.map(nameOf), calls),
      async close() {
        for (const floor of floors) await floor.close()
      },
    }
  },
}

function nameOf({ finished, queued, backlog }: Past): string {
  const past = `${finished.toLocaleString('en')} finished jobs and instructions`
  const waiting = `${backlog.toLocaleString('en')} queued at one printer, ${queued.toLocaleString('en')} at ten`
  return queued === 0 ? past : `${past}, ${waiting}`
}

/** One race for each call, one contestant for each floor. */
function racesOf(names: readonly string[], calls: readonly (readonly ScaleCall[])[]): readonly Race[] {
  const [first = []] = calls
  return first.map(({ title }, index) => ({
    title,
    contestants: names.map((name, floor) => contestantOf(name, calls[floor]?.[index] as ScaleCall)),
  }))
}

/** The median of about `ms`. */
function contestantOf(name: string, { time }: ScaleCall): Contestant {
  return {
    name,
    async sample(ms) {
      const latencies: number[] = []
      const end = performance.now() + ms
      do latencies.push(await time())
      while (performance.now() < end)
      latencies.sort((a, b) => a - b)
      return latencies[Math.floor(latencies.length / 2)] ?? Number.NaN
    },
  }
}
