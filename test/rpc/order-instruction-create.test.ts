import { expect } from 'chai'
import type { TestServer } from '../helpers/server.ts'
import {
  cancelOrder,
  countRows,
  ENTITY_KEYS,
  expectInvalid,
  fileOptions,
  InstructionClient,
  newOrder,
  newPackedOrder,
  startInstructionServer,
} from './instruction-fixtures.ts'

describe('order_instruction.create', () => {
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

  it('answers the entity, its nine keys in order', async () => {
    const entity = await instructions.create(order, 'Wrap it')
    expect(Object.keys(entity)).to.deep.equal(ENTITY_KEYS)
    expect(entity).to.deep.include({
      unique_id: order,
      note: 'Wrap it',
      file_name: null,
      presentation: 'once_per_order',
      print_target: null,
      copies_printed: '0',
      confirmations: [],
    })
    expect(Number.isInteger(entity.instruction_id) && Number.isInteger(entity.order_id)).to.equal(true)
  })

  it('gives ids that rise and are never used twice', async () => {
    const first = await instructions.create(order, 'a')
    await instructions.delete(first.instruction_id)
    expect((await instructions.create(order, 'b')).instruction_id).to.be.greaterThan(first.instruction_id)
  })

  it('takes the order\u2019s id as an integer too', async () => {
    expect((await instructions.create(Number(order), 'n')).unique_id).to.equal(order)
  })

  it('takes its arguments by name, in both spellings, and by its own name', async () => {
    for (const name of ['orderUniqueId', 'order_unique_id']) {
      const args = { [name]: order, note: 'by name', options: { presentation: 'once_per_package' } }
      const entity = await server.rpc.call('order_instruction.create', args)
      expect(entity).to.include({ note: 'by name', presentation: 'once_per_package' })
    }
    const { username, api_key } = server.credentials.rpc
    const { json } = await server.rpc.raw(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'order_instruction.create',
        params: [order, 'direct'],
      }),
      { authorization: `Basic ${Buffer.from(`${username}:${api_key}`).toString('base64')}` },
    )
    expect(json.result.note).to.equal('direct')
  })

  for (const nothing of [undefined, null, [], {}]) {
    it(`takes ${JSON.stringify(nothing)} for no options`, async () => {
      expect((await instructions.create(order, 'n', nothing)).presentation).to.equal('once_per_order')
    })
  }

  it('keeps what was given for a target without a file', async () => {
    expect((await instructions.create(order, 'n', { print_target: 'LABEL' })).print_target).to.equal('LABEL')
  })

  it('ignores what only an answer says, whatever it holds', async () => {
    const ignored = {
      instruction_id: { a: ['\0'] },
      order_id: 'x',
      unique_id: '\ud800',
      copies_printed: 7,
      confirmations: 'none',
    }
    const entity = await instructions.create(order, 'n', ignored)
    expect(entity).to.deep.include({ unique_id: order, copies_printed: '0', confirmations: [] })
  })

  describe('the note', () => {
    it('has 4,096 characters, however many bytes they take', async () => {
      const note = '\u{1f381}'.repeat(4096)
      expect((await instructions.create(order, note)).note).to.equal(note)
      expectInvalid(await instructions.createFault(order, `${note}x`), 'note', 'invalid')
      expectInvalid(await instructions.createFault(order, null, { note: `${note}x` }), 'note', 'invalid')
    })

    it('comes back as it was given', async () => {
      const note = ' \t"quotes" \\ <b>\u202e\u0001\u{1f469}\u200d\u{1f680}\n\n '
      expect((await instructions.create(order, note)).note).to.equal(note)
    })

    it('may be among the options', async () => {
      expect((await instructions.create(order, null, { note: 'option' })).note).to.equal('option')
      expect((await instructions.create(order, 'argument', { note: 'option' })).note).to.equal('argument')
    })

    it('is needed in one of the two places', async () => {
      for (const args of [
        [order],
        [order, null],
        [order, null, {}],
        [order, null, { note: null }],
      ] as const) {
        const [id, note, options] = args
        expectInvalid(await instructions.createFault(id, note, options), 'note', 'required')
      }
    })

    for (const wrong of ['', ' \r\n\u3000', 5, true, ['n'], { note: 'n' }, 'a\0b', 'half \ud83d']) {
      it(`is not ${JSON.stringify(wrong)}`, async () => {
        expectInvalid(await instructions.createFault(order, wrong), 'note', 'invalid')
        expectInvalid(await instructions.createFault(order, null, { note: wrong }), 'note', 'invalid')
      })
    }
  })

  for (const [options, field, reason] of [
    ['once_per_order', 'options', 'invalid'],
    [5, 'options', 'invalid'],
    [[{}], 'options', 'invalid'],
    [{ presentation: 'ONCE_PER_ORDER' }, 'presentation', 'invalid'],
    [{ presentation: '' }, 'presentation', 'invalid'],
    [{ presentation: 1 }, 'presentation', 'invalid'],
    [{ print_target: 'laser' }, 'print_target', 'invalid'],
    [{ print_target: ['LASER'] }, 'print_target', 'invalid'],
    [{ file_name: 5 }, 'file_name', 'invalid'],
    [{ file_name: 'a.pdf' }, 'file_name', 'invalid'],
    [{ file_content: 5 }, 'file_content', 'invalid'],
    [{ file_content: 'JVBERg==' }, 'file_name', 'required'],
    [{ file_name: 'a.pdf', file_content: 'base64-encoded file contents' }, 'file_content', 'invalid'],
    [{ file_name: '..', file_content: 'JVBERg==' }, 'file_name', 'invalid'],
    [
      { file_name: 'a', file_content: 'JVBERg==', file_request: { url: 'http://a/' } },
      'file_request',
      'conflict',
    ],
    [{ file_request: 'http://127.0.0.1/' }, 'file_request', 'invalid'],
    [{ file_request: [] }, 'file_request.url', 'required'],
    [{ file_request: { url: 5 } }, 'file_request.url', 'invalid'],
    [{ file_request: { url: 'a/b' } }, 'file_request.url', 'invalid'],
    [{ file_request: { url: 'http://a/', method: 'POST' } }, 'file_request.method', 'unknown_option'],
    [{ file_request: { url: 'http://a/', auth: ['x'] } }, 'file_request.auth', 'invalid'],
    [{ file_request: { url: 'http://a/', headers: { Host: 'b' } } }, 'file_request.headers.Host', 'invalid'],
    [{ external_id: '' }, 'external_id', 'invalid'],
    [{ external_id: 'x'.repeat(192) }, 'external_id', 'invalid'],
    [{ external_id: 1.5 }, 'external_id', 'invalid'],
    [{ external_id: true }, 'external_id', 'invalid'],
    [{ external_id: 'a\0' }, 'external_id', 'invalid'],
    [{ externalId: 'a' }, 'externalId', 'unknown_option'],
    [{ Note: 'a' }, 'Note', 'unknown_option'],
    [{ constructor: {} }, 'constructor', 'unknown_option'],
    [{ toString: null }, 'toString', 'unknown_option'],
    [JSON.parse('{"__proto__": {"presentation": "once_per_order"}}'), '__proto__', 'unknown_option'],
  ] as const) {
    it(`refuses ${JSON.stringify(options).slice(0, 90)}: ${reason}`, async () => {
      expectInvalid(await instructions.createFault(order, 'n', options), field, reason)
    })
  }

  it('repeats no credential in a refusal', async () => {
    const secret = 'hunter2-hunter2'
    for (const file_request of [
      { url: `http://user:${secret}@a/` },
      { url: 'http://a/', auth: [secret] },
      { url: 'http://a/', auth: secret },
      { url: 'http://a/', headers: { 'X-Key': `${secret}\n` } },
      { url: 'http://a/', headers: secret },
      { url: `gopher://${secret}/` },
    ]) {
      const fault = await instructions.createFault(order, 'n', { file_request })
      expect(fault.code).to.equal(-32100)
      expect(JSON.stringify(fault)).not.to.include(secret)
    }
  })

  describe('the order', () => {
    for (const nothing of [
      'abc',
      '',
      '-1',
      -1,
      1.5,
      1e30,
      '9'.repeat(30),
      "'; --",
      'a\0',
      '\ud800',
      '0x1',
      ' 1',
    ]) {
      it(`that ${JSON.stringify(nothing)} names does not exist: 102`, async () => {
        expect(await instructions.createFault(nothing, 'n')).to.deep.equal({
          code: -32102,
          message: 'Requested order does not exist.',
        })
      })
    }

    for (const wrong of [true, ['100000309'], { id: 1 }]) {
      it(`cannot be named by ${JSON.stringify(wrong)}: 100`, async () => {
        expectInvalid(await instructions.createFault(wrong, 'n'), 'orderUniqueId', 'invalid')
      })
    }

    it('has to be named: fault 6', async () => {
      for (const args of [[], [null], [null, 'n']]) {
        const fault = await server.rpc.fault('order_instruction.create', args)
        expect(fault.code).to.equal(-32006)
      }
    })

    it('of another merchant does not exist: 102', async () => {
      const other = new InstructionClient(server, 'demo-other')
      expect((await other.createFault(order, 'n')).code).to.equal(-32102)
      expect(await instructions.list(order)).to.deep.equal([])
    })

    it('takes nothing when it is canceled, or all its packages are packed', async () => {
      await cancelOrder(server, order)
      expectInvalid(await instructions.createFault(order, 'n'), null, 'canceled')
      const packed = await newPackedOrder(server)
      expectInvalid(await instructions.createFault(packed, 'n'), null, 'already_packed')
    })

    it('takes 100 instructions; deleted ones make room', async () => {
      const first = await instructions.create(order, 'n')
      for (let count = 1; count < 100; count += 1) await instructions.create(order, 'n')
      expectInvalid(await instructions.createFault(order, 'n'), null, 'too_large')
      await instructions.delete(first.instruction_id)
      await instructions.create(order, 'n')
      expect(await instructions.list(order)).to.have.length(100)
    })

    it('takes no 101st, however many come at the same moment', async () => {
      for (let count = 0; count < 95; count += 1) await instructions.create(order, 'n')
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, () => instructions.create(order, 'n')),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(5)
      expect(await instructions.list(order)).to.have.length(100)
    })
  })

  it('checks role, form, existence, state and files, in this order', async () => {
    const badFile = fileOptions(Buffer.from('no PDF'))
    const packer = new InstructionClient(server, 'packer')
    expect((await packer.createFault(true, 5)).code).to.equal(-32002)
    expectInvalid(await instructions.createFault('abc', 5, badFile), 'note', 'invalid')
    expect((await instructions.createFault('abc', 'n', badFile)).code).to.equal(-32102)
    const canceled = await newOrder(server)
    await cancelOrder(server, canceled)
    expectInvalid(await instructions.createFault(canceled, 'n', badFile), null, 'canceled')
    expectInvalid(await instructions.createFault(order, 'n', badFile), 'file_content', 'wrong_type')
  })

  it('stores nothing of a call that fails', async () => {
    const before = [await countRows(server, 'instructions'), await countRows(server, 'documents')]
    await instructions.createFault(order, 'n', fileOptions(Buffer.from('no PDF')))
    await instructions.createFault(order, 'n', { foo: 1 })
    expect([await countRows(server, 'instructions'), await countRows(server, 'documents')]).to.deep.equal(
      before,
    )
  })

  it('records order_instruction.created for the order\u2019s merchant', async () => {
    const { instruction_id } = await instructions.create(order, 'tell')
    const { rows } = await server.db.raw<{ rows: Record<string, any>[] }>(
      `select type, sequence, merchant_id = (select merchant_id from merchants where name = 'demo') as is_ours, data
       from events where resource_type = 'instruction' and resource_id = ?`,
      [String(instruction_id)],
    )
    expect(rows).to.have.length(1)
    expect(rows[0]).to.include({ type: 'order_instruction.created', sequence: 1, is_ours: true })
    expect(rows[0]?.['data'].instruction).to.include({ instructionId: instruction_id, note: 'tell' })
  })
})
