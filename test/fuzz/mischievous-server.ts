import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  garblingOf,
  type HandedJob,
  hasLapsed,
  isDue,
  LEASE_MS,
  mayRepeat,
  type OwnJob,
} from './handed-job.ts'
import {
  announcementOf,
  claimOf,
  type Due,
  documentOf,
  eventsOf,
  jsonOf,
  mislead,
  refuse,
  stationOf,
} from './station-answers.ts'
import type { Mischief, Question } from './station-mischief.ts'

/** An answer, or a renewal, may be lost with a connection that an earlier answer broke. */
const SPARE_JOBS_MAX = 6

interface Lane {
  readonly printerName: string
  /** With mischief, and after it without. */
  jobs: OwnJob[]
  /** Begun by the client before, and handed out first. */
  readonly again: OwnJob[]
  /** Whoever waits for a job. */
  wake: () => void
}

/** A server as a station client sees it, which answers some questions as it was told. */
export interface MischievousServer {
  readonly url: string
  /** Answered so far. */
  readonly requests: number
  /** Streams of events so far that were none. */
  readonly misledStreams: number
  /**
   * For the printer of that name: a job with mischief, and after it jobs for which all goes well, until one of them has been
   * reported. They are answered in that order, as they are handed out.
   */
  offer(printerName: string, mischief: Mischief): readonly HandedJob[]
  /** Hands out again whatever has been reported of the last offers. */
  repeat(): void
  close(): Promise<void>
}

export async function startMischievousServer(printerNames: readonly string[]): Promise<MischievousServer> {
  const asked = new Answering(printerNames)
  const server = createServer((request, response) => {
    for (const stream of [request, response]) stream.on('error', () => undefined)
    void asked.answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  asked.url = url
  return {
    url,
    get requests() {
      return asked.requests
    },
    get misledStreams() {
      return asked.misledStreams
    },
    offer: (name, mischief) => asked.offer(name, mischief),
    repeat: () => asked.repeat(),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

interface Asked {
  readonly pathname: string
  readonly response: ServerResponse
}

class Answering {
  url = ''
  requests = 0
  misledStreams = 0
  /** The client comes back to its stream later each time: their turn may come when all is done about their jobs. */
  readonly #streamVictims: OwnJob[] = []
  readonly #lanes: ReadonlyMap<string, Lane>
  readonly #jobs = new Map<string, OwnJob>()
  readonly #streams = new Set<ServerResponse>()

  constructor(printerNames: readonly string[]) {
    this.#lanes = new Map(
      printerNames.map((printerName) => [
        printerName,
        { printerName, jobs: [], again: [], wake: () => undefined },
      ]),
    )
  }

  offer(printerName: string, mischief: Mischief): readonly OwnJob[] {
    const lane = this.#lanes.get(printerName)
    if (!lane) throw new Error(`no printer ${printerName}`)
    const job = this.#newJob(mischief)
    lane.jobs = [job]
    if (mischief.question === 'events') this.#streamVictims.push(job)
    lane.wake()
    return lane.jobs
  }

  repeat(): void {
    for (const lane of this.#lanes.values()) {
      lane.again.push(...lane.jobs.filter(({ reported }) => reported.length > 0))
      if (lane.again.length > 0) lane.wake()
    }
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url)
    const [last = '', before = ''] = pathname.split('/').reverse()
    const asked = { pathname, response }
    if (last === 'events') return this.#openStream(asked)
    if (last === 'next') return this.#handOut(asked, this.#lanes.get(searchParams.get('printer_id') ?? ''))
    if (before === 'stations')
      return this.#say(this.#stationVictim(), 'station', asked, jsonOf(pathname, this.#station()))
    const job = this.#jobs.get(last)
    if (before === 'documents' && job) {
      this.#repeatElsewhere(job)
      return this.#say(job, 'document', asked, documentOf(pathname, last))
    }
    return this.#hear(job, asked, await reportIn(request))
  }

  #newJob(mischief: Mischief | null): OwnJob {
    const id = `prnt_job_${this.#jobs.size}`
    const job: OwnJob = { id, reported: [], mischief, misled: 0, handedAt: 0, isHanded: false }
    this.#jobs.set(id, job)
    return job
  }

  #station(): object {
    return stationOf([...this.#lanes.keys()])
  }

  #openStream(asked: Asked): void {
    const { response, pathname } = asked
    const victim = this.#streamVictims.find((job) => isDue(job, 'events'))
    const due = eventsOf(pathname)
    if (victim) {
      this.misledStreams += 1
      return this.#say(victim, 'events', asked, due)
    }
    response.writeHead(200, { 'content-type': due.type }).write(due.body)
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
  }

  async #handOut(asked: Asked, lane: Lane | undefined): Promise<void> {
    const { response, pathname } = asked
    if (!lane) return refuse(response, pathname, { status: 404, code: 'not_found' })
    const job = this.#nextIn(lane) ?? (await this.#waitedFor(lane, response))
    if (!job || response.destroyed) return
    // The station is asked for again after a failure, and the events when their stream ends.
    if (isDue(job, 'station') && job.misled === 0)
      return refuse(response, pathname, { status: 503, code: 'unavailable' })
    this.#stir(job, lane)
    job.handedAt = performance.now()
    job.isHanded ||= !isDue(job, 'next')
    this.#say(job, 'next', asked, jsonOf(pathname, claimOf(job.id, this.url, LEASE_MS)))
  }

  #hear(job: OwnJob | undefined, asked: Asked, status: string): void {
    const isRenewal = status === 'processing'
    if (!isRenewal) job?.reported.push(status)
    if (!job || (isRenewal && hasLapsed(job)))
      return refuse(asked.response, asked.pathname, { status: 404, code: 'not_found' })
    const question = isRenewal ? 'renewal' : 'report'
    this.#say(job, question, asked, jsonOf(asked.pathname, claimOf(job.id, this.url, LEASE_MS)))
  }

  /** What the streams of events get to know of a job that is handed out. */
  #stir(job: OwnJob, { printerName }: Lane): void {
    const isEnding = isDue(job, 'events')
    for (const stream of this.#streams) {
      if (isEnding) stream.destroy()
      else if (job.isHanded) stream.write(announcementOf(job.id, printerName))
    }
  }

  #nextIn({ jobs, again }: Lane): OwnJob | undefined {
    const [first, ...spare] = jobs
    const begun = again.shift()
    if (begun) return begun
    if (first && mayRepeat(first, 'again')) {
      first.misled += 1
      return first
    }
    if (!first || spare.some(({ reported }) => reported.length > 0) || spare.length > SPARE_JOBS_MAX) return
    if (jobs.every(({ isHanded }) => isHanded)) jobs.push(this.#newJob(null))
    return jobs.find(({ isHanded }) => !isHanded)
  }

  /** The client asks for its document: it has noted that it began with it. */
  #repeatElsewhere(job: OwnJob): void {
    if (!mayRepeat(job, 'elsewhere')) return
    const lanes = [...this.#lanes.values()]
    const own = lanes.findIndex(({ jobs }) => jobs.includes(job))
    const other = lanes[(own + 1) % lanes.length]
    if (!other) return
    other.again.push(...Array.from({ length: (job.mischief?.times ?? 0) - job.misled }, () => job))
    job.misled = job.mischief?.times ?? 0
    other.wake()
  }

  async #waitedFor(lane: Lane, response: ServerResponse): Promise<OwnJob | undefined> {
    await new Promise<void>((resolve) => {
      lane.wake = resolve
      response.on('close', resolve)
    })
    return response.destroyed ? undefined : this.#nextIn(lane)
  }

  /** The station isn't asked for one job. */
  #stationVictim(): OwnJob | undefined {
    return [...this.#lanes.values()].flatMap(({ jobs }) => jobs).find((job) => isDue(job, 'station'))
  }

  #say(job: OwnJob | undefined, question: Question, { response }: Asked, due: Due): void {
    const garbling = garblingOf(job?.mischief)
    if (!job || !garbling || !isDue(job, question))
      return void response.writeHead(200, { 'content-type': due.type }).end(due.body)
    job.misled += 1
    mislead(response, garbling, due)
  }
}

/** The status that a client tells; empty where there is none. */
async function reportIn(request: IncomingMessage): Promise<string> {
  const chunks = await request.toArray().catch(() => [])
  try {
    return String((JSON.parse(Buffer.concat(chunks).toString()) as { readonly status?: unknown }).status)
  } catch {
    return ''
  }
}
