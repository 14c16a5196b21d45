/** What the server process needs while it is under load, and whether it answers. */
import { readFile } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { HttpClient } from './http-client.ts'
import type { Timings } from './timings.ts'

export type Phase = 'setup' | 'load' | 'storm' | 'after'

export interface MemorySample {
  readonly phase: Phase
  readonly seconds: number
  readonly rssMb: number
  readonly heapMb: number
}

export interface Watch {
  phase: Phase
  readonly memory: readonly MemorySample[]
  /** Largest of what `/metrics` told, by phase. */
  readonly peaks: ReadonlyMap<string, number>
  /** Of this process: what it measures is late by so much. */
  readonly ownDelayMs: () => { readonly p99: number; readonly max: number }
  stop(): Promise<void>
}

const PROBE_MS = 200
const SAMPLE_MS = 1_000
const BYTES_PER_MB = 1_048_576

const PEAKS = {
  'event loop delay of the server, p99, ms': /^nodejs_eventloop_lag_p99_seconds (\S+)/m,
  'event loop delay of the server, longest, ms': /^nodejs_eventloop_lag_max_seconds (\S+)/m,
  'connections to the database in use': /^packhouse_database_connections\{state="used"\} (\S+)/m,
  'requests that wait for one': /^packhouse_database_connections\{state="waiting"\} (\S+)/m,
} as const
const CPU = /^process_cpu_seconds_total (\S+)/m
const HEAP = /^nodejs_heap_size_used_bytes (\S+)/m

export function startWatch(http: HttpClient, pid: number, timings: Timings): Watch {
  const startedAt = performance.now()
  const memory: MemorySample[] = []
  const peaks = new Map<string, number>()
  const own = monitorEventLoopDelay({ resolution: 10 })
  own.enable()
  let cpu = { seconds: 0, at: performance.now() }

  const sample = async (): Promise<void> => {
    const { phase } = watch
    const text = (await http.send({ path: '/metrics' })).bytes.toString()
    const read = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0)
    const peak = (name: string, value: number) => {
      const key = `${phase}: ${name}`
      peaks.set(key, Math.max(peaks.get(key) ?? 0, value))
    }
    for (const [name, pattern] of Object.entries(PEAKS))
      peak(name, read(pattern) * (name.endsWith('ms') ? 1000 : 1))
    const now = { seconds: read(CPU), at: performance.now() }
    peak(
      'processor time of the server, % of a core',
      ((now.seconds - cpu.seconds) / (now.at - cpu.at)) * 100_000,
    )
    cpu = now
    const seconds = (performance.now() - startedAt) / 1000
    memory.push({ phase, seconds, rssMb: await residentMb(pid), heapMb: read(HEAP) / BYTES_PER_MB })
  }
  const probe = async (): Promise<void> => {
    const at = performance.now()
    await http.send({ path: '/healthz' })
    timings.record(`GET /healthz, ${watch.phase}`, performance.now() - at)
  }
  const timers = [every(PROBE_MS, probe, timings), every(SAMPLE_MS, sample, timings)]
  const watch = {
    phase: 'setup' as Phase,
    memory,
    peaks,
    ownDelayMs: () => ({ p99: own.percentile(99) / 1e6, max: own.max / 1e6 }),
    async stop() {
      await Promise.all(timers.map((stop) => stop()))
      own.disable()
    },
  }
  return watch
}

/** One at a time; a failure is a trouble. Answers how to stop. */
function every(ms: number, work: () => Promise<void>, timings: Timings): () => Promise<void> {
  let running: Promise<void> | null = null
  const timer = setInterval(() => {
    running ??= work()
      .catch((error: unknown) => timings.trouble(work.name, String(error)))
      .finally(() => {
        running = null
      })
  }, ms)
  return async () => {
    clearInterval(timer)
    await running
  }
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024
}
