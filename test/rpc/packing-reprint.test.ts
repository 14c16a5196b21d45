import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { Floor, faultNumber, type OccurrenceJson } from './packing-fixtures.ts'

const REASON = 'the slip came out crumpled'

interface ReprintJson {
  readonly id: string
  readonly status: string
  readonly reason: string | null
  readonly printer: { readonly id: string; readonly name: string }
  readonly pages: number
  readonly reprint_of: string
  readonly reprint_reason: string
}

describe('packing.reprint', () => {
  let floor: Floor
  /** Stations with clients: what becomes of their jobs is what the tests report. */
  const printers: Record<string, string> = {}
  before(async () => {
    floor = await Floor.start()
    for (const name of ['HELD', 'SPARE']) {
      const station = await floor.station({
        name,
        code: name,
        printers: [
          { name: `${name} laser`, pool: 'LASER' },
          { name: `${name} label`, pool: 'LABEL', pageSizes: ['label_4x6'] },
        ],
      })
      for (const printer of station.printers) printers[printer.name] = printer.printerId
    }
  })
  after(() => floor.server.stop())

  const printed = async (job: string | undefined) => {
    for (const status of ['processing', 'completed']) {
      await floor.packer.call('print_job.update', [job, { status }])
    }
  }
  /** A slip that came out at station HELD, once. */
  const confirmed = async (options: object = {}, counts: readonly number[] = [1]) => {
    const { order, packages } = await floor.order(counts)
    const [pack = ''] = packages
    const id = await floor.instruct(order, options)
    const { print_job } = await floor.packer.confirm(id, pack, { station_id: 'HELD' })
    const job = print_job?.id ?? ''
    await printed(job)
    return { order, packages, pack, id, job }
  }
  const reprint = (id: number, pack: string | undefined, options?: object) =>
    floor.packer.call<ReprintJson>('packing.reprint', [id, pack, REASON, options])
  const fault = (...args: unknown[]) => floor.packer.fault('packing.reprint', args)
  const shown = async (pack: string | undefined, id: number): Promise<OccurrenceJson | undefined> =>
    (await floor.packer.open(pack)).occurrences.find(({ instruction_id }) => instruction_id === id)

  it('answers a new job with the same file, linked to the one before, at the station of the confirmation', async () => {
    const { pack, id, job } = await confirmed({ file_name: 'fba.pdf' })
    const answer = await reprint(id, pack)
    expect(Object.keys(answer)).to.deep.equal([
      'id',
      'status',
      'reason',
      'printer',
      'pages',
      'reprint_of',
      'reprint_reason',
    ])
    expect(answer).to.deep.include({
      status: 'queued',
      reason: null,
      printer: { id: printers['HELD laser'], name: 'HELD laser', model: null },
      pages: 1,
      reprint_of: job,
      reprint_reason: REASON,
    })
    const rows = await floor.rows<Record<string, unknown>>(
      `select name, document_id, location_id, print_target, resource_type, resource_id, resource_document, copies,
         merchant_id, instruction_id, confirmation_id from print_jobs where job_id in (?, ?)`,
      [job, answer.id],
    )
    expect(rows).to.have.length(2)
    expect(rows[1]).to.deep.equal(rows[0])
    expect((await shown(pack, id))?.print_job?.id, 'the view shows the newest job').to.equal(answer.id)
  })

  it('records the event of the new job in its transaction, and none of a confirmation', async () => {
    const { pack, id } = await confirmed()
    const before = await floor.stored(id)
    const answer = await reprint(id, pack)
    const rows = await floor.rows<{ transaction: string }>(
      `select xmin::text as transaction from print_jobs where job_id = :job
       union all select xmin::text from events where resource_id = :job and type = 'cloud_printing.job.created'`,
      { job: answer.id },
    )
    expect(rows).to.have.length(2)
    expect(new Set(rows.map(({ transaction }) => transaction))).to.have.length(1)
    expect(await floor.stored(id)).to.deep.equal({ ...before, jobs: 2 })
  })

  it('wakes the printer that Packhouse drives, and counts the copy once it is printed', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    const copies = async () =>
      (await floor.server.rpc.call('order_instruction.list', [order]))[0].copies_printed as string
    await floor.packer.confirm(id, packages[0], { station_id: 'STATION_001' })
    await eventually('the file is printed', async () => (await copies()) === '1' || undefined)
    const answer = await reprint(id, packages[0])
    expect(answer.printer.name).to.equal('Laser')
    await eventually('the reprint is printed', async () => (await copies()) === '2' || undefined)
  })

  it('reprints a reprint, each linked to the one before', async () => {
    const { pack, id } = await confirmed()
    const first = await reprint(id, pack)
    await printed(first.id)
    expect((await reprint(id, pack)).reprint_of).to.equal(first.id)
  })

  it('is for a job that failed or was canceled, too', async () => {
    for (const status of ['failed', 'canceled']) {
      const { order, packages } = await floor.order()
      const id = await floor.instruct(order)
      const { print_job } = await floor.packer.confirm(id, packages[0], { station_id: 'HELD' })
      await floor.packer.call('print_job.update', [print_job?.id, { status, reason: 'no paper at all' }])
      expect((await reprint(id, packages[0])).reprint_of).to.equal(print_job?.id)
    }
  })

  it('refuses while the job before will still print, saying so', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    const { print_job } = await floor.packer.confirm(id, packages[0], { station_id: 'HELD' })
    for (const status of ['queued', 'processing']) {
      if (status === 'processing') await floor.packer.call('print_job.update', [print_job?.id, { status }])
      const { code, message, data } = await fault(id, packages[0], REASON)
      expect(code).to.equal(-32100)
      expect(data).to.deep.equal({ field: null, reason: 'invalid_status' })
      expect(message).to.contain(`rint job ${print_job?.id} is ${status}`)
    }
    expect((await floor.stored(id)).jobs).to.equal(1)
  })

  it('makes one job of many reprints at once', async () => {
    const { pack, id } = await confirmed()
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => reprint(id, pack)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
    expect((await floor.stored(id)).jobs).to.equal(2)
  })

  it('answers the reprint of the job that the packer saw, and prints nothing more, when it is asked for again', async () => {
    const { pack, id, job } = await confirmed()
    const first = await reprint(id, pack, { print_job_id: job })
    await printed(first.id)
    expect((await reprint(id, pack, { print_job_id: job })).id).to.equal(first.id)
    expect((await floor.stored(id)).jobs).to.equal(2)
    const second = await reprint(id, pack, { print_job_id: first.id })
    expect(second.reprint_of).to.equal(first.id)
    expect(faultNumber(await fault(id, pack, REASON, { print_job_id: job }))).to.equal(100)
  })

  it('works at a packed package, and from another one that the confirmation served', async () => {
    const { packages, id } = await confirmed({ presentation: 'once_per_shipment' }, [2])
    await floor.packer.finish(packages[0])
    const first = await reprint(id, packages[0])
    await printed(first.id)
    expect((await shown(packages[1], id))?.state).to.equal('elsewhere')
    expect((await reprint(id, packages[1])).reprint_of).to.equal(first.id)
  })

  it('reprints the file that was confirmed, after an edit has made the instruction due again', async () => {
    const { pack, id, job } = await confirmed()
    const label = await makePdf({ widthPt: 288, heightPt: 432, text: 'Another' })
    await floor.edit(id, null, {
      file_name: 'new.pdf',
      file_content: label.toString('base64'),
      print_target: 'LABEL',
    })
    expect((await shown(pack, id))?.state).to.equal('changed')
    const answer = await reprint(id, pack)
    expect(answer.printer.name, 'and on its paper').to.equal('HELD laser')
    const rows = await floor.rows<{ document_id: string }>(
      'select distinct document_id from print_jobs where job_id in (?, ?)',
      [job, answer.id],
    )
    expect(rows).to.have.length(1)
    expect((await shown(pack, id))?.state).to.equal('changed')
  })

  describe('with a printer_id', () => {
    it('goes to that printer, whatever its pool, and back to the right pool without', async () => {
      const { pack, id } = await confirmed()
      const answer = await reprint(id, pack, { printer_id: printers['SPARE label'] })
      expect(answer.printer.name).to.equal('SPARE label')
      await printed(answer.id)
      expect((await reprint(id, pack)).printer.name).to.equal('HELD laser')
      const targets = await floor.rows<{ print_target: string }>(
        'select print_target from print_jobs where instruction_id = ? order by queue_position',
        [id],
      )
      expect(targets.map(({ print_target }) => print_target)).to.deep.equal(['LASER', 'LABEL', 'LASER'])
    })

    it('answers 105 for one that is not there, or of another location', async () => {
      const { pack, id } = await confirmed()
      const { locationId } = await floor.location('Elsewhere')
      const far = await floor.station({
        locationId,
        name: 'Far',
        printers: [{ name: 'Far laser', pool: 'LASER' }],
      })
      for (const printer_id of [far.printers[0]?.printerId, 'nothing', '\0', 5, '']) {
        const answer = await fault(id, pack, REASON, { printer_id })
        expect(faultNumber(answer), String(printer_id)).to.equal(105)
        expect(answer.data?.['printers']).to.include(
          'HELD laser: printer-not-requested: it is another printer',
        )
      }
      expect((await floor.stored(id)).jobs).to.equal(1)
    })

    it('answers 104 for one at a station that is closed to the user', async () => {
      const { pack, id } = await confirmed()
      const closed = await floor.station({
        name: 'Closed',
        allowAllUsers: false,
        allowedUsers: [],
        printers: [{ name: 'Closed laser', pool: 'LASER' }],
      })
      const answer = await fault(id, pack, REASON, { printer_id: closed.printers[0]?.printerId })
      expect(faultNumber(answer)).to.equal(104)
    })
  })

  it('answers 105, and stores nothing, when no printer can print it any more', async () => {
    const { pack, id } = await confirmed()
    await floor.db('printers').where({ pool: 'LASER' }).update({ pool: 'RECEIPT' })
    const answer = await fault(id, pack, REASON)
    await floor.db('printers').whereLike('name', '%aser').update({ pool: 'LASER' })
    expect(answer).to.deep.include({ code: -32105, message: 'No printer can print this document.' })
    expect((await floor.stored(id)).jobs).to.equal(1)
  })

  it('takes a reason of 3 to 1,023 characters, and keeps it without the blanks around it', async () => {
    const { pack, id } = await confirmed()
    for (const reason of [
      '',
      'ab',
      '  ab  ',
      'x'.repeat(1_024),
      '😀'.repeat(1_024),
      'x'.repeat(100_000),
      5,
      true,
      {},
      'a\0b',
      'ab\ud800',
    ]) {
      const { code, data } = await fault(id, pack, reason)
      expect(code, JSON.stringify(reason).slice(0, 50)).to.equal(-32100)
      expect(data).to.include({ field: 'reason', reason: 'invalid' })
    }
    for (const reason of [null, undefined]) expect(faultNumber(await fault(id, pack, reason))).to.equal(6)
    for (const reason of ['abc', ` ${'😀'.repeat(1_023)} `]) {
      const answer = await floor.packer.call<ReprintJson>('packing.reprint', [id, pack, reason])
      expect(answer.reprint_reason).to.equal(reason.trim())
      await printed(answer.id)
    }
  })

  it('answers 100 to what is not confirmed, or has no file', async () => {
    const { order, packages } = await floor.order()
    const [due, deferred, note] = [
      await floor.instruct(order),
      await floor.instruct(order),
      await floor.note(order),
    ]
    await floor.packer.defer(deferred, packages[0])
    await floor.packer.confirm(note, packages[0])
    for (const [id, words] of [
      [due, 'not confirmed'],
      [deferred, 'not confirmed'],
      [note, 'without a file'],
    ] as const) {
      const { code, message, data } = await fault(id, packages[0], REASON)
      expect(code).to.equal(-32100)
      expect(data).to.deep.equal({ field: null, reason: 'invalid_status' })
      expect(message).to.contain(words)
    }
  })

  it('answers 101 to what is no package, 102 to what is no instruction of it, 100 to malformed arguments', async () => {
    const { pack, id } = await confirmed()
    const other = await confirmed()
    const canceled = await confirmed()
    await floor.cancel(canceled.order)
    const late = await confirmed()
    await floor.packer.finish(late.pack)
    for (const [args, number] of [
      [[id, 'nothing', REASON], 101],
      [[id, '\0', REASON], 101],
      [[canceled.id, canceled.pack, REASON], 101],
      [[other.id, pack, REASON], 102],
      [['nothing', pack, REASON], 102],
      [[id, late.pack, REASON], 102],
      [[id, pack], 6],
      [[id, null, REASON], 6],
      [[true, pack, REASON], 100],
      [[id, [pack], REASON], 100],
      [[id, pack, REASON, { printer: 'x' }], 100],
      [[id, pack, REASON, { printer_id: true }], 100],
    ] as const) {
      expect(faultNumber(await fault(...args)), JSON.stringify(args)).to.equal(number)
    }
    expect((await floor.stored(id)).jobs).to.equal(1)
  })
})
