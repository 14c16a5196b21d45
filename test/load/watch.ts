/** What the server processes need while they are under load, and whether they answer. */
import { readFile } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { HttpClient } from './http-client.ts'
import { processorTime, shareOfCore } from './processor-time.ts'
import type { Paper } from './paper.ts'
import type { LoadServer } from './servers.ts'
import type { Timings } from './timings.ts'

export type Phase = 'setup' | 'load' | 'storm' | 'after'

export interface MemorySample {
  readonly phase: Phase
  readonly seconds: number
  readonly rssMb: number
  readonly heapMb: number
}

/** After a collection. */
export interface CollectedSample {
  readonly when: 'load' | 'before the storm' | 'after the storm'
  readonly seconds: number
  /** Different ones that had been asked for by then. */
  readonly documents: number
  /** On and off the heap. */
  readonly liveMb: number
  /** Of it, on the heap. */
  readonly heapMb: number
  readonly rssMb: number
}

export interface ServerMemory {
  readonly memory: readonly MemorySample[]
  readonly collected: readonly CollectedSample[]
}

export interface Watch {
  phase: Phase
  /** By server. */
  readonly servers: readonly ServerMemory[]
  /** Largest of what `/metrics` of any server told, by phase. */
  readonly peaks: ReadonlyMap<string, number>
  /** Of this process: what it measures is late by so much. */
  readonly ownDelayMs: () => { readonly p99: number; readonly max: number }
  /** Has every server collect its garbage, and keeps what is left. */
  collect(when: CollectedSample['when']): Promise<void>
  stop(): Promise<void>
}

const PROBE_MS = 200
const SAMPLE_MS = 1_000
/** The kernel counts processor time in hundredths of a second: shorter intervals would tell of little else. */
const SHARE_MS_MIN = 500
/** While there is load. It stops a server for a tenth of a second. */
const COLLECT_MS = 15_000
const BYTES_PER_MB = 1_048_576

const PEAKS = {
  'event loop delay of the server, p99, ms': /^nodejs_eventloop_lag_p99_seconds (\S+)/m,
  'event loop delay of the server, longest, ms': /^nodejs_eventloop_lag_max_seconds (\S+)/m,
  'connections to the database in use': /^packhouse_database_connections\{state="used"\} (\S+)/m,
  'requests that wait for one': /^packhouse_database_connections\{state="waiting"\} (\S+)/m,
} as const
const HEAP = /^nodejs_heap_size_used_bytes (\S+)/m

export interface Watching {
  readonly timings: Timings
  readonly paper: Pick<Paper, 'documents'>
}

export function startWatch(servers: readonly LoadServer[], { timings, paper }: Watching): Watch {
  const startedAt = performance.now()
  const peaks = new Map<string, number>()
  const own = monitorEventLoopDelay({ resolution: 10 })
  own.enable()
  const common: Common = {
    timings,
    documents: () => paper.documents,
    phase: () => watch.phase,
    seconds: () => (performance.now() - startedAt) / 1000,
    peak(name, value) {
      const key = `${watch.phase}: ${name}`
      peaks.set(key, Math.max(peaks.get(key) ?? 0, value))
    },
  }
  const watched = servers.map((server) => watchServer(server, common))
  const collect = async (when: CollectedSample['when']): Promise<void> => {
    await Promise.all(watched.map((server) => server.collect(when)))
  }
  const timer = every(
    COLLECT_MS,
    async () => {
      if (watch.phase === 'load') await collect('load')
    },
    timings,
  )
  const watch: Watch = {
    phase: 'setup',
    servers: watched,
    peaks,
    ownDelayMs: () => ({ p99: own.percentile(99) / 1e6, max: own.max / 1e6 }),
    collect,
    async stop() {
      await Promise.all([timer(), ...watched.map((server) => server.stop())])
      own.disable()
    },
  }
  return watch
}

interface Common {
  readonly timings: Timings
  documents(): number
  phase(): Phase
  seconds(): number
  peak(name: string, value: number): void
}

interface WatchedServer extends ServerMemory {
  collect(when: CollectedSample['when']): Promise<void>
  stop(): Promise<void>
}

function watchServer({ baseUrl, pid, ...server }: LoadServer, common: Common): WatchedServer {
  const { timings, phase, seconds } = common
  const http = new HttpClient([baseUrl])
  const memory: MemorySample[] = []
  const collected: CollectedSample[] = []
  let processor = processorTime(pid)

  const sample = async (): Promise<void> => {
    const during = phase()
    const text = (await http.send({ path: '/metrics' })).bytes.toString()
    const read = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0)
    for (const [name, pattern] of Object.entries(PEAKS)) {
      common.peak(name, read(pattern) * (name.endsWith('ms') ? 1000 : 1))
    }
    const now = processorTime(pid)
    if (now && processor && now.atMs - processor.atMs >= SHARE_MS_MIN) {
      common.peak('processor time of one server, % of a core', shareOfCore(processor, now))
      processor = now
    }
    const rssMb = await residentMb(pid)
    memory.push({ phase: during, seconds: seconds(), rssMb, heapMb: read(HEAP) / BYTES_PER_MB })
  }
  const probe = async (): Promise<void> => {
    const at = performance.now()
    await http.send({ path: '/healthz' })
    timings.record(`GET /healthz, ${phase()}`, performance.now() - at)
  }
  const timers = [every(PROBE_MS, probe, timings), every(SAMPLE_MS, sample, timings)]
  return {
    memory,
    collected,
    async collect(when) {
      const left = await server.collect()
      if (left === null) return timings.trouble('collecting garbage', 'a server said nothing')
      const { heapBytes, externalBytes, rssBytes } = left
      collected.push({
        when,
        seconds: seconds(),
        documents: common.documents(),
        liveMb: (heapBytes + externalBytes) / BYTES_PER_MB,
        heapMb: heapBytes / BYTES_PER_MB,
        rssMb: rssBytes / BYTES_PER_MB,
      })
    },
    async stop() {
      await Promise.all(timers.map((stop) => stop()))
    },
  }
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
