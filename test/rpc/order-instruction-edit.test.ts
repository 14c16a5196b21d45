import { expect } from 'chai'
import { makeLabelPdf, makePdf, makePng } from '../helpers/documents.ts'
import type { TestServer } from '../helpers/server.ts'
import {
  cancelOrder,
  type Entity,
  expectInvalid,
  fileOptions,
  InstructionClient,
  newOrder,
  startInstructionServer,
} from './instruction-fixtures.ts'

describe('order_instruction.edit', () => {
  let server: TestServer
  let instructions: InstructionClient
  let order: string
  let letter: Buffer
  let label: Buffer

  before(async () => {
    server = await startInstructionServer()
    instructions = new InstructionClient(server)
    letter = await makePdf()
    label = await makeLabelPdf()
  })
  beforeEach(async () => {
    order = await newOrder(server)
  })
  after(() => server.stop())

  async function withFile(more: object = {}): Promise<Entity> {
    return instructions.create(order, 'Wrap it', { ...fileOptions(letter), ...more })
  }

  async function revisionOf({ instruction_id }: Entity): Promise<number> {
    const { rows } = await server.db.raw<{ rows: { revision: number; newest: number }[] }>(
      `select i.revision, (select max(r.revision) from instruction_revisions r where r.instruction_id = i.instruction_id)
         as newest from instructions i where i.instruction_id = ?`,
      [instruction_id],
    )
    expect(rows[0]?.newest).to.equal(rows[0]?.revision)
    return rows[0]?.revision ?? 0
  }

  async function eventsOf({ instruction_id }: Entity): Promise<string[]> {
    const { rows } = await server.db.raw<{ rows: { type: string }[] }>(
      `select type from events where resource_type = 'instruction' and resource_id = ? order by sequence`,
      [String(instruction_id)],
    )
    return rows.map(({ type }) => type.replace('order_instruction.', ''))
  }

  it('changes what is given and answers the entity, its id a number or digits', async () => {
    const before = await withFile()
    const after = await instructions.edit(String(before.instruction_id), null, {
      presentation: 'once_per_shipment',
    })
    expect(after).to.deep.equal({ ...before, presentation: 'once_per_shipment' })
    expect(await instructions.edit(before.instruction_id, 'New')).to.deep.equal({ ...after, note: 'New' })
    expect(await instructions.list(order)).to.deep.equal([{ ...after, note: 'New' }])
  })

  for (const [what, args] of [
    ['nothing at all', []],
    ['nulls', [null, null]],
    ['[] for options', [null, []]],
    [
      'nulls among the options',
      [null, { note: null, presentation: null, print_target: null, file_request: null }],
    ],
    ['null for the name alone', [null, { file_name: null }]],
    ['null for the content alone', [null, { file_content: null }]],
    ['empty strings about the file', [null, { file_name: '', file_content: '', file_request: '' }]],
    ['the same note', ['Wrap it']],
  ] as const) {
    it(`leaves everything as it is, and tells nobody, for ${what}`, async () => {
      const before = await withFile()
      const [note, options] = args as readonly unknown[]
      expect(await instructions.edit(before.instruction_id, note, options)).to.deep.equal(before)
      expect((await instructions.file(order))?.equals(letter)).to.equal(true)
      expect([await revisionOf(before), await eventsOf(before)]).to.deep.equal([1, ['created']])
    })
  }

  it('takes the whole entity as list gave it', async () => {
    const { instruction_id } = await withFile({ presentation: 'once_per_package' })
    for (const fields of [null, ['file_content']]) {
      const [entity] = await instructions.list(order, fields)
      await instructions.edit(instruction_id, null, entity)
      expect(await instructions.list(order, fields)).to.deep.equal([entity])
    }
    const bare = await instructions.create(await newOrder(server), 'n')
    const [entity] = await instructions.list(bare.unique_id, ['file_content'])
    expect(await instructions.edit(bare.instruction_id, null, entity)).to.deep.equal(bare)
    expect(await revisionOf(bare)).to.equal(1)
  })

  it('replaces the file: a new revision, the name kept, the target inferred anew', async () => {
    const before = await withFile()
    const options = { file_content: label.toString('base64') }
    const after = await instructions.edit(before.instruction_id, null, options)
    expect(after).to.deep.equal({ ...before, print_target: 'LABEL' })
    expect((await instructions.file(order))?.equals(label)).to.equal(true)
    expect([await revisionOf(before), await eventsOf(before)]).to.deep.equal([2, ['created', 'edited']])
  })

  it('keeps a given target when the file is replaced or removed', async () => {
    const before = await withFile({ print_target: 'SMALL_LABEL' })
    const png = fileOptions(await makePng(), 'b.png')
    const replaced = await instructions.edit(before.instruction_id, null, png)
    expect(replaced).to.include({ print_target: 'SMALL_LABEL', file_name: 'b.png' })
    const removal = { file_content: null, file_name: null }
    const removed = await instructions.edit(before.instruction_id, null, removal)
    expect(removed).to.include({ print_target: 'SMALL_LABEL', file_name: null })
  })

  it('takes a target that comes with the file for given', async () => {
    const { instruction_id } = await withFile()
    const both = { ...fileOptions(label), print_target: 'LASER' }
    expect((await instructions.edit(instruction_id, null, both)).print_target).to.equal('LASER')
    const again = fileOptions(await makeLabelPdf({ code128: 'PH1' }))
    expect((await instructions.edit(instruction_id, null, again)).print_target).to.equal('LASER')
  })

  it('removes the file where both are null: a new revision, an inferred target gone', async () => {
    const before = await withFile()
    const removal = { file_content: null, file_name: null }
    const after = await instructions.edit(before.instruction_id, null, removal)
    expect(after).to.deep.equal({ ...before, file_name: null, print_target: null })
    expect(await instructions.file(order)).to.equal(null)
    expect(await revisionOf(before)).to.equal(2)
    await instructions.edit(before.instruction_id, null, removal)
    expect(await revisionOf(before)).to.equal(2)
  })

  it('gives a first file to an instruction that had none', async () => {
    const bare = await instructions.create(order, 'n')
    const content = { file_content: label.toString('base64') }
    expectInvalid(await instructions.editFault(bare.instruction_id, null, content), 'file_name', 'required')
    const after = await instructions.edit(bare.instruction_id, null, { ...content, file_name: 'a.pdf' })
    expect(after).to.deep.equal({ ...bare, file_name: 'a.pdf', print_target: 'LABEL' })
  })

  it('renames: no new revision, an event', async () => {
    const before = await withFile()
    const after = await instructions.edit(before.instruction_id, null, { file_name: 'dir/new.pdf' })
    expect(after).to.deep.equal({ ...before, file_name: 'new.pdf' })
    expect([await revisionOf(before), await eventsOf(before)]).to.deep.equal([1, ['created', 'edited']])
    const bare = await instructions.create(order, 'n')
    expectInvalid(
      await instructions.editFault(bare.instruction_id, null, { file_name: 'a.pdf' }),
      'file_name',
      'invalid',
    )
  })

  it('makes no new revision of the same bytes, of another presentation or target', async () => {
    const before = await withFile()
    await instructions.edit(before.instruction_id, 'Wrap it', fileOptions(letter))
    await instructions.edit(before.instruction_id, null, { presentation: 'once_per_package' })
    await instructions.edit(before.instruction_id, null, { print_target: 'LABEL' })
    expect(await revisionOf(before)).to.equal(1)
    await instructions.edit(before.instruction_id, 'Wrap it twice')
    expect(await revisionOf(before)).to.equal(2)
  })

  it('is all or nothing', async () => {
    const before = await withFile()
    const bad = { presentation: 'once_per_package', ...fileOptions(Buffer.from('no PDF')) }
    expectInvalid(
      await instructions.editFault(before.instruction_id, 'New', bad),
      'file_content',
      'wrong_type',
    )
    const cut = { presentation: 'once_per_package', ...fileOptions(letter.subarray(0, 300)) }
    expectInvalid(
      await instructions.editFault(before.instruction_id, 'New', cut),
      'file_content',
      'unreadable',
    )
    expect(await instructions.list(order)).to.deep.equal([before])
    expect([await revisionOf(before), await eventsOf(before)]).to.deep.equal([1, ['created']])
  })

  for (const [note, options, field, reason] of [
    ['', null, 'note', 'invalid'],
    [' \n', null, 'note', 'invalid'],
    [5, null, 'note', 'invalid'],
    ['\u{1f381}'.repeat(4097), null, 'note', 'invalid'],
    ['a\0', null, 'note', 'invalid'],
    [null, { note: ' ' }, 'note', 'invalid'],
    [null, 'once_per_order', 'options', 'invalid'],
    [null, { external_id: 'x' }, 'external_id', 'unknown_option'],
    [null, { nonsense: 1 }, 'nonsense', 'unknown_option'],
    [null, { presentation: 'daily' }, 'presentation', 'invalid'],
    [null, { print_target: 'RECEIPT' }, 'print_target', 'invalid'],
    [null, { file_content: '%PDF' }, 'file_content', 'invalid'],
    [null, { file_name: '/' }, 'file_name', 'invalid'],
    [null, { file_content: 'JVBERg==', file_request: { url: 'http://a/' } }, 'file_request', 'conflict'],
    [null, { file_request: { url: 'ftp://a/' } }, 'file_request.url', 'invalid'],
  ] as const) {
    it(`refuses ${JSON.stringify(note).slice(0, 20)}, ${JSON.stringify(options)}: ${reason}`, async () => {
      const { instruction_id } = await withFile()
      expectInvalid(await instructions.editFault(instruction_id, note, options), field, reason)
    })
  }

  for (const nothing of [
    'abc',
    '',
    '0',
    -1,
    1.5,
    1e30,
    '9'.repeat(30),
    "'; --",
    'a\0',
    '\ud800',
    '0x1',
    '1e3',
    ' 1',
    '01',
  ]) {
    it(`answers 101 for the instruction ${JSON.stringify(nothing)}`, async () => {
      expect(await instructions.editFault(nothing, 'n')).to.deep.equal({
        code: -32101,
        message: 'Requested packing instruction does not exist.',
      })
    })
  }

  it('answers 100 for a wrong type of id, fault 6 for none, fault 2 to a packer', async () => {
    for (const wrong of [true, [1], { id: 1 }]) {
      expectInvalid(await instructions.editFault(wrong, 'n'), 'instructionId', 'invalid')
    }
    expect((await instructions.editFault(null, 'n')).code).to.equal(-32006)
    expect((await new InstructionClient(server, 'packer').editFault(1, 'n')).code).to.equal(-32002)
  })

  it('answers 101 for another merchant\u2019s instruction and for a deleted one', async () => {
    const { instruction_id } = await withFile()
    const other = new InstructionClient(server, 'demo-other')
    expect((await other.editFault(instruction_id, 'n')).code).to.equal(-32101)
    await instructions.delete(instruction_id)
    expect((await instructions.editFault(instruction_id, 'n')).code).to.equal(-32101)
  })

  it('changes nothing of an order that is canceled, or has all packages packed', async () => {
    const canceled = await withFile()
    await cancelOrder(server, order)
    expectInvalid(await instructions.editFault(canceled.instruction_id, 'n'), null, 'canceled')
    const packed = await newOrder(server)
    const { instruction_id } = await instructions.create(packed, 'n')
    await server.rpc.call('shipment.create', [packed, { packages: [{ package_id: `${packed}-a` }] }])
    await server.rpc.call('packing.confirm', [instruction_id, `${packed}-a`], 'packer')
    await server.rpc.call('packing.finish', [`${packed}-a`], 'packer')
    expectInvalid(await instructions.editFault(instruction_id), null, 'already_packed')
  })

  it('goes through one after the other when edits come at the same moment', async () => {
    const before = await withFile()
    const notes = Array.from({ length: 10 }, (_, index) => `note ${index}`)
    await Promise.all([
      ...notes.map((note) => instructions.edit(before.instruction_id, note)),
      instructions.edit(before.instruction_id, null, { file_content: label.toString('base64') }),
      instructions.edit(before.instruction_id, null, { presentation: 'once_per_package' }),
    ])
    const [after] = await instructions.list(order)
    expect(after).to.include({
      print_target: 'LABEL',
      presentation: 'once_per_package',
      file_name: 'slip.pdf',
    })
    expect(notes).to.include(after?.note)
    expect((await instructions.file(order))?.equals(label)).to.equal(true)
    expect(await revisionOf(before)).to.equal(12)
    expect(await eventsOf(before)).to.have.length(13)
  })
})
