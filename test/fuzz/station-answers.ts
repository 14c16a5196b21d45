import type { ServerResponse } from 'node:http'
import { aPdf } from '../faults/floor.ts'
import { sayAnswer } from './hostile-receiver.ts'
import { toJsonText } from './hostile-values.ts'
import { applyMutation, changeBytes, type Mutation } from './mutation.ts'
import type { Garbling } from './station-mischief.ts'

const MIB = 1024 * 1024
const SWOLLEN = 'x'.repeat(3 * MIB)

/** An answer that is due to a station client: contracts/cloud-printing.md, section 6, as far as the client reads it. */
export interface Due {
  readonly endpoint: string
  readonly type: string
  readonly body: Buffer
  /** Of JSON in its envelope. */
  readonly data?: unknown
}

const PRINTER = {
  connection: { type: 'station' },
  page_size: { letter: true },
  pool: null,
  configuration: { dpi: null },
}

const JOB = {
  name: 'Label',
  created_by: 'usr_1',
  data_type: 'application/pdf',
  options: {
    copies: 1,
    color_print: false,
    double_sided: false,
    orientation: 'portrait',
    paper_size: null,
    pages_to_print: null,
    reverse_order: false,
    scaling: null,
  },
}

const EVENTS = [
  ': hello\n\n',
  'event: ready\ndata: {"queued": 1}\n\n',
  'event: printer.identify\ndata: {"printer_id": "printer-0"}\n\n',
].join('')

export function jsonOf(endpoint: string, data: unknown): Due {
  const body = Buffer.from(JSON.stringify(envelopeOf(endpoint, { status: 200, code: null, data })))
  return { endpoint, type: 'application/json', body, data }
}

export function documentOf(endpoint: string, jobId: string): Due {
  return { endpoint, type: 'application/pdf', body: aPdf(jobId) }
}

export function eventsOf(endpoint: string): Due {
  return { endpoint, type: 'text/event-stream', body: Buffer.from(EVENTS) }
}

/** That a job waits, which is told twice: as two events of the server's would. */
export function announcementOf(jobId: string, printerId: string): string {
  const data = JSON.stringify({ job_id: jobId, printer_id: printerId })
  return `event: job.queued\ndata: ${data}\n\n`.repeat(2)
}

/** With printers whose ids are their names. */
export function stationOf(printerNames: readonly string[]): object {
  return { printers: printerNames.map((name) => ({ ...PRINTER, name, id: name })) }
}

export function claimOf(id: string, url: string, leaseMs: number): object {
  const now = Date.now()
  return {
    ...JOB,
    id,
    data_url: `${url}/v1/documents/${id}`,
    updated_at: new Date(now).toISOString(),
    claim: { expires_at: new Date(now + leaseMs).toISOString() },
  }
}

export function refuse(
  response: ServerResponse,
  endpoint: string,
  { status, code }: { readonly status: number; readonly code: string },
): void {
  sayJson(response, envelopeOf(endpoint, { status, code, data: {} }))
}

/** Something else than what is due. */
export function mislead(response: ServerResponse, how: Garbling, due: Due): void {
  const { endpoint, type, body, data } = due
  const changed = (mutations: readonly Mutation[]) =>
    envelopeOf(endpoint, { status: 200, code: null, data: mutations.reduce(applyMutation, data) })
  switch (how.kind) {
    case 'answer':
      return sayRaw(response, how)
    case 'huge':
      return void response.writeHead(200, { 'content-type': type }).end(Buffer.alloc(how.mib * MIB, ' '))
    case 'bytes':
      return void response.writeHead(200, { 'content-type': type }).end(changeBytes(body, how.changes))
    case 'refused':
      return refuse(response, endpoint, how)
    case 'swollen':
      return sayJson(response, changed([{ at: how.at, how: 'replace', text: '', value: SWOLLEN }]))
    case 'changed': {
      const whole = envelopeOf(endpoint, { status: 200, code: null, data })
      return sayJson(
        response,
        how.isInData ? changed(how.mutations) : how.mutations.reduce(applyMutation, whole),
      )
    }
  }
}

function envelopeOf(
  endpoint: string,
  { status, code, data }: { readonly status: number; readonly code: string | null; readonly data: unknown },
): unknown {
  return { status, message: 'said', data, code, endpoint }
}

function sayJson(response: ServerResponse, envelope: unknown): void {
  const status = (envelope as { readonly status?: unknown } | null)?.status
  const isStatus = typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599
  const head = { 'content-type': 'application/json' }
  response.writeHead(isStatus ? status : 200, head).end(toJsonText(envelope))
}

/** Byte for byte: Node would write other ones. It takes this answer for unsaid, and would never say another one here. */
function sayRaw({ socket }: ServerResponse, { answer }: Garbling & { readonly kind: 'answer' }): void {
  if (socket) void sayAnswer(socket, answer.end === 'keeps' ? { ...answer, end: 'ends' } : answer)
}
