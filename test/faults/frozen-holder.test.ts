import { expect } from 'chai'
import { DISPATCHER_STEPS, type DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'
import { startDatabaseLine } from '../helpers/database-line.ts'
import { eventually } from '../helpers/eventually.ts'
import { type ServerProcess, startServerProcess } from '../helpers/server-process.ts'
import { aDocument, type Asked, type Floor, openFloor, type SeenJob } from './floor.ts'
import { startIppWitness, startSocketWitness, type Witness } from './witnesses.ts'

/** The lease of 15 s, and as long again for whoever waits behind it on a busy machine. */
const TAKEN_WITHIN_MS = 40_000
/** What the kernel takes for a printer that doesn't read is less. */
const LARGE_BYTES = 20 * 1024 * 1024

/** Without a driver that can ask its printer nobody comes to `accepted`; `recovered` is for those who took over. */
const STEPS: Readonly<Record<'socket' | 'ipp', readonly DispatcherStep[]>> = {
  socket: DISPATCHER_STEPS.filter((step) => step !== 'accepted' && step !== 'recovered'),
  ipp: DISPATCHER_STEPS.filter((step) => step !== 'recovered'),
}

describe('a server process that is frozen for longer than its leases', function () {
  this.timeout(120_000)
  let floor: Floor
  let holder: ServerProcess
  const witnesses: Witness[] = []

  beforeEach(async () => {
    floor = await openFloor()
  })
  afterEach(async () => {
    holder.kill('SIGKILL')
    await Promise.all(witnesses.map((witness) => witness.close()))
    await floor.server.stop()
    witnesses.length = 0
  })

  async function aJob(witness: Witness, name: string): Promise<Asked> {
    witnesses.push(witness)
    const printer = await floor.addPrinter(witness, name)
    return { name, copies: 2, document: aDocument(witness, name), printer }
  }

  async function stopAt(step: DispatcherStep, job: Asked): Promise<void> {
    await holder.hold(step)
    await floor.submit(holder.baseUrl, job)
    await holder.held(step)
  }

  const states = (jobs: readonly Asked[]) => Promise.all(jobs.map(({ name }) => floor.find(name)))
  const untruths = async (jobs: readonly Asked[]) =>
    (await Promise.all(jobs.map((job) => floor.untruths(job)))).flat()

  it('prints nothing twice and judges nothing when it wakes up, wherever it was frozen', async () => {
    const held: { step: DispatcherStep; job: Asked }[] = []
    for (const step of STEPS.socket) {
      held.push({ step, job: await aJob(await startSocketWitness(), `socket ${step}`) })
    }
    for (const step of STEPS.ipp) {
      held.push({ step, job: await aJob(await startIppWitness({ canCreateJob: true }), `ipp ${step}`) })
    }
    const slow = await startSocketWitness({ isPaused: true })
    const halfSent = {
      ...(await aJob(slow, 'half sent')),
      copies: 1,
      document: Buffer.alloc(LARGE_BYTES, 'x'),
    }
    await floor.server.pause()
    holder = await startServerProcess(floor.server.env)
    for (const { step, job } of held) await stopAt(step, job)
    await floor.submit(holder.baseUrl, halfSent)
    await eventually('it is being sent', async () =>
      (await floor.find(halfSent.name))?.status === 'processing' ? true : undefined,
    )
    holder.kill('SIGSTOP')

    await floor.server.resume()
    const jobs = [...held.map(({ job }) => job), halfSent]
    for (const { name } of jobs) await floor.untilEnded(name, TAKEN_WITHIN_MS)
    expect(await untruths(jobs)).to.deep.equal([])
    const judged = await states(jobs)
    for (const { step, job } of held) {
      if (isBeforeMark(step)) expect(await floor.find(job.name)).to.include({ status: 'completed' })
    }

    holder.release()
    slow.sink.read()
    holder.kill('SIGCONT')
    holder.kill('SIGTERM')
    expect(await holder.ended).to.equal(0)
    expect(await untruths(jobs)).to.deep.equal([])
    expect(await states(jobs)).to.deep.equal(judged)
  })

  it('sends nothing when it is told that it may, and the job was judged while it was frozen', async () => {
    const witness = await startSocketWitness()
    const job = await aJob(witness, 'permitted')
    await floor.server.pause()
    const line = await startDatabaseLine(floor.server.env['DATABASE_URL'] ?? '')
    holder = await startServerProcess({ ...floor.server.env, DATABASE_URL: line.url })
    await stopAt('reached', job)
    const permission = line.holdAnswerTo((await floor.find(job.name))?.id ?? '')
    holder.release()
    const permit = await permission
    holder.kill('SIGSTOP')
    permit()

    await floor.server.resume()
    const judged = await floor.untilEnded(job.name, TAKEN_WITHIN_MS)
    expect(judged.reason).to.match(/^outcome-unknown: .*may have printed/)
    holder.kill('SIGCONT')
    holder.kill('SIGTERM')
    expect(await holder.ended).to.equal(0)
    expect(await witness.copiesOf(job.document)).to.equal(0)
    expect(await states([job])).to.deep.equal([judged])
    await line.close()
  })

  it('sends nothing under a lease that has run out, even if nobody took it over', async () => {
    const job = await aJob(await startSocketWitness(), 'nobody else')
    await floor.server.pause()
    holder = await startServerProcess(floor.server.env)
    await stopAt('reached', job)
    holder.kill('SIGSTOP')
    await eventually(
      'the lease runs out',
      async () => {
        const { rows } = await floor.server.db.raw(
          'select from printer_leases where printer_id = ? and expires_at <= clock_timestamp()',
          [job.printer.printerId],
        )
        return rows.length === 1 ? true : undefined
      },
      TAKEN_WITHIN_MS,
    )
    holder.release()
    holder.kill('SIGCONT')
    const end = (await floor.untilEnded(job.name, TAKEN_WITHIN_MS)) satisfies SeenJob
    expect(end.status).to.equal('completed')
    expect(await untruths([job])).to.deep.equal([])
  })
})

function isBeforeMark(step: DispatcherStep): boolean {
  return DISPATCHER_STEPS.indexOf(step) < DISPATCHER_STEPS.indexOf('marked')
}
