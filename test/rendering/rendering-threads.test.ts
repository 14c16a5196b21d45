import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { pino } from 'pino'
import { DomainError } from '../../lib/errors.ts'
import { RenderingThreads } from '../../lib/rendering/rendering-threads.ts'
import { refusalOf } from './refusal.ts'

const logged: Record<string, unknown>[] = []
const log = pino(
  { level: 'warn' },
  { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
)
const task = { kind: 'inspect', bytes: Buffer.from('%PDF-'), limits: { dpi: 203 } } as const

/** What may befall a worker, in place of a document that brings it about. */
const WORKERS = {
  exiting: 'export function runRenderingTask() { process.exit(3) }',
  hoarding:
    'export function runRenderingTask() { for (const hoard = []; ; ) hoard.push(new Array(1e6).fill(hoard.length)) }',
  endless: 'export function runRenderingTask() { for (;;); }',
  broken: 'throw new Error("no such library")',
  // Dies of its first task alone: what it dies of is a byte of the document.
  fragile: `export function runRenderingTask({ bytes }) {
    if (bytes[0] === 0) process.exit(3)
    return { value: bytes.byteLength }
  }`,
}

describe('a worker that a document ends', () => {
  let folder: string
  let threads: RenderingThreads

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rendering-'))
  })

  after(async () => {
    await rm(folder, { recursive: true })
  })

  afterEach(async () => {
    await threads.close()
  })

  async function startWorkers(worker: keyof typeof WORKERS, timeoutMs = 20_000): Promise<void> {
    const file = join(folder, `${worker}.mjs`)
    await writeFile(file, WORKERS[worker])
    threads = new RenderingThreads({ threads: 1, timeoutMs, log, workerFile: pathToFileURL(file) })
  }

  it('refuses the document if the worker exits', async () => {
    await startWorkers('exiting')
    await refusalOf(threads.run(task), 'unreadable')
  })

  it('refuses the document if the heap is full', async () => {
    await startWorkers('hoarding')
    const error = await refusalOf(threads.run(task), 'unreadable')
    expect(error.cause).to.have.property('code', 'ERR_WORKER_OUT_OF_MEMORY')
  })

  it('refuses the document if its time is over, and tells whoever runs a machine that is too slow', async () => {
    await startWorkers('endless', 2000)
    logged.length = 0
    const error = await refusalOf(threads.run(task), 'unreadable')
    expect(error.message).to.equal('the document took longer than 2 s to read')
    expect(logged.map(({ level, msg, kind }) => [level, msg, kind])).to.deep.equal([
      [40, 'a document took too long', 'inspect'],
    ])
  })

  it('is replaced for the next document', async () => {
    await startWorkers('fragile')
    await refusalOf(threads.run({ ...task, bytes: Buffer.of(0) }), 'unreadable')
    expect(await threads.run(task)).to.equal(5)
  })

  it('is not what a worker is that cannot start: no document is to blame', async () => {
    await startWorkers('broken')
    const error: unknown = await threads.run(task).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(DomainError).with.property('code', 'unavailable')
  })
})
