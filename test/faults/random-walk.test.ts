import { expect } from 'chai'
import { DISPATCHER_STEPS } from '../../lib/print-jobs/delivery-step.ts'
import { eventually } from '../helpers/eventually.ts'
import { addPackagesWithFile } from '../helpers/print-floor.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { rpcClientOf } from '../helpers/server.ts'
import { type ServerProcess, startServerProcess } from '../helpers/server-process.ts'
import { aDocument, aPdf, type Floor, type FloorPrinter, openFloor } from './floor.ts'
import { startIppWitness, startSocketWitness, virtualWitness } from './witnesses.ts'

const ROUNDS = 60
const PACKAGES = 12
const PROCESSES = 2
const KILLS_MAX = 6
/** A folder counts deliveries: each is so many copies. */
const FOLDER_COPIES = 2
const END_WITHIN_MS = 60_000
/** With what keeps them. */
const OPEN_JOBS = `
  select print_jobs.name, print_jobs.status, print_jobs.state_reasons, print_jobs.tries, printers.name as printer,
         printers.status as printer_status, printers.is_paused,
         (select json_agg(json_build_array(outcome, detail) order by attempt) from print_attempts
          where print_attempts.job_id = print_jobs.job_id) as attempts
  from print_jobs join printers on printers.printer_id = print_jobs.printer_id
  where print_jobs.status in ('queued', 'processing')
     or exists (select from print_attempts where print_attempts.job_id = print_jobs.job_id and outcome is null)`
const JOBS = '/v1/cloud-printing/jobs'

/** Something that was asked for, perhaps several times: by a person who wanted it again. */
interface Sheet {
  readonly printer: FloorPrinter
  readonly document: Buffer
  /** How its jobs are found: by their name, or by the instruction that they are of. */
  readonly name: string
  readonly instructionId: number | null
  /** Ids of jobs that a server acknowledged. */
  readonly acknowledged: string[]
}

describe('a random walk among two server processes that are killed at random', function () {
  this.timeout(300_000)
  const seed = Number(process.env['FAULTS_SEED'] ?? Date.now() % 1_000_000)

  it(`keeps every promise (FAULTS_SEED=${seed})`, async () => {
    console.log(`      FAULTS_SEED=${seed} does the same things again`)
    const walk = await Walk.begin(seed)
    try {
      for (let round = 1; round <= ROUNDS; round += 1) await walk.step()
      const untruths = await walk.end()
      expect(untruths, walk.log.join('\n')).to.deep.equal([])
      expect(walk.kills).to.be.above(0)
    } finally {
      await walk.cleanUp()
    }
  })
})

class Walk {
  readonly log: string[] = []
  kills = 0
  readonly #floor: Floor
  /** Of what is done. */
  readonly #random: () => number
  /** Of who does it and how long it lives, which also hangs on the machine's pace. */
  readonly #chance: () => number
  readonly #processes: (ServerProcess | null)[] = Array.from({ length: PROCESSES }, () => null)
  readonly #starting: Promise<void>[] = []
  readonly #printers: FloorPrinter[] = []
  readonly #sheets: Sheet[] = []
  readonly #slips: { readonly sheet: Sheet; readonly packageId: string }[] = []
  #isEnding = false

  static async begin(seed: number): Promise<Walk> {
    const walk = new Walk(await openFloor(), seed)
    await walk.#prepare()
    return walk
  }

  private constructor(floor: Floor, seed: number) {
    this.#floor = floor
    this.#random = randomFrom(seed)
    this.#chance = randomFrom(seed + 1)
  }

  async #prepare(): Promise<void> {
    const floor = this.#floor
    const folder = virtualWitness(floor.server.dataDir, 'Folder', FOLDER_COPIES)
    this.#printers.push(
      await floor.addPrinter(await startSocketWitness(), 'Socket'),
      await floor.addPrinter(await startIppWitness({ canCreateJob: true }), 'Create-Job'),
      await floor.addPrinter(await startIppWitness({ canCreateJob: false }), 'Print-Job'),
      await floor.addPrinter(folder, 'Folder'),
    )
    const laser = await floor.addPrinter(await startSocketWitness({ takes: 'pdf' }), 'Laser', 'LASER')
    for (let number = 1; number <= PACKAGES; number += 1) {
      const document = aPdf(`slip ${number}`)
      const { instructionId, packageIds } = await addPackagesWithFile(floor.server, {
        id: `W${number}`,
        count: 1,
        pdf: document,
      })
      const sheet = { printer: laser, document, name: `slip ${number}`, instructionId, acknowledged: [] }
      this.#sheets.push(sheet)
      this.#slips.push({ sheet, packageId: packageIds[0] ?? '' })
    }
    await floor.server.pause()
    await Promise.all(this.#processes.map((_, index) => this.#start(index)))
  }

  /** One thing that somebody does, or that breaks. */
  async step(): Promise<void> {
    const acts = [
      ...Array.from({ length: 6 }, () => () => this.#submit()),
      ...Array.from({ length: 4 }, () => () => this.#confirm()),
      () => this.#reprint(),
      () => this.#cancel(),
      () => this.#cancel(),
      () => this.#pause(),
      () => this.#resume(),
      () => this.#resume(),
      () => this.#kill(),
    ]
    await this.#pick(acts)()
  }

  /** Everybody stops asking, one server comes back, and what was asked for is held against what was printed. */
  async end(): Promise<string[]> {
    await this.#endProcesses()
    await this.#floor.server.resume()
    const rest = this.#rest(this.#floor.server.url)
    for (const printer of this.#printers) await rest.post(pathOf(printer, 'resume'))
    let open: object[] = []
    await eventually(
      'every job ends',
      async () => {
        const { rows } = await this.#floor.server.db.raw(OPEN_JOBS)
        open = rows as object[]
        return open.length === 0 ? true : undefined
      },
      END_WITHIN_MS,
    ).catch(() => undefined)
    if (open.length > 0) return open.map((row) => `open for too long: ${JSON.stringify(row)}`)
    return (await Promise.all(this.#sheets.map((sheet) => this.#untruths(sheet)))).flat()
  }

  async cleanUp(): Promise<void> {
    await this.#endProcesses()
    await this.#floor.server.stop()
    const witnesses = new Set([...this.#printers, ...this.#sheets.map(({ printer }) => printer)])
    await Promise.all([...witnesses].map(({ witness }) => witness.close()))
  }

  async #submit(): Promise<void> {
    const printer = this.#pick(this.#printers)
    const name = `job ${this.#sheets.length}`
    const document = aDocument(printer.witness, name)
    const sheet: Sheet = { printer, document, name, instructionId: null, acknowledged: [] }
    this.#sheets.push(sheet)
    const copies = printer.name === 'Folder' ? FOLDER_COPIES : 1 + Math.floor(this.#random() * 3)
    const type = printer.witness.takes === 'pdf' ? 'application/pdf' : 'application/vnd.escpos'
    await this.#ask(`${name}, ${copies} copies on ${printer.name}`, sheet, (rest) =>
      rest.post(JOBS, {
        location_id: this.#floor.server.credentials.location_id,
        printer_name: printer.name,
        name,
        data: `data:${type};base64,${document.toString('base64')}`,
        configuration: { copies },
      }),
    )
  }

  async #confirm(): Promise<void> {
    const { sheet, packageId } = this.#pick(this.#slips)
    const args = [sheet.instructionId, packageId, { station_id: sheet.printer.stationId }]
    const asked = (['packer', 'supervisor'] as const).map(async (user) => {
      const { credentials } = this.#floor.server
      const rpc = rpcClientOf((await this.#server()).baseUrl, credentials)
      const confirmed = await rpc.call('packing.confirm', args, user).catch(() => undefined)
      this.#note(`${user} confirms ${sheet.name}: ${confirmed?.print_job?.id ?? 'no answer'}`)
      if (confirmed?.print_job) sheet.acknowledged.push(confirmed.print_job.id)
    })
    await Promise.all(asked)
  }

  async #reprint(): Promise<void> {
    const sheet = this.#pick(this.#sheets)
    const [id] = sheet.acknowledged
    if (id === undefined) return
    await this.#ask(`${sheet.name} again`, sheet, (rest) =>
      rest.post(`${JOBS}/${id}/reprint`, {
        reason: 'wanted again',
        // It would be routed anew, to whatever printer is free.
        printer_id: sheet.printer.printerId,
      }),
    )
  }

  async #cancel(): Promise<void> {
    const [id] = this.#sheets.at(-1)?.acknowledged ?? []
    if (id === undefined) return
    await this.#ask(`cancel ${id}`, null, (rest) => rest.post(`${JOBS}/${id}`, { status: 'canceled' }))
  }

  async #pause(): Promise<void> {
    const printer = this.#pick(this.#printers)
    await this.#ask(`pause ${printer.name}`, null, (rest) => rest.post(pathOf(printer, 'pause')))
  }

  async #resume(): Promise<void> {
    const printer = this.#pick(this.#printers)
    await this.#ask(`resume ${printer.name}`, null, (rest) => rest.post(pathOf(printer, 'resume')))
  }

  async #kill(): Promise<void> {
    if (this.kills >= KILLS_MAX) return
    const process = await this.#server()
    this.#note('kill -9')
    process.kill('SIGKILL')
    await process.ended
  }

  /** A refusal is an answer; a server that died gave none, and nobody knows whether it did it. */
  async #ask(
    what: string,
    sheet: Sheet | null,
    act: (rest: RestClient) => ReturnType<RestClient['post']>,
  ): Promise<void> {
    const reply = await act(this.#rest((await this.#server()).baseUrl)).catch(() => undefined)
    this.#note(`${what}: ${reply?.status ?? 'no answer'}`)
    if (reply?.status === 201) sheet?.acknowledged.push(reply.json.data.id)
  }

  #rest(baseUrl: string): RestClient {
    return createRestClient(baseUrl, this.#floor.server.credentials.admin.api_key)
  }

  /** One of those that live; waits for one where all are dead. */
  #server(): Promise<ServerProcess> {
    return eventually(
      'a server process lives',
      () => {
        const living = this.#processes.filter((process) => process !== null)
        return living.length === 0 ? undefined : this.#pick(living, this.#chance)
      },
      END_WITHIN_MS,
    )
  }

  /** Some die at a step of their own; whatever they die of, they are started again. */
  async #start(index: number): Promise<void> {
    const isDoomed = this.kills < KILLS_MAX && this.#chance() < 0.5
    const step = isDoomed ? this.#pick(DISPATCHER_STEPS, this.#chance) : 'none'
    // One that finds work may come to its step, and die, before it is ready.
    const process = await startServerProcess(this.#floor.server.env, step).catch(() => null)
    this.#note(`process ${index} ${process ? 'lives until' : 'died at'} ${step}`)
    this.#processes[index] = process
    void process?.ended.then(() => this.#bury(index))
    if (!process) this.#bury(index)
  }

  #bury(index: number): void {
    this.#processes[index] = null
    if (this.#isEnding) return
    this.kills += 1
    this.#note(`process ${index} is dead`)
    this.#starting.push(this.#start(index))
  }

  async #endProcesses(): Promise<void> {
    this.#isEnding = true
    await Promise.all(this.#starting)
    for (const process of this.#processes) {
      process?.kill('SIGKILL')
      await process?.ended
    }
  }

  async #untruths({ printer, document, name, instructionId, acknowledged }: Sheet): Promise<string[]> {
    const { rows } = await this.#floor.server.db.raw(
      `select job_id, status, reason, copies from print_jobs
       where case when ?::bigint is null then name = ? else instruction_id = ? end`,
      [instructionId, name, instructionId],
    )
    const jobs = rows as { job_id: string; status: string; reason: string | null; copies: number }[]
    const sum = (some: typeof jobs) => some.reduce((total, { copies }) => total + copies, 0)
    const completed = sum(jobs.filter(({ status }) => status === 'completed'))
    const inDoubt = sum(jobs.filter(({ reason }) => reason?.startsWith('outcome-unknown: ')))
    const printed = await printer.witness.copiesOf(document)
    const untruths: string[] = []
    for (const id of acknowledged) {
      if (!jobs.some(({ job_id }) => job_id === id)) untruths.push(`${name}: ${id} was accepted and is lost`)
    }
    if (printed < completed || printed > completed + inDoubt) {
      const said = jobs.map(({ job_id, status, reason, copies }) =>
        [job_id, status, reason, copies].join(' '),
      )
      untruths.push(`${name}: ${printed} copies came out on ${printer.name}; ${said.join(', ')}`)
    }
    return untruths
  }

  #note(what: string): void {
    this.log.push(what)
  }

  #pick<T>(some: readonly T[], random = this.#random): T {
    const one = some[Math.floor(random() * some.length)]
    if (one === undefined) throw new RangeError('nothing to choose from')
    return one
  }
}

function pathOf({ printerId }: FloorPrinter, act: 'pause' | 'resume'): string {
  return `/v1/cloud-printing/printers/${printerId}/${act}`
}

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
