import { readFileSync } from 'node:fs'

interface ProcessorTime {
  readonly usedMs: number
  readonly atMs: number
}

/** Linux tells it in ticks of 1/100 s, whatever its own clock: proc(5). */
const MS_PER_TICK = 10

/**
 * Both numbers of one moment. `/metrics` tells the first alone, and a server that is late answers long after it has looked:
 * by the clock of whoever asked, two looks seem closer than they were. Null when it has ended.
 */
export function processorTime(pid: number): ProcessorTime | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { usedMs: (Number(user) + Number(system)) * MS_PER_TICK, atMs: performance.now() }
  } catch {
    return null
  }
}

export function shareOfCore(one: ProcessorTime, other: ProcessorTime): number {
  return ((other.usedMs - one.usedMs) / (other.atMs - one.atMs)) * 100
}
