import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { NewPrinter } from '../../lib/printers/printer.ts'
import { makePdf } from '../helpers/documents.ts'
import { ENVELOPE_MEMBERS } from '../helpers/envelope.ts'
import { eventually } from '../helpers/eventually.ts'
import type { RestClient, RestReply } from '../helpers/rest-client.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

export const JOBS = '/v1/cloud-printing/jobs'

/** The members of a print job, in the order of contracts/cloud-printing.md, section 3. */
export const JOB_MEMBERS = [
  'object',
  'id',
  'name',
  'status',
  'reason',
  'data_url',
  'data_type',
  'resource_type',
  'resource_id',
  'resource_document',
  'location_id',
  'station',
  'printer',
  'options',
  'created_at',
  'updated_at',
  'created_by',
  'updated_by',
  'expires_at',
  'reprint_of',
  'reprint_reason',
  'warnings',
  'state_reasons',
  'claim',
] as const

export interface JobWorkspace extends RestWorkspace {
  /** At the demo location; printers are of the `station` kind unless they say otherwise. */
  newStation(
    printers: readonly NewPrinter[],
    change?: object,
  ): Promise<{ readonly id: string; readonly printerIds: readonly string[] }>
  /** A two-page PDF, as a data URI. */
  readonly data: string
  /** The body of a job for the demo's `Front desk`, which waits for a client. */
  body(change?: object): Record<string, unknown>
  /** Makes that job; its data. */
  // biome-ignore lint/suspicious/noExplicitAny: judged by the assertions
  create(change?: object): Promise<any>
}

export async function openJobWorkspace(env: Record<string, string> = {}): Promise<JobWorkspace> {
  const workspace = await openRestWorkspace({ PRINTER_PORTS: '1-65535', ...env })
  const { server, admin } = workspace
  const data = dataUri('application/pdf', await makePdf({ pages: 2 }))
  const body = (change: object = {}) => ({
    location_id: server.credentials.location_id,
    data,
    printer_name: 'Front desk',
    ...change,
  })
  let stations = 0
  return {
    ...workspace,
    data,
    body,
    async create(change = {}) {
      const { status, json } = await admin.post(JOBS, body(change))
      expect(status, JSON.stringify(json)).to.equal(201)
      return json.data
    },
    async newStation(printers, change = {}) {
      stations += 1
      const station = await server.services.printers.createStation('usr_test', {
        locationId: server.credentials.location_id,
        name: `Client station ${stations}`,
        printers,
        ...change,
      })
      return { id: station.stationId, printerIds: station.printers.map(({ printerId }) => printerId) }
    },
  }
}

export function dataUri(type: string, bytes: Buffer | string): string {
  return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`
}

/** The properties that `errors` blames, each once: a property is told once. */
export function blamed({ json }: RestReply): string[] {
  return json.errors.map((error: string) => error.split(' ')[0]).toSorted()
}

export function assertRefused(reply: RestReply, status: number, code: string): void {
  const { json, text } = reply
  expect([reply.status, json.status, json.code, json.error_code], text).to.deep.equal([
    status,
    status,
    code,
    code,
  ])
  expect(Object.keys(json)).to.have.members(ENVELOPE_MEMBERS)
  expect([json.data, json.events, json.pagination]).to.deep.equal([{}, [], null])
  expect(json.message).to.match(/^[A-Z]/)
}

/** A document that never ends holds both workers for up to 20 s, and a job behind it waits as long. */
const ENDED_WITHIN_MS = 40_000

export async function untilEnded(client: RestClient, id: string, status = 'completed'): Promise<void> {
  let found = 'nothing was answered'
  await eventually(
    `job ${id} becoming ${status}`,
    async () => {
      const { data } = (await client.get(`${JOBS}/${id}`)).json
      found = `it is ${data.status}: ${data.reason}`
      return data.status === status ? true : undefined
    },
    ENDED_WITHIN_MS,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${found}`)
  })
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface FileServer {
  readonly url: string
  answer(path: string, answer: Answer): void
  serve(path: string, bytes: Buffer | string, type?: string): void
  close(): Promise<void>
}

/** A web server as an integrator has one. What it was not given is a 404. */
export async function startFileServer(): Promise<FileServer> {
  const answers = new Map<string, Answer>()
  const notFound: Answer = (_request, response) => response.writeHead(404).end()
  const server = createServer((request, response) =>
    (answers.get(request.url?.split('?')[0] ?? '') ?? notFound)(request, response),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (path, answer) => answers.set(path, answer),
    serve: (path, bytes, type) =>
      answers.set(path, (_request, response) => {
        if (type !== undefined) response.setHeader('content-type', type)
        response.end(bytes)
      }),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
