import { expect } from 'chai'
import type { Context } from 'mocha'
import { DISPATCHER_STEPS, type DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import {
  aDocument,
  type Asked,
  type Floor,
  type FloorPrinter,
  openFloor,
  type SeenJob,
  SHORT_GRACE,
} from './floor.ts'
import type { Witness } from './witnesses.ts'

const COPIES = 2
/** Of a server that takes over a job in doubt. */
const RECOVERY_STEPS: readonly DispatcherStep[] = ['leased', 'recovered', 'recorded']

interface WatchedPrinter {
  readonly name: string
  /** It can tell what became of any job: nothing may end in doubt. */
  readonly isAsked?: boolean
  start(context: Context, dataDir: string, copies: number): Promise<Witness> | Witness
}

/**
 * Kills the server with `kill -9` at each step of the dispatcher, and the one that took over at each again, and holds
 * what the third one says against what the printer received.
 */
export function killAtEveryStep({ name, isAsked = false, start }: WatchedPrinter): void {
  describe(`a server killed while it prints on ${name}`, () => {
    let floor: Floor
    let printer: FloorPrinter

    before(async function () {
      this.timeout(60_000)
      floor = await openFloor()
      printer = await floor.addPrinter(await start(this, floor.server.dataDir, COPIES), name)
      await floor.server.pause()
    })
    after(async () => {
      await printer.witness.close()
      await floor.server.stop()
    })

    for (const step of DISPATCHER_STEPS) {
      it(`prints no copy twice and loses no job when it dies at "${step}"`, async () => {
        const asked = aJob(printer, `killed at ${step}`)
        await dieAt(floor, step, asked)
        const { job, untruths } = await resumed(floor, asked)
        expect(untruths).to.deep.equal([])
        if (isAsked || !mayBeInDoubt(step)) expect(job).to.include({ status: 'completed', reason: null })
      })
    }

    if (!isAsked) return
    for (const step of RECOVERY_STEPS) {
      it(`prints no copy twice when the server that asks about it dies in turn at "${step}"`, async () => {
        const asked = aJob(printer, `asked about and killed at ${step}`)
        await dieAt(floor, 'accepted', asked)
        await dieAskingAt(floor, step)
        const { job, untruths } = await resumed(floor, asked)
        expect(untruths).to.deep.equal([])
        expect(job).to.include({ status: 'completed', reason: null })
      })
    }
  })
}

function aJob(printer: FloorPrinter, name: string): Asked {
  return { name, copies: COPIES, document: aDocument(printer.witness, name), printer }
}

/** A server that dies there, or, when that printer has no such step, as soon as the job has ended. */
async function dieAt(floor: Floor, step: DispatcherStep, asked: Asked): Promise<void> {
  const process = await startServerProcess(floor.server.env, step)
  try {
    await floor.submit(process.baseUrl, asked)
    await Promise.race([process.ended, floor.untilEnded(asked.name)])
  } finally {
    process.kill('SIGKILL')
  }
  expect(await process.ended).to.equal('SIGKILL')
}

/** A server that finds the job in doubt when it starts, and may be dead before it is ready. */
async function dieAskingAt(floor: Floor, step: DispatcherStep): Promise<void> {
  const end = await startServerProcess(floor.server.env, step, SHORT_GRACE).then(
    ({ ended }) => ended,
    (error: unknown) => String(error),
  )
  expect(end).to.match(/SIGKILL/)
}

/** Before the mark nothing has left, and once the outcome is recorded it is known. */
function mayBeInDoubt(step: DispatcherStep): boolean {
  return step !== 'recorded' && DISPATCHER_STEPS.indexOf(step) >= DISPATCHER_STEPS.indexOf('marked')
}

async function resumed(floor: Floor, asked: Asked): Promise<{ job: SeenJob; untruths: string[] }> {
  await floor.server.resume()
  const job = await floor.untilEnded(asked.name)
  const untruths = await floor.untruths(asked)
  await floor.server.pause()
  return { job, untruths }
}
