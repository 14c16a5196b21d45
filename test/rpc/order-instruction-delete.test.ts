import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import type { TestServer } from '../helpers/server.ts'
import {
  cancelOrder,
  expectInvalid,
  fileOptions,
  InstructionClient,
  newOrder,
  startInstructionServer,
} from './instruction-fixtures.ts'

describe('order_instruction.delete', () => {
  let server: TestServer
  let instructions: InstructionClient
  let order: string

  before(async () => {
    server = await startInstructionServer()
    instructions = new InstructionClient(server)
  })
  beforeEach(async () => {
    order = await newOrder(server)
  })
  after(() => server.stop())

  function fault(id: unknown, as: 'demo' | 'demo-other' | 'packer' = 'demo') {
    return server.rpc.fault('order_instruction.delete', [id], as)
  }

  it('answers true, and the instruction is gone for good', async () => {
    const { instruction_id } = await instructions.create(order, 'n', fileOptions(await makePdf()))
    expect(await instructions.delete(String(instruction_id))).to.equal(true)
    expect(await instructions.list(order)).to.deep.equal([])
    expect((await fault(instruction_id)).code).to.equal(-32101)
  })

  it('takes a bare id for args, as `call` allows', async () => {
    const { instruction_id } = await instructions.create(order, 'n')
    expect(await server.rpc.call('order_instruction.delete', instruction_id)).to.equal(true)
  })

  it('keeps its revisions and confirmations in the ledger', async () => {
    const { instruction_id } = await instructions.create(order, 'n')
    await server.rpc.call('shipment.create', [order, { packages: [{ package_id: `${order}-a` }] }])
    await server.rpc.call('packing.confirm', [instruction_id, `${order}-a`], 'packer')
    await instructions.delete(instruction_id)
    const { rows } = await server.db.raw<{ rows: unknown[] }>(
      'select 1 from confirmations join instruction_revisions using (instruction_id, revision) where instruction_id = ?',
      [instruction_id],
    )
    expect(rows).to.have.length(1)
  })

  it('works on a closed order', async () => {
    const { instruction_id } = await instructions.create(order, 'n')
    await cancelOrder(server, order)
    expect(await instructions.delete(instruction_id)).to.equal(true)
  })

  for (const nothing of ['abc', '', -1, 1.5, 1e30, '9'.repeat(30), "'", 'a\0', '0x1', 0, '00']) {
    it(`answers 101 for the instruction ${JSON.stringify(nothing)}`, async () => {
      const { code, message } = await fault(nothing)
      expect([code, message]).to.deep.equal([-32101, 'Requested packing instruction does not exist.'])
    })
  }

  it('answers 100 for a wrong type of id, fault 6 for none', async () => {
    for (const wrong of [true, [], {}]) expectInvalid(await fault(wrong), 'instructionId', 'invalid')
    expect((await fault(null)).code).to.equal(-32006)
    expect((await fault(undefined)).code).to.equal(-32006)
  })

  it('is 101 for another merchant, and fault 2 for a packer', async () => {
    const { instruction_id } = await instructions.create(order, 'n')
    expect((await fault(instruction_id, 'demo-other')).code).to.equal(-32101)
    expect((await fault(instruction_id, 'packer')).code).to.equal(-32002)
    expect(await instructions.list(order)).to.have.length(1)
  })

  it('succeeds once of ten calls at the same moment, and is told once', async () => {
    const { instruction_id } = await instructions.create(order, 'n')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => instructions.delete(instruction_id)),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
    const { rows } = await server.db.raw<{ rows: { type: string }[] }>(
      `select type from events where resource_type = 'instruction' and resource_id = ? order by sequence`,
      [String(instruction_id)],
    )
    expect(rows.map(({ type }) => type)).to.deep.equal([
      'order_instruction.created',
      'order_instruction.deleted',
    ])
  })
})
