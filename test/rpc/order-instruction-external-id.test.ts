import { expect } from 'chai'
import { type LocalServer, serve } from '../egress/local-server.ts'
import { makePdf } from '../helpers/documents.ts'
import type { TestServer } from '../helpers/server.ts'
import {
  cancelOrder,
  countRows,
  expectInvalid,
  fileOptions,
  InstructionClient,
  newOrder,
  startInstructionServer,
} from './instruction-fixtures.ts'

describe('order_instruction.create with an external_id', () => {
  let server: TestServer
  let files: LocalServer
  let instructions: InstructionClient
  let order: string

  before(async () => {
    server = await startInstructionServer()
    const pdf = await makePdf()
    files = await serve((_request, response) => response.end(pdf))
    instructions = new InstructionClient(server)
  })
  beforeEach(async () => {
    order = await newOrder(server)
  })
  after(async () => {
    await server.stop()
    await files.close()
  })

  it('answers the same entity for the same arguments, in whichever order and with ignored keys', async () => {
    const first = await instructions.create(order, 'n', {
      external_id: 'x',
      presentation: 'once_per_package',
    })
    const again = {
      unique_id: 'y',
      note: 'n',
      presentation: 'once_per_package',
      print_target: null,
      external_id: 'x',
    }
    expect(await instructions.create(order, null, again)).to.deep.equal(first)
    expect(await instructions.list(order)).to.deep.equal([first])
  })

  it('takes 5 and "5" for the same, and 191 characters', async () => {
    const first = await instructions.create(order, 'n', { external_id: 5 })
    expect(await instructions.create(order, 'n', { external_id: '5' })).to.deep.equal(first)
    await instructions.create(order, 'n', { external_id: '\u{1f511}'.repeat(191) })
  })

  it('refuses other arguments: conflict', async () => {
    await instructions.create(order, 'n', { external_id: 'x' })
    for (const [note, options] of [
      ['m', {}],
      ['n', { presentation: 'once_per_package' }],
      ['n', { print_target: 'LASER' }],
      ['n', fileOptions(await makePdf())],
    ] as const) {
      const fault = await instructions.createFault(order, note, { ...options, external_id: 'x' })
      expectInvalid(fault, 'external_id', 'conflict')
    }
  })

  it('answers the entity as it is now, and compares with what was asked then', async () => {
    const { instruction_id } = await instructions.create(order, 'n', { external_id: 'x' })
    const edited = await instructions.edit(instruction_id, 'm')
    expect(await instructions.create(order, 'n', { external_id: 'x' })).to.deep.equal(edited)
    expectInvalid(await instructions.createFault(order, 'm', { external_id: 'x' }), 'external_id', 'conflict')
  })

  it('belongs to its order', async () => {
    const first = await instructions.create(order, 'n', { external_id: 'x' })
    const other = await instructions.create(await newOrder(server), 'm', { external_id: 'x' })
    expect(other.instruction_id).not.to.equal(first.instruction_id)
  })

  it('is free again after delete', async () => {
    const first = await instructions.create(order, 'n', { external_id: 'x' })
    await instructions.delete(first.instruction_id)
    const second = await instructions.create(order, 'm', { external_id: 'x' })
    expect(second.instruction_id).to.be.greaterThan(first.instruction_id)
  })

  it('repeats on a canceled order', async () => {
    const first = await instructions.create(order, 'n', { external_id: 'x' })
    await cancelOrder(server, order)
    expect(await instructions.create(order, 'n', { external_id: 'x' })).to.deep.equal(first)
    expectInvalid(await instructions.createFault(order, 'n', { external_id: 'y' }), null, 'canceled')
  })

  it('makes one entity of twenty calls at the same moment', async () => {
    const options = { ...fileOptions(await makePdf()), external_id: 'race' }
    const calls = Array.from({ length: 20 }, () => instructions.create(order, 'n', options))
    const ids = new Set((await Promise.all(calls)).map(({ instruction_id }) => instruction_id))
    expect(ids.size).to.equal(1)
    expect(await instructions.list(order)).to.have.length(1)
  })

  it('lets one of two different calls at the same moment win', async () => {
    const events = await countRows(server, 'events')
    const calls = ['a', 'b'].flatMap((note) =>
      Array.from({ length: 5 }, () => instructions.create(order, note, { external_id: 'race' })),
    )
    const outcomes = await Promise.allSettled(calls)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expectInvalid(outcome.reason.fault, 'external_id', 'conflict')
    }
    const [winner] = await instructions.list(order)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(5)
    expect(['a', 'b']).to.include(winner?.note)
    expect(await countRows(server, 'events')).to.equal(events + 1)
  })

  it('fetches a file once, for calls one after the other and at the same moment', async () => {
    const options = { external_id: 'x', file_request: { url: `${files.origin}/slip.pdf`, auth: ['u', 'p'] } }
    const downloads = files.requests.length
    const calls = Array.from({ length: 10 }, () => instructions.create(order, 'n', options))
    const [first] = await Promise.all(calls)
    expect(await instructions.create(order, 'n', options)).to.deep.equal(first)
    expect(files.requests.length - downloads).to.equal(1)
    const other = { ...options, file_request: { ...options.file_request, auth: ['u', 'q'] } }
    expectInvalid(await instructions.createFault(order, 'n', other), 'external_id', 'conflict')
    expect(files.requests.length - downloads).to.equal(1)
  })

  it('is not taken by a call that failed', async () => {
    const options = { external_id: 'x', ...fileOptions(Buffer.from('no PDF')) }
    expectInvalid(await instructions.createFault(order, 'n', options), 'file_content', 'wrong_type')
    expect((await instructions.create(order, 'm', { external_id: 'x' })).note).to.equal('m')
  })
})
