import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { type OwnPostgres, startOwnPostgres } from '../helpers/own-postgres.ts'
import { addPackagesWithFile } from '../helpers/print-floor.ts'
import type { TestUser } from '../helpers/rpc-client.ts'
import { aDocument, aPdf, type Asked, type Floor, type FloorPrinter, openFloor } from './floor.ts'
import { type SocketWitness, startSocketWitness } from './witnesses.ts'

const PACKAGES = 40
const AFTER_FIRST = 8
const RECOVERY_MS = 30_000
/** PostgreSQL's crash recovery, twice, on a busy machine. */
const STREAM_MS = 90_000

describe('a server whose PostgreSQL goes away and comes back', function () {
  this.timeout(180_000)
  let postgres: OwnPostgres
  let floor: Floor
  let witness: SocketWitness
  let printer: FloorPrinter

  beforeEach(async () => {
    postgres = await startOwnPostgres()
    floor = await openFloor(postgres.database)
    witness = await startSocketWitness({ takes: 'pdf' })
    printer = await floor.addPrinter(witness, 'Floor', 'LASER')
  })
  afterEach(async () => {
    await witness.close()
    await floor.server.stop()
  })

  for (const how of ['stop', 'crash'] as const) {
    it(`loses nothing that it acknowledged and prints nothing twice after a ${how}`, async () => {
      const slip = aPdf(`slip of ${how}`)
      const work = await addPackagesWithFile(floor.server, { id: 'D1', count: PACKAGES, pdf: slip })
      const users: TestUser[] = ['packer', 'supervisor']
      for (const user of users) await floor.server.rpc.session(user)

      const confirmed: string[] = []
      const packers = users.map((user, index) => {
        const mine = work.packageIds.filter((_, number) => number % users.length === index)
        return confirmAll({ floor, printer, user, instructionId: work.instructionId }, mine, confirmed)
      })
      const jobs = askForJobs(floor, printer, how)
      await eventually('the stream flows', () => (confirmed.length >= AFTER_FIRST ? true : undefined))
      await postgres[how]()
      expect(await readiness(floor)).to.equal(503)
      const confirmedBefore = confirmed.length
      await postgres.start()
      await eventually(
        'the server is ready again by itself',
        async () => ((await readiness(floor)) === 200 ? true : undefined),
        RECOVERY_MS,
      )
      await Promise.all(packers)
      expect(confirmed).to.have.length(PACKAGES)
      expect(confirmedBefore).to.be.below(PACKAGES)

      const slips = await untilAllEnded(floor)
      expect(slips.map(({ package_id }) => package_id).toSorted()).to.deep.equal(confirmed.toSorted())
      const completed = slips.filter(({ status }) => status === 'completed').length
      const inDoubt = slips.filter(({ reason }) => reason?.startsWith('outcome-unknown: ')).length
      expect(completed + inDoubt).to.equal(PACKAGES)
      expect(await witness.copiesOf(slip)).to.be.within(completed, completed + inDoubt)
      for (const asked of await jobs) expect(await floor.untruths(asked)).to.deep.equal([])
    })
  }
})

interface Packer {
  readonly floor: Floor
  readonly printer: FloorPrinter
  readonly user: TestUser
  readonly instructionId: number
}

/** Scans one package after the other, and scans again where no confirmation came back. */
async function confirmAll(
  { floor, printer, user, instructionId }: Packer,
  packageIds: readonly string[],
  confirmed: string[],
): Promise<void> {
  for (const packageId of packageIds) {
    const args = [instructionId, packageId, { station_id: printer.stationId }]
    await eventually(
      `${packageId} is confirmed`,
      () =>
        floor.server.rpc.call('packing.confirm', args, user).then(
          () => true,
          () => undefined,
        ),
      STREAM_MS,
    )
    confirmed.push(packageId)
  }
}

/** Jobs over REST beside the confirmations. Resolves with those that were accepted. */
async function askForJobs(floor: Floor, printer: FloorPrinter, how: string): Promise<Asked[]> {
  const accepted: Asked[] = []
  for (let number = 1; number <= PACKAGES / 2; number += 1) {
    const name = `beside ${how} ${number}`
    const asked = { name, copies: 1, document: aDocument(printer.witness, name), printer }
    const isAccepted = await floor.submit(floor.server.url, asked).catch(() => false)
    if (isAccepted) accepted.push(asked)
  }
  return accepted
}

async function readiness(floor: Floor): Promise<number> {
  return (await fetch(`${floor.server.url}/readyz`)).status
}

interface Slip {
  readonly package_id: string
  readonly status: string
  readonly reason: string | null
}

async function untilAllEnded(floor: Floor): Promise<Slip[]> {
  return eventually(
    'every job ends',
    async () => {
      const open = await floor.server.db.raw(
        `select from print_jobs where status in ('queued', 'processing')
         union all select from print_attempts where outcome is null`,
      )
      if (open.rows.length > 0) return undefined
      const { rows } = await floor.server.db.raw(
        `select package_id, print_jobs.status, print_jobs.reason from confirmations
         left join print_jobs on print_jobs.confirmation_id = confirmations.confirmation_id`,
      )
      return rows as Slip[]
    },
    STREAM_MS,
  )
}
