import { expect } from 'chai'
import type { Caller } from '../../lib/access/caller.ts'
import { DomainError } from '../../lib/errors.ts'
import { readInstructionChange } from '../../lib/instructions/instruction-change.ts'
import { readInstructionDraft } from '../../lib/instructions/instruction-draft.ts'
import {
  createInstructionsService,
  type InstructionsService,
} from '../../lib/instructions/instructions-service.ts'
import { createOrdersService, type OrdersService } from '../../lib/orders/orders-service.ts'
import { createConfirmationsService } from '../../lib/packing/confirmations-service.ts'
import { type LocalServer, localEgress, serve } from '../egress/local-server.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { fileOptions, newOrder } from '../rpc/instruction-fixtures.ts'

describe('the instructions of an order', () => {
  let server: TestServer
  let files: LocalServer
  let orders: OrdersService
  let caller: Caller
  let order: string
  let pdf: Buffer

  before(async () => {
    server = await startServer({ env: { RPC_RATE_LIMIT: '0', RPC_CONCURRENCY: '0' } })
    pdf = await makePdf()
    files = await serve((request, response) => {
      if (request.url !== '/never') response.end(pdf)
    })
    const { db, services, credentials } = server
    orders = createOrdersService({ db, events: services.events })
    const { username, api_key } = credentials.rpc
    caller = (await services.access.authenticate(username, api_key)) as Caller
  })
  beforeEach(async () => {
    order = await newOrder(server)
  })
  after(async () => {
    await server.stop()
    await files.close()
  })

  /** As another process has it: nothing in common but the database. */
  function newService(firstByteTimeoutMs = 10_000): InstructionsService {
    const { db, services } = server
    return createInstructionsService({
      db,
      orders,
      documents: services.documents,
      egress: localEgress({ firstByteTimeoutMs }),
      confirmations: createConfirmationsService(),
      printJobs: services.printJobs,
      events: services.events,
      fingerprintKey: Buffer.alloc(32, 1),
    })
  }

  async function refusal(work: Promise<unknown>): Promise<DomainError> {
    const outcome = await work.catch((error: unknown) => error)
    if (outcome instanceof DomainError) return outcome
    throw new Error(`not refused: ${JSON.stringify(outcome)}`)
  }

  it('have one entity for an external_id, however many processes make it at the same moment', async () => {
    const services = Array.from({ length: 10 }, () => newService())
    for (const options of [{}, fileOptions(pdf)]) {
      const draft = readInstructionDraft('n', { ...options, external_id: `file: ${'file_name' in options}` })
      const reports = await Promise.all(services.map((service) => service.create(caller, order, draft)))
      expect(new Set(reports.map(({ instruction }) => instruction.instructionId)).size).to.equal(1)
    }
    expect(await newService().list(caller, order, { withFileContent: false })).to.have.length(2)
  })

  it('are listed with as many queries for ten as for one', async () => {
    const service = newService()
    const { orderId } = await orders.getOrder(caller, order)
    await service.create(caller, order, readInstructionDraft('n', fileOptions(pdf)))
    const countQueries = async (work: () => Promise<unknown>) => {
      let queries = 0
      const count = () => (queries += 1)
      server.db.on('query', count)
      await work()
      server.db.removeListener('query', count)
      return queries
    }
    const list = () => service.list(caller, order, { withFileContent: false })
    const ofOrder = () => service.listOfOrder(server.db, orderId)
    const forOne = [await countQueries(list), await countQueries(ofOrder)]
    for (let count = 1; count < 10; count += 1) {
      await service.create(caller, order, readInstructionDraft('n', fileOptions(pdf)))
    }
    expect(await list()).to.have.length(10)
    expect([await countQueries(list), await countQueries(ofOrder)]).to.deep.equal(forOne)
    expect(forOne[1]).to.equal(1)
  })

  it('give up a download whose server does not answer: timeout', async () => {
    const file_request = { url: `${files.origin}/never`, auth: ['user', 'hunter2-hunter2'] }
    const draft = readInstructionDraft('n', { file_request, external_id: 'slow' })
    const { details, message } = await refusal(newService(100).create(caller, order, draft))
    expect(details).to.deep.equal({ field: 'file_request.url', reason: 'timeout' })
    expect(message).not.to.include('hunter2')
    expect(await newService().list(caller, order, { withFileContent: false })).to.deep.equal([])
  })

  it('are downloaded with no transaction and no lock held', async () => {
    const slow = await serveLater(pdf)
    const service = newService()
    const draft = readInstructionDraft('slow', { file_request: { url: slow.origin } })
    const slowly = service.create(caller, order, draft)
    await slow.asked
    // The server's own are short; one of the call's would last as long as its download.
    await eventually('an end of all transactions during a download', async () => {
      const { rows } = await server.db.raw<{ rows: unknown[] }>(
        `select pid from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'`,
      )
      return rows.length === 0 || undefined
    })
    await service.create(caller, order, readInstructionDraft('meanwhile'))
    slow.answer()
    await slowly
    await slow.close()
    const notes = (await service.listOfOrder(server.db, (await orders.getOrder(caller, order)).orderId)).map(
      ({ note }) => note,
    )
    expect(notes).to.deep.equal(['meanwhile', 'slow'])
  })

  it('are not changed by a download that comes after their deletion', async () => {
    const slow = await serveLater(pdf)
    const service = newService()
    const { instruction } = await service.create(caller, order, readInstructionDraft('n'))
    const id = String(instruction.instructionId)
    const change = readInstructionChange(null, { file_request: { url: slow.origin } })
    const editing = refusal(service.edit(caller, id, change))
    await slow.asked
    await service.remove(caller, id)
    slow.answer()
    const { code, details } = await editing
    expect([code, details.subject]).to.deep.equal(['not_found', 'instruction'])
    await slow.close()
  })

  describe('that come with order.create', () => {
    const create = (info: object) => server.rpc.call('order.create', [null, { MUG: 1 }, null, info])
    const fault = (info: object) => server.rpc.fault('order.create', [null, { MUG: 1 }, null, info])

    it('are there when it answers, with their files', async () => {
      const instructions = [
        { note: 'a', ...fileOptions(pdf) },
        { note: 'b', presentation: 'once_per_package' },
      ]
      const { unique_id } = await create({ instructions })
      const reports = await newService().list(caller, unique_id, { withFileContent: true })
      expect(reports.map(({ instruction }) => instruction.note)).to.deep.equal(['a', 'b'])
      expect(reports[0]?.fileContent?.join('')).to.equal(pdf.toString('base64'))
    })

    it('repeat within one call by their external_id', async () => {
      const { unique_id } = await create({
        instructions: [1, 2].map(() => ({ note: 'a', external_id: 'x' })),
      })
      expect(await newService().list(caller, unique_id, { withFileContent: false })).to.have.length(1)
    })

    const bad = { file_name: 'a.pdf', file_content: Buffer.from('no PDF').toString('base64') }
    for (const [what, instructions, field, reason] of [
      ['no note', [{ note: 'a' }, {}], 'instructions.1.note', 'required'],
      ['a note too long', [{ note: 'x'.repeat(4097) }], 'instructions.0.note', 'invalid'],
      ['an unknown key', [{ note: 'a', foo: 1 }], 'instructions.0.foo', 'unknown_option'],
      ['a bad file', [{ note: 'a' }, { note: 'b', ...bad }], 'instructions.1.file_content', 'wrong_type'],
      [
        'a refused URL',
        [{ note: 'a', file_request: { url: 'http://10.0.0.1/' } }],
        'instructions.0.file_request.url',
        'blocked',
      ],
      [
        'two of one external_id',
        [
          { note: 'a', external_id: 'x' },
          { note: 'b', external_id: 'x' },
        ],
        'instructions.1.external_id',
        'conflict',
      ],
    ] as const) {
      it(`make no order when one has ${what}`, async () => {
        const unique_id = `refused ${field}`.slice(0, 64)
        const refused = await fault({ unique_id, instructions })
        expect(refused.code).to.equal(-32102)
        expect(refused.data).to.include({ field, reason })
        expect((await server.rpc.fault('order.info', [unique_id])).code).to.equal(-32100)
      })
    }

    it('are refused when they are more than 100', async () => {
      const instructions = Array.from({ length: 101 }, () => ({ note: 'a' }))
      expect((await fault({ instructions })).code).to.equal(-32102)
    })
  })
})

/** A file server that answers when it is told to; `asked` is when somebody waits for it. */
async function serveLater(bytes: Buffer) {
  let answer = () => {}
  let tell = () => {}
  const asked = new Promise<void>((resolve) => {
    tell = resolve
  })
  const server = await serve((_request, response) => {
    answer = () => response.end(bytes)
    tell()
  })
  return { origin: server.origin, asked, answer: () => answer(), close: () => server.close() }
}
