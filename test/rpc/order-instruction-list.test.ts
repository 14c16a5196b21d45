import { expect } from 'chai'
import { makePdf, makePng } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import type { TestServer } from '../helpers/server.ts'
import {
  cancelOrder,
  ENTITY_KEYS,
  expectInvalid,
  fileOptions,
  InstructionClient,
  newOrder,
  newPackedOrder,
  startInstructionServer,
} from './instruction-fixtures.ts'

describe('order_instruction.list', () => {
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

  it('answers an empty array where there are none', async () => {
    expect(await instructions.list(order)).to.deep.equal([])
  })

  it('answers entities by rising id, deleted ones left out', async () => {
    const made = []
    for (const note of ['a', 'b', 'c']) made.push(await instructions.create(order, note))
    await instructions.delete(made[1]?.instruction_id)
    await instructions.edit(made[0]?.instruction_id, 'z')
    expect((await instructions.list(order)).map(({ note }) => note)).to.deep.equal(['z', 'c'])
  })

  it('adds the bytes, last, where they are asked for, and null where there is no file', async () => {
    const pdf = await makePdf()
    const png = await makePng()
    await instructions.create(order, 'a', fileOptions(pdf))
    await instructions.create(order, 'b')
    await instructions.create(order, 'c', fileOptions(png, 'c.png'))
    await instructions.create(order, 'd', fileOptions(pdf, 'd.pdf'))
    const entities = await instructions.list(order, ['file_content'])
    for (const entity of entities) expect(Object.keys(entity)).to.deep.equal([...ENTITY_KEYS, 'file_content'])
    const [a, , c] = [pdf, null, png].map((bytes) => bytes?.toString('base64') ?? null)
    expect(entities.map(({ file_content }) => file_content)).to.deep.equal([a, null, c, a])
  })

  for (const [fields, hasContent] of [
    [undefined, false],
    [null, false],
    [[], false],
    ['', false],
    ['*', false],
    [['note', 'nonsense', 5, null], false],
    [['FILE_CONTENT'], false],
    ['file_content', true],
    [['file_content'], true],
    [['note', 'file_content', 'file_content'], true],
    [{ fields: ['file_content'] }, true],
    [{ fields: [] }, false],
  ] as const) {
    it(`reads ${JSON.stringify(fields)} as a wish for ${hasContent ? '' : 'no '}bytes`, async () => {
      await instructions.create(order, 'n')
      const [entity] = await instructions.list(order, fields)
      expect(Object.keys(entity ?? {})).to.deep.equal(
        hasContent ? [...ENTITY_KEYS, 'file_content'] : [...ENTITY_KEYS],
      )
    })
  }

  for (const wrong of [5, true, {}, { fields: 'file_content' }, { fields: [], more: 1 }]) {
    it(`refuses ${JSON.stringify(wrong)} for fields`, async () => {
      const fault = await server.rpc.fault('order_instruction.list', [order, wrong])
      expect(fault.code).to.equal(-32100)
      expect(fault.data?.['field']).to.match(/^(fields|more)$/)
    })
  }

  for (const nothing of ['abc', '', -1, 1.5, 1e30, '9'.repeat(30), "'", 'a\0']) {
    it(`answers 102 for the order ${JSON.stringify(nothing)}`, async () => {
      const fault = await server.rpc.fault('order_instruction.list', [nothing])
      expect(fault).to.deep.equal({ code: -32102, message: 'Requested order does not exist.' })
    })
  }

  it('answers 100 for a wrong type of id, fault 6 for none', async () => {
    expectInvalid(await server.rpc.fault('order_instruction.list', [false]), 'orderUniqueId', 'invalid')
    expect((await server.rpc.fault('order_instruction.list', [])).code).to.equal(-32006)
  })

  it('works on closed orders', async () => {
    await instructions.create(order, 'n')
    await cancelOrder(server, order)
    expect(await instructions.list(order)).to.have.length(1)
    expect(await instructions.list(await newPackedOrder(server))).to.deep.equal([])
  })

  it('shows a packer every merchant\u2019s, and a merchant its own alone', async () => {
    await instructions.create(order, 'n')
    expect(await new InstructionClient(server, 'packer').list(order)).to.have.length(1)
    const other = new InstructionClient(server, 'demo-other')
    expect((await server.rpc.fault('order_instruction.list', [order], other.as)).code).to.equal(-32102)
  })

  it('tells confirmations and printed copies, both in the types of the contract', async () => {
    const { instruction_id } = await instructions.create(order, 'n', fileOptions(await makePdf()))
    await server.rpc.call('shipment.create', [order, { packages: [{ package_id: `${order}-a` }] }])
    const station = { station_id: server.credentials.station_id }
    await server.rpc.call('packing.confirm', [instruction_id, `${order}-a`, station], 'packer')
    const entity = await eventually('the copy is printed', async () => {
      const [found] = await instructions.list(order)
      return found?.copies_printed === '1' ? found : undefined
    })
    expect(entity.confirmations).to.have.length(1)
    const [confirmation] = entity.confirmations
    expect(Object.keys(confirmation ?? {})).to.deep.equal(['confirmed_id', 'confirmed_at'])
    expect(confirmation?.confirmed_id).to.match(/^\d+$/)
    expect(confirmation?.confirmed_at).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
    expect(await instructions.edit(instruction_id, 'changed')).to.deep.include({
      copies_printed: '1',
      confirmations: entity.confirmations,
    })
  })
})
