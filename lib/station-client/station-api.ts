import type { PrinterPool } from '../printers/printer.ts'
import { ApiError, parseEnvelope, refusalOf } from './api-error.ts'
import { type ClaimedJob, readClaimedJob } from './claimed-job.ts'
import type { JobEnd } from './job-journal.ts'
import { unlessAborted } from '../within-time.ts'
import { type LimitedSignal, limitedSignal, withLimit } from '../delivery/time-limit.ts'

/** The server, as a station client sees it: contracts/cloud-printing.md, section 6. Everything it throws is an ApiError. */
export interface StationApi {
  /** The station's printers that a client serves, by name. */
  printers(signal: AbortSignal): Promise<ReadonlyMap<string, StationPrinter>>
  /** Waits for a job; null when there was none. */
  next(printerId: string, signal: AbortSignal): Promise<ClaimedJob | null>
  renew(jobId: string, signal: AbortSignal): Promise<void>
  report(jobId: string, end: JobEnd, signal: AbortSignal): Promise<void>
  document(job: Pick<ClaimedJob, 'data_url' | 'data_type'>, signal: AbortSignal): Promise<Uint8Array>
  /** Events until the stream ends or the signal aborts. */
  events(signal: AbortSignal): AsyncGenerator<StationEvent>
}

export interface StationPrinter {
  readonly id: string
  /** Keys of the registry of paper sizes. */
  readonly pageSizes: readonly string[]
  readonly pool: PrinterPool | null
  readonly dpi: string | null
}

interface PrinterAnswer {
  readonly id: string
  readonly name: string
  readonly connection: { readonly type: string }
  readonly page_size: Readonly<Record<string, boolean>>
  readonly pool: PrinterPool | null
  readonly configuration: { readonly dpi: string | null }
}

export interface StationEvent {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

const WAIT_SECONDS = 25
const REQUEST_MS = 30_000
/** The wait, and what the server may need beyond it. */
const NEXT_MS = (WAIT_SECONDS + 20) * 1_000
const DOCUMENT_MS = 120_000
const DOCUMENT_LIMIT = {
  bytesMax: 26_214_400,
  complaint: 'the document is larger than any may be',
  failure: 'refused',
} as const
/** Unpacked; a station with all its printers is a few hundred kilobytes. Another try may be answered better. */
const ANSWER_LIMIT = {
  bytesMax: 4 * 1024 * 1024,
  complaint: 'an answer is larger than any may be',
  failure: 'unavailable',
} as const
/** The server sends something every 15 s: three are missing. */
const SILENCE_MS = 45_000
const EVENT_BYTES_MAX = 65_536

export function createStationApi(options: { server: string; apiKey: string; stationId: string }): StationApi {
  const { server, apiKey } = options
  const base = `${server}/v1/cloud-printing`
  const station = `${base}/stations/${encodeURIComponent(options.stationId)}`
  const headers = { 'PX-API-KEY': apiKey }

  const ask = async (
    url: string,
    init: RequestInit,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<unknown> => {
    return withLimit(signal, limitMs, async (limited) => {
      const response = await request(url, { ...init, headers: { ...headers, ...init.headers } }, limited)
      const envelope = parseEnvelope(await readText(response, limited), response.status, url)
      if (envelope) return envelope.data
      throw new ApiError('unavailable', 'the server answered 200: no envelope')
    })
  }

  const post = async (jobId: string, body: object, signal: AbortSignal): Promise<void> => {
    const headers = { 'Content-Type': 'application/json' }
    const init = { method: 'POST', body: JSON.stringify(body), headers }
    await ask(`${base}/jobs/${jobId}`, init, REQUEST_MS, signal)
  }

  return {
    async printers(signal) {
      const data = (await ask(station, {}, REQUEST_MS, signal)) as { printers: readonly PrinterAnswer[] }
      const own = data.printers.filter(({ connection }) => connection.type === 'station')
      return new Map(
        own.map(({ name, id, page_size: sizes, pool, configuration: { dpi } }) => [
          name,
          { id, pageSizes: Object.keys(sizes), pool, dpi },
        ]),
      )
    },

    async next(printerId, signal) {
      const url = `${station}/next?wait=${WAIT_SECONDS}&printer_id=${printerId}`
      return readClaimedJob(await ask(url, {}, NEXT_MS, signal))
    },

    async renew(jobId, signal) {
      await post(jobId, { status: 'processing' }, signal)
    },

    async report(jobId, { status, reason }, signal) {
      await post(jobId, { status, ...(reason !== null && { reason }) }, signal)
    },

    async document({ data_url: url, data_type: mediaType }, signal) {
      return withLimit(signal, DOCUMENT_MS, async (limited) => {
        const response = await request(url, {}, limited)
        const given = response.headers.get('Content-Type')
        // Whoever signs people in to a network answers 200 too: that must not be printed.
        if (given === mediaType) return reading(readBytes(response, DOCUMENT_LIMIT, limited))
        response.body?.cancel().catch(() => undefined)
        throw new ApiError('unavailable', `the document came as ${given}, not as ${mediaType}`)
      })
    },

    async *events(signal) {
      const limited = limitedSignal(signal, null)
      try {
        yield* readEvents(await request(`${station}/events`, { headers }, limited.signal), limited)
      } finally {
        limited.release()
      }
    },
  }
}

async function request(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
  const response = await reading(fetch(url, { ...init, redirect: 'error', signal }))
  if (response.status === 200) return response
  throw refusalOf(response, await readText(response, signal), url)
}

async function reading<T>(step: Promise<T>): Promise<T> {
  try {
    return await step
  } catch (error) {
    if (error instanceof ApiError) throw error
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new ApiError(
      'unavailable',
      `no answer: ${cause instanceof Error ? cause.message : String(cause)}`,
      0,
      {
        cause: error,
      },
    )
  }
}

async function readText(response: Response, signal: AbortSignal): Promise<string> {
  return new TextDecoder().decode(await reading(readBytes(response, ANSWER_LIMIT, signal)))
}

async function readBytes(
  response: Response,
  { bytesMax, complaint, failure }: typeof DOCUMENT_LIMIT | typeof ANSWER_LIMIT,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunksOf(response, signal)) {
    length += chunk.length
    if (length > bytesMax) throw new ApiError(failure, complaint)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * The parts of a body. Each is waited for beside the signal: Node 20 neither ends a packed body that broke off nor gives up
 * reading it when the signal of its request aborts, and a printer would wait for it until the client is started again.
 */
async function* chunksOf({ body }: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!body) return
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await unlessAborted(reader.read(), signal)
      if (done) return
      yield value
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

/** Events of a stream without ids or multi-line data, as the server writes them. */
async function* readEvents(response: Response, silence: LimitedSignal): AsyncGenerator<StationEvent> {
  const decoder = new TextDecoder()
  let text = ''
  let timer = setTimeout(() => silence.abort(), SILENCE_MS)
  try {
    for await (const chunk of chunksOf(response, silence.signal)) {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), SILENCE_MS)
      text += decoder.decode(chunk, { stream: true })
      if (text.length > EVENT_BYTES_MAX) throw new ApiError('unavailable', 'an event without end')
      const parts = text.split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) {
        const event = parseEvent(part)
        if (event) yield event
      }
    }
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError('unavailable', 'the stream of events ended', 0, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** Null for a comment. */
function parseEvent(part: string): StationEvent | null {
  const field = (name: string) =>
    part
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  const event = field('event')
  if (event === undefined) return null
  return { event, data: JSON.parse(field('data') ?? '{}') as StationEvent['data'] }
}
