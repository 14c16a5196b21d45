import { expect } from 'chai'
import { pino } from 'pino'
import { readConfig } from '../../lib/config.ts'
import { type Packhouse, startPackhouse } from '../../lib/packhouse.ts'
import { RpcCallError } from '../helpers/rpc-client.ts'
import { renderingPool, rpcClientOf } from '../helpers/server.ts'
import { Floor, faultNumber, type OccurrenceJson, type Packer } from './packing-fixtures.ts'

const ROUNDS = 25

describe('packing races', function () {
  // Each runs its rounds one after the other, on a machine that may be busy.
  this.timeout(60_000)
  let floor: Floor
  let second: Packhouse
  /** At the first server, at the first again, and at a second one on the same database. */
  let anna: Packer
  let bert: Packer
  let cora: Packer

  before(async () => {
    floor = await Floor.start()
    await floor.station({ name: 'Held', code: 'HELD', printers: [{ name: 'Held laser', pool: 'LASER' }] })
    const log = pino({ level: 'silent' })
    second = await startPackhouse({ config: readConfig(floor.server.env), log, renderingPool })
    anna = await floor.user('packer')
    bert = await floor.user('packer')
    cora = await floor.user('packer', { rpc: rpcClientOf(second.baseUrl, floor.server.credentials) })
  })
  after(async () => {
    await second.stop()
    await floor.server.stop()
  })

  const confirmHeld = (packer: Packer, id: number, pack: string | undefined) =>
    packer.confirm(id, pack, { station_id: 'HELD' })

  /** Both at once on two packages of one order; of each round it tells whose was first. */
  async function raceForOne(one: Packer, other: Packer): Promise<ReadonlySet<string>> {
    const winners = new Set<string>()
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { order, packages } = await floor.order([1, 1])
      const id = await floor.instruct(order)
      const [left, right] = round % 2 === 0 ? [one, other] : [other, one]
      const answers = await Promise.all([
        confirmHeld(left, id, packages[0]),
        confirmHeld(right, id, packages[1]),
      ])
      expect(await floor.stored(id), `round ${round}`).to.deep.equal({ confirmations: 1, jobs: 1, events: 1 })
      winners.add(judge(answers, [left, right], packages))
    }
    return winners
  }

  /** Exactly one has it, and the other is told at once who. */
  function judge(
    answers: readonly OccurrenceJson[],
    packers: readonly Packer[],
    packages: readonly string[],
  ): string {
    expect(answers.map(({ state }) => state)).to.have.members(['confirmed', 'elsewhere'])
    const winner = answers.findIndex(({ state }) => state === 'confirmed')
    const [had, told] = (winner === 0 ? answers : answers.toReversed()) as [OccurrenceJson, OccurrenceJson]
    const { name } = packers[winner] as Packer
    expect(had.confirmation).to.include({ confirmed_by: name, package_id: packages[winner] })
    expect(told.confirmation).to.deep.equal(had.confirmation)
    expect(told.print_job).to.include({ id: (had.print_job as { id: string }).id })
    expect(told.because).to.include(`already confirmed for package ${packages[winner]} by ${name}`)
    return name
  }

  it('let exactly one of two packers have a once-per-order instruction, and tell the other who', async () => {
    await raceForOne(anna, bert)
  })

  it('let exactly one of two packers at two servers have it, either of them', async () => {
    expect(await raceForOne(anna, cora)).to.have.length(2)
  })

  it('print once when one package is confirmed many times at once, at two servers', async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { order, packages } = await floor.order([1])
      const id = await floor.instruct(order)
      const packers = [anna, bert, cora, anna, cora]
      const answers = await Promise.all(packers.map((packer) => confirmHeld(packer, id, packages[0])))
      expect(new Set(answers.map((answer) => JSON.stringify(answer)))).to.have.length(1)
      expect(answers[0]?.state).to.equal('confirmed')
      expect(await floor.stored(id)).to.deep.equal({ confirmations: 1, jobs: 1, events: 1 })
    }
  })

  it('are decided by the database itself, should a process not wait for its turn', async () => {
    const { order, packages } = await floor.order([2])
    const id = await floor.note(order)
    await anna.confirm(id, packages[0])
    const again = floor.db.raw(
      `insert into confirmations (instruction_id, occurrence, revision, package_id, user_id, confirmed_by)
       select instruction_id, occurrence, revision, ?, user_id, confirmed_by from confirmations
       where instruction_id = ?`,
      [packages[1] as string, id],
    )
    expect(await again.then(() => 'taken', String)).to.include('confirmations_occurrence_key')
  })

  /** The answer, or the number of the fault. */
  const settle = (call: Promise<unknown>): Promise<unknown> =>
    call.catch((error: unknown) => {
      if (error instanceof RpcCallError) return faultNumber(error.fault)
      throw error
    })

  it('confirm a revision either before it is edited or not at all', async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { order, packages } = await floor.order([1])
      const id = await floor.instruct(order)
      const seen = { station_id: 'HELD', revision: 1 }
      const [answer] = await Promise.all([
        settle(cora.confirm(id, packages[0], seen)),
        floor.edit(id, `Edited in round ${round}`),
      ])
      const isConfirmed = answer !== 107
      const count = isConfirmed ? 1 : 0
      if (isConfirmed) expect(answer).to.deep.include({ state: 'confirmed', revision: 1 })
      expect(await floor.stored(id)).to.deep.equal({ confirmations: count, jobs: count, events: count })
      const [shown] = (await anna.open(packages[0])).occurrences
      expect(shown).to.include({ state: isConfirmed ? 'changed' : 'due', revision: 2 })

      await confirmHeld(bert, id, packages[0])
      const jobs = await floor.rows('select 1 from print_jobs where instruction_id = ?', [id])
      expect(jobs, 'one per confirmed revision').to.have.length(count + 1)
    }
  })

  it('confirm an instruction either before it is deleted or not at all', async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { order, packages } = await floor.order([1])
      const id = await floor.instruct(order)
      const calls = [() => settle(confirmHeld(cora, id, packages[0])), () => settle(floor.remove(id))]
      const [answer] = await Promise.all(calls.map((call) => call()))
      const count = answer === 102 ? 0 : 1
      if (count === 1) expect(answer).to.deep.include({ state: 'confirmed' })
      expect(await floor.stored(id)).to.deep.equal({ confirmations: count, jobs: count, events: count })
      expect((await anna.open(packages[0])).can_finish).to.equal(true)
    }
  })

  it('close a package either before an instruction is taken for it or not while it is due', async () => {
    const outcomes = new Set<string>()
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { order, packages } = await floor.order([1])
      const create = () => settle(floor.note(order))
      const finish = () => settle(cora.finish(packages[0]))
      const [created, finished] = await (round % 2 === 0
        ? Promise.all([create(), finish()])
        : Promise.all([finish(), create()]).then(([left, right]) => [right, left]))
      // The package is the order's last: once it is packed the order takes nothing more.
      const isPacked = finished !== 103
      expect(
        created === 100,
        'the instruction is refused if and only if the package was packed first',
      ).to.equal(isPacked)
      outcomes.add(isPacked ? 'packed' : 'due')
      const { package: pack, blockers } = await anna.open(packages[0])
      expect(pack.status).to.equal(isPacked ? 'packed' : 'packing')
      if (!isPacked) expect(blockers).to.deep.equal([`instruction ${String(created)} is due`])
    }
    expect(outcomes.size).to.be.greaterThan(0)
  })

  it('close a package only with its last confirmation made', async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { order, packages } = await floor.order([1])
      const id = await floor.instruct(order)
      const [, finished] = await Promise.all([
        confirmHeld(anna, id, packages[0]),
        settle(cora.finish(packages[0])),
      ])
      expect(await floor.stored(id)).to.deep.equal({ confirmations: 1, jobs: 1, events: 1 })
      if (finished === 103) await cora.finish(packages[0])
      else expect(finished).to.include({ status: 'packed' })
    }
  })

  it('close a package, its shipment and its order once', async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { order, packages } = await floor.order([2])
      const answers = await Promise.all([
        settle(anna.finish(packages[0])),
        settle(cora.finish(packages[0])),
        settle(bert.finish(packages[1])),
        settle(cora.finish(packages[1])),
      ])
      expect(answers.filter((answer) => answer === 106)).to.have.length(2)
      const events = await floor.rows<{ type: string }>(
        `select type from events where resource_id = any(?) and type not like '%.created'`,
        [[order, `${order}-A`, ...packages]],
      )
      expect(events.map(({ type }) => type)).to.have.members([
        'package.packed',
        'package.packed',
        'shipment.packed',
        'order.completed',
      ])
    }
  })
})
