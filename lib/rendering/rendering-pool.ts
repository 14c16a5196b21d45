import { currentOwner } from '../work-owner.ts'
import { DOCUMENT_MAX_BYTES } from './document-limits.ts'
import { type Rendering, UnreadableError } from './rendering.ts'
import { RenderingSlots } from './rendering-slots.ts'
import type { RenderingResults, RenderingTask } from './rendering-task.ts'
import { type RenderingLog, RenderingThreads, type ThreadPool } from './rendering-threads.ts'

export interface RenderingOptions {
  readonly threads?: number
  /** Of one document in its worker, the worker's start included; waiting for a worker is not counted. */
  readonly timeoutMs?: number
  /** Calls that may wait for a worker. */
  readonly queueMax?: number
  /** Threads that servers of one process share; absent: its own. */
  readonly pool?: ThreadPool | undefined
  readonly log: RenderingLog
}

const THREADS = 2
const TIMEOUT_MS = 20_000
const QUEUE_MAX = 256

/**
 * A pool of worker threads that starts with its first document and lets the process end when it is idle.
 *
 * Whatever a document does to its worker (runs on, exhausts its memory) ends that worker and refuses that document with
 * UnreadableError; a full queue or a closed pool is DomainError `unavailable`.
 */
export function createRendering(options: RenderingOptions): Rendering {
  const { threads = THREADS, timeoutMs = TIMEOUT_MS, queueMax = QUEUE_MAX, pool, log } = options
  const slots = new RenderingSlots(threads, queueMax)
  /** Whoever sends receipts, and on a machine of its own nobody is asked for a key, keeps nobody's labels waiting. */
  const receiptSlots = new RenderingSlots(Math.max(1, threads - 1), queueMax)
  const workers = new RenderingThreads({ threads, timeoutMs, log, pool })

  async function run<Task extends RenderingTask>(
    task: Task,
    untilWanted?: AbortSignal,
  ): Promise<RenderingResults[Task['kind']]> {
    return slots.run(() => workers.run(task), { untilWanted, owner: currentOwner() })
  }

  return {
    async inspect(bytes, limits) {
      if (bytes.byteLength > DOCUMENT_MAX_BYTES) {
        throw new UnreadableError('too_large', 'the document has more than 25 MiB')
      }
      assertLengths(limits.dpi)
      return run({ kind: 'inspect', bytes, limits })
    },
    async wrapImage(bytes, page) {
      assertLengths(page.widthPt, page.heightPt)
      return run({ kind: 'wrapImage', bytes, page })
    },
    arrange: (request, untilWanted) => run({ kind: 'arrange', ...request }, untilWanted),
    async print(request, untilWanted) {
      assertLengths(request.dpi)
      return run({ kind: 'print', ...request }, untilWanted)
    },
    async drawSheet(request) {
      assertLengths(request.dpi, request.sheet)
      return run({ kind: 'drawSheet', ...request })
    },
    async examine(request, untilWanted) {
      assertLengths(request.dpi)
      return run({ kind: 'examine', ...request }, untilWanted)
    },
    async drawPage(pdf, page, dpi, options = {}) {
      assertLengths(dpi)
      return run({ kind: 'drawPage', bytes: pdf, page, dpi, options })
    },
    async decodeGrey(bytes, scale) {
      assertLengths(scale.widthDots ?? scale.maxWidthDots, scale.maxWidthDots, scale.maxHeightDots)
      try {
        return await receiptSlots.run(() => run({ kind: 'decodeGrey', bytes, scale }))
      } catch (error) {
        if (error instanceof UnreadableError) return undefined
        throw error
      }
    },
    makeReceipt: (bytes, order) => receiptSlots.run(() => run({ kind: 'makeReceipt', bytes, ...order })),
    outlineMessage: (bytes) => receiptSlots.run(() => run({ kind: 'outlineMessage', bytes })),
    readTemplate: (bytes, name) => receiptSlots.run(() => run({ kind: 'readTemplate', bytes, name })),
    async close() {
      receiptSlots.close()
      slots.close()
      await workers.close()
    },
  }
}

/** A caller's bug, not the document's fault. */
function assertLengths(...lengths: number[]): void {
  for (const length of lengths) {
    if (!Number.isFinite(length) || length <= 0) throw new RangeError(`not a length or resolution: ${length}`)
  }
}
