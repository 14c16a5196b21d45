import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { type ServerProcess, startServerProcess } from '../helpers/server-process.ts'
import { aDocument, type Asked, type Floor, type FloorPrinter, openFloor } from './floor.ts'
import { type SocketWitness, startSocketWitness } from './witnesses.ts'

/** What the kernel takes for a printer that doesn't read is less. */
const LARGE_BYTES = 20 * 1024 * 1024
const CUTS = 5
/** The other one looks all the time, so that no gap is too short to be seen. */
const TIMING = { pollMs: 20, leaseTtlMs: 60_000 }
const GRACE_MS = 500
/** A fraction of the lease, even right after a renewal, on a machine that is busy. */
const TAKEN_WITHIN_MS = 25_000

interface SeenLease {
  readonly fence: string
  readonly process_number: number
  readonly expires_ms: number
  /** Of the connection by which the others see that the holder lives. */
  readonly listener: number | null
}

/** docs/scaling.md, "When a process dies". The processes are real ones. */
describe('a server process that loses the connection by which others see it, in the midst of a document', function () {
  this.timeout(120_000)
  const role = `holder_${randomBytes(6).toString('hex')}`
  let floor: Floor
  let witness: SocketWitness
  let printer: FloorPrinter
  let holder: ServerProcess
  let other: ServerProcess
  let jobs: readonly [Asked, Asked]

  beforeEach(async () => {
    floor = await openFloor()
    witness = await startSocketWitness({ isPaused: true })
    printer = await floor.addPrinter(witness, 'Floor')
    await floor.server.pause()
    await floor.server.db.raw(`create role ${role} superuser login password 'holder'`)
  })
  afterEach(async () => {
    for (const process of [holder, other]) process.kill('SIGKILL')
    await Promise.all([holder.ended, other.ended])
    await witness.close()
    await floor.server.db.raw(`drop role ${role}`)
    await floor.server.stop()
  })

  /** One job half sent by the holder, one queued behind it, and another process that would like to send it. */
  async function startTwo(timing: object = TIMING): Promise<void> {
    const url = new URL(floor.server.env['DATABASE_URL'] ?? '')
    url.username = role
    url.password = 'holder'
    const large = Buffer.alloc(LARGE_BYTES, 'x')
    const next = aDocument(witness, 'next')
    jobs = [
      { name: 'half sent', copies: 1, document: large, printer },
      { name: 'next', copies: 1, document: next, printer },
    ]
    holder = await startServerProcess({ ...floor.server.env, DATABASE_URL: url.href }, 'none', timing)
    await floor.submit(holder.baseUrl, jobs[0])
    await eventually('it is being sent', async () =>
      (await floor.find('half sent'))?.status === 'processing' ? true : undefined,
    )
    await floor.submit(holder.baseUrl, jobs[1])
    other = await startServerProcess(floor.server.env, 'none', timing)
  }

  async function lease(): Promise<SeenLease> {
    const { rows } = await floor.server.db.raw(
      `select fence, process_number, extract(epoch from expires_at)::float8 * 1000 as expires_ms,
              (select pid from pg_locks where locktype = 'advisory' and objsubid = 2 and granted
                 and database = (select oid from pg_database where datname = current_database())
                 and objid = process_number::oid) as listener
       from printer_leases where printer_id = ?`,
      [printer.printerId],
    )
    return rows[0]
  }
  const cut = async (): Promise<SeenLease> => {
    const before = await lease()
    await floor.server.db.raw('select pg_terminate_backend(?)', [before.listener])
    return before
  }
  const outcomes = async () =>
    [await floor.find('half sent'), await floor.find('next')].map((job) => job?.outcomes)

  async function expectStillHeld({ fence, process_number }: SeenLease): Promise<void> {
    expect(await lease()).to.include({ fence, process_number })
    expect(await outcomes()).to.deep.equal([[null], []])
    expect(witness.sink.connections, 'nothing else reaches the printer').to.equal(1)
  }
  async function expectAllPrintedOnce(): Promise<void> {
    witness.sink.read()
    for (const { name } of jobs) expect(await floor.untilEnded(name)).to.include({ status: 'completed' })
    expect(await outcomes()).to.deep.equal([['sent'], ['sent']])
    const copies = () => Promise.all(jobs.map(({ document }) => witness.copiesOf(document)))
    await eventually('the printer has read it', async () => {
      witness.sink.read()
      return (await copies()).includes(0) ? undefined : true
    })
    expect(await copies()).to.deep.equal([1, 1])
  }

  it('keeps its printers, and sends all of it, however often that happens', async () => {
    await startTwo()
    const first = await lease()
    for (let count = 1; count <= CUTS; count += 1) {
      const before = await cut()
      await eventually('it is back', async () => {
        const { listener } = await lease()
        return listener !== null && listener !== before.listener ? true : undefined
      })
      await expectStillHeld(first)
    }
    await expectAllPrintedOnce()
  })

  it('keeps them also where that connection doesn’t come back, as long as another one renews its leases', async () => {
    await startTwo({ ...TIMING, graceMs: GRACE_MS })
    await floor.server.db.raw(`alter role ${role} nologin`)
    const before = await cut()
    await eventually('it has renewed them for several times the grace', async () => {
      const { expires_ms, listener } = await lease()
      return listener === null && expires_ms > before.expires_ms + 6 * GRACE_MS ? true : undefined
    })
    await expectStillHeld(before)
    await floor.server.db.raw(`alter role ${role} login`)
    await expectAllPrintedOnce()
  })

  for (const how of ['killed', 'frozen and cut off'] as const) {
    it(`leaves them long before its lease ends when it is ${how}`, async () => {
      await startTwo()
      holder.kill(how === 'killed' ? 'SIGKILL' : 'SIGSTOP')
      const before = how === 'killed' ? await lease() : await cut()
      const half = await floor.untilEnded('half sent', TAKEN_WITHIN_MS)
      expect(half.reason).to.match(/^outcome-unknown: .*may have printed/)
      const after = await lease()
      expect(Number(after.fence)).to.be.greaterThan(Number(before.fence))
      expect(after.process_number).to.not.equal(before.process_number)
      witness.sink.read()
      expect((await floor.untilEnded('next')).status).to.equal('completed')
      expect(await outcomes()).to.deep.equal([['unknown'], ['sent']])
    })
  }
})
