import { expect } from 'chai'
import fc from 'fast-check'
import { createConfirmationsService } from '../../lib/packing/confirmations-service.ts'
import { type DueInput, occurrencesFor } from '../../lib/packing/due-engine.ts'
import { RpcCallError } from '../helpers/rpc-client.ts'
import { Floor, type OrderJson } from './packing-fixtures.ts'

const PRESENTATIONS = ['once_per_order', 'once_per_shipment', 'once_per_package'] as const
const STEPS = ['confirm', 'confirm', 'confirm', 'defer', 'edit', 'present', 'finish'] as const

const stepArbitrary = fc.record({
  what: fc.constantFrom(...STEPS),
  instruction: fc.nat(3),
  pack: fc.nat(4),
  presentation: fc.constantFrom(...PRESENTATIONS),
})

/** A package is shown from its own part of the facts: there may be a hundred thousand others. */
describe('what packing.open reads', () => {
  let floor: Floor
  before(async () => {
    floor = await Floor.start()
  })
  after(() => floor.server.stop())

  async function walk(order: OrderJson, instructions: readonly number[], step: Step): Promise<void> {
    const instruction = instructions[step.instruction] as number
    const pack = order.packages[step.pack]
    switch (step.what) {
      case 'confirm':
        await floor.packer.confirm(instruction, pack)
        return
      case 'defer':
        await floor.packer.defer(instruction, pack)
        return
      case 'edit':
        await floor.edit(instruction, 'Wrap it better')
        return
      case 'present':
        await floor.edit(instruction, null, { presentation: step.presentation })
        return
      case 'finish':
        await floor.packer.finish(pack)
    }
  }

  async function allFacts(uniqueId: string): Promise<DueInput> {
    const { orders, instructions } = floor.server.services
    const [row] = await floor.rows<{ id: string }>('select order_id as id from orders where unique_id = ?', [
      uniqueId,
    ])
    const orderId = Number(row?.id)
    const { shipments, packages } = await orders.contents(floor.db, orderId)
    const list = await instructions.listOfOrder(floor.db, orderId)
    const ids = list.map(({ instructionId }) => instructionId)
    const deferrals = await floor.rows<{ id: string; package_id: string; revision: number }>(
      'select instruction_id as id, package_id, revision from deferrals where instruction_id = any(?)',
      [ids],
    )
    return {
      order: { uniqueId },
      shipments,
      packages: packages.map((pack) => ({ ...pack, isPacked: pack.status === 'packed' })),
      instructions: list,
      confirmations: await createConfirmationsService().list(floor.db, ids),
      deferrals: deferrals.map(({ id, package_id: packageId, revision }) => ({
        instructionId: Number(id),
        packageId,
        revision,
      })),
    }
  }

  it('shows each package as all facts of its order would, whatever was confirmed, put off and edited before', async () => {
    const states = new Set<string>()
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom(...PRESENTATIONS), { minLength: 4, maxLength: 4 }),
      fc.array(stepArbitrary, { minLength: 12, maxLength: 30 }),
      async (presentations, steps) => {
        const order = await floor.order([3, 2])
        const instructions: number[] = []
        for (const presentation of presentations)
          instructions.push(await floor.note(order.order, { presentation }))
        for (const step of steps) await walk(order, instructions, step).catch(refusalOnly)
        const facts = await allFacts(order.order)
        for (const packageId of order.packages) {
          const { occurrences } = await floor.packer.open(packageId)
          const shown = occurrences.map(({ instruction_id: id, state, because, confirmation }) => [
            ...[id, state, because, confirmation?.confirmed_id ?? null],
          ])
          const expected = occurrencesFor(facts, packageId).map(
            ({ instructionId, state, because, confirmation }) => [
              ...[instructionId, state, because, confirmation?.confirmedId ?? null],
            ],
          )
          expect(shown).to.deep.equal(expected)
          for (const { state } of occurrences) states.add(state)
        }
      },
    )
    await fc.assert(property, { numRuns: 15, endOnFailure: true })
    expect([...states]).to.have.members(['due', 'deferred', 'confirmed', 'changed', 'elsewhere'])
  })
})

type Step = typeof stepArbitrary extends fc.Arbitrary<infer Value> ? Value : never

/** A packed package refuses most steps. */
function refusalOnly(error: unknown): void {
  if (!(error instanceof RpcCallError)) throw error
}
