import type { Response } from 'express'
import type { Logger } from 'pino'
import type { Following } from '../../print-jobs/station-clients-service.ts'
import type { StationSignal } from '../../printers/station-signal.ts'
import { SseWriter } from './sse-writer.ts'

/** Server-sent events of one station to one client (WHATWG HTML, 9.2): contracts/cloud-printing.md, section 6. */
export interface StationStream {
  push(signal: StationSignal): void
  /** What was pushed before comes first, after `ready`. */
  start(response: Response, following: Following): void
}

/** While it follows it is there. */
const SEEN_MS = 15_000
/** A client that is gone without a word, behind a proxy that isn't: the others connect again. */
const STREAM_MS = 3_600_000
/** A client that reads so slowly connects again and asks for the next job. */
const UNREAD_BYTES_MAX = 65_536
const EARLY_MAX = 1_000

export function openStationStream({
  ending,
  log,
}: {
  readonly ending: AbortSignal
  readonly log: Logger
}): StationStream {
  let write = (signal: StationSignal): void => {
    if (early.length < EARLY_MAX) early.push(signal)
  }
  const early: StationSignal[] = []

  return {
    push: (signal) => write(signal),

    start(response, following) {
      if (response.closed) return following.end()
      const writer = new SseWriter(response)
      const end = (): void => writer.end()
      const seeing = setInterval(() => {
        following.seen().catch((error: unknown) => log.warn({ err: error }, 'station not marked as seen'))
      }, SEEN_MS)
      const limit = setTimeout(end, STREAM_MS)
      response.once('close', () => {
        clearInterval(seeing)
        clearTimeout(limit)
        ending.removeEventListener('abort', end)
        following.end()
      })
      ending.addEventListener('abort', end)
      writer.send({ event: 'ready', data: { queued: following.queued } })
      write = (signal) => {
        const data = dataOf(signal)
        if (!data || !writer.isOpen) return
        writer.send({ event: signal.event, data })
        if (response.writableLength > UNREAD_BYTES_MAX) response.destroy()
      }
      for (const signal of early) write(signal)
      if (ending.aborted) end()
    },
  }
}

/** Null for what is no client's business. */
function dataOf({ event, jobId, printerId }: StationSignal): object | null {
  switch (event) {
    case 'job.queued':
    case 'job.canceled':
      return { job_id: jobId, printer_id: printerId }
    case 'printer.identify':
    case 'printer.paused':
    case 'printer.resumed':
      return { printer_id: printerId }
    case 'printer.free':
      return null
  }
}
