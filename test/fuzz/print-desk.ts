import { expect } from 'chai'
import type { SeenJob } from '../faults/floor.ts'
import { eventually } from '../helpers/eventually.ts'
import { readEvents } from '../helpers/event-stream.ts'
import { createRestClient, type RestClient, type RestReply } from '../helpers/rest-client.ts'
import type { Subject } from './subject.ts'

const JOBS = '/v1/cloud-printing/jobs'
const ENDS = new Set(['completed', 'failed', 'canceled'].map((status) => `cloud_printing.job.${status}`))

export interface JobAsked {
  readonly printerName: string
  readonly name?: string
  readonly mediaType: string
  readonly document: Buffer
  readonly configuration?: object
}

/** Where jobs are handed in, and their ends heard of, as an integrator does it: asking again and again takes a whole core. */
export interface PrintDesk {
  readonly admin: RestClient
  /** At a station of its own. */
  addPrinter(name: string, connection: object): Promise<{ readonly stationId: string }>
  submit(asked: JobAsked): Promise<RestReply>
  /** As the ledger has it, when it and all of its attempts have ended. */
  untilEnded(jobId: string, limitMs: number): Promise<SeenJob>
  /** Both; the job must be taken. */
  print(asked: JobAsked, limitMs: number): Promise<SeenJob>
  close(): void
}

export async function openDesk({ url, credentials }: Subject): Promise<PrintDesk> {
  const { api_key: key } = credentials.admin
  const admin = createRestClient(url, key)
  const ends = new Ends(
    await readEvents(`${url}/v1/events?topics=cloud_printing.job.*`, { 'PX-API-KEY': key }),
  )
  const { location_id } = credentials
  const submit: PrintDesk['submit'] = ({ printerName, name, mediaType, document, configuration }) =>
    admin.post(JOBS, {
      location_id,
      printer_name: printerName,
      ...(name !== undefined && { name }),
      data: `data:${mediaType};base64,${document.toString('base64')}`,
      ...(configuration && { configuration }),
    })
  const seen = async (id: string): Promise<SeenJob | undefined> => {
    const { data: job } = (await admin.get(`${JOBS}/${id}`)).json
    const { data: attempts } = (await admin.get(`${JOBS}/${id}/attempts`)).json
    const outcomes = attempts.map(({ outcome }: { outcome: string | null }) => outcome)
    return outcomes.includes(null) ? undefined : { id, status: job.status, reason: job.reason, outcomes }
  }
  const untilEnded: PrintDesk['untilEnded'] = async (jobId, limitMs) => {
    await ends.of(jobId, limitMs)
    return eventually(`the attempts of ${jobId} end`, () => seen(jobId))
  }
  return {
    admin,
    submit,
    untilEnded,
    async addPrinter(name, connection) {
      const body = { name: `Station of ${name}`, location_id, printers: [{ name, connection }] }
      const { status, json, text } = await admin.post('/v1/cloud-printing/stations', body)
      expect(status, text).to.equal(201)
      return { stationId: json.data.id }
    },
    async print(asked, limitMs) {
      const { status, json, text } = await submit(asked)
      expect(status, text).to.equal(201)
      return untilEnded(json.data.id, limitMs)
    },
    close: () => ends.close(),
  }
}

type Events = Awaited<ReturnType<typeof readEvents>>

/** Which jobs have ended, and who waits for that. */
class Ends {
  readonly #events: Events
  readonly #ended = new Set<string>()
  readonly #waiting = new Map<string, () => void>()

  constructor(events: Events) {
    this.#events = events
    this.#follow().catch(() => undefined)
  }

  async of(jobId: string, limitMs: number): Promise<void> {
    if (this.#ended.delete(jobId)) return
    await new Promise<void>((resolve, reject) => {
      const late = () => reject(new Error(`job ${jobId} had not ended after ${limitMs} ms`))
      const timer = setTimeout(late, limitMs)
      this.#waiting.set(jobId, () => {
        clearTimeout(timer)
        resolve()
      })
    }).finally(() => this.#waiting.delete(jobId))
  }

  close(): void {
    this.#events.close()
  }

  async #follow(): Promise<void> {
    for (let event = await this.#events.next(); event; event = await this.#events.next()) {
      if (!ENDS.has(event.event)) continue
      const { id } = (event.data as { readonly data: { readonly id: string } }).data
      const waiting = this.#waiting.get(id)
      if (waiting) waiting()
      else this.#ended.add(id)
    }
  }
}
