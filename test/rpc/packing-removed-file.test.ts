import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { Floor, faultNumber, faultOf, type OccurrenceJson, type Packer } from './packing-fixtures.ts'

const DAYS = 1
const GONE = /its file is no longer kept: it must be attached again$/

describe('an instruction whose file is no longer kept', () => {
  let floor: Floor
  before(async () => {
    floor = await Floor.start({ DOCUMENT_RETENTION_DAYS: String(DAYS) })
  })
  after(() => floor.server.stop())

  const { signal } = new AbortController()
  const prune = () => floor.server.services.documentRetention.prune(signal)
  /** The clock can't be turned, so what there is grows older. */
  const age = () =>
    floor.rows(
      `with jobs as (update print_jobs set updated_at = updated_at - interval '2 days'),
            parcels as (update packages set packed_at = packed_at - interval '2 days')
       update documents set created_at = created_at - interval '2 days'`,
    )
  const ended = (jobId: string | undefined) =>
    eventually('the job ends', async () => {
      const [job] = await floor.rows<{ status: string; reason: string | null }>(
        'select status, reason from print_jobs where job_id = ?',
        [jobId],
      )
      return job && !['queued', 'processing'].includes(job.status) ? job : undefined
    })

  /** Printed, packed and forgotten; then the order gets another shipment. */
  async function lateShipment(options: object = {}, packer: Packer = floor.packer) {
    const pdf = await makePdf({ text: Math.random().toString(36) })
    const { order, packages } = await floor.order([1])
    const id = await floor.instruct(order, {
      file_content: pdf.toString('base64'),
      presentation: 'once_per_shipment',
      ...options,
    })
    const { print_job } = await packer.confirm(id, packages[0])
    expect(await ended(print_job?.id)).to.include({ status: 'completed' })
    await packer.finish(packages[0])
    await age()
    expect(await prune()).to.be.greaterThan(0)
    const shipment = await floor.server.rpc.call('shipment.create', [order, { packages: 1 }])
    const pack: string = shipment.packages[0].package_id
    return { order, id, pack, pdf, packed: packages[0], job: print_job?.id ?? '' }
  }
  const shown = async (pack: string, id: number): Promise<OccurrenceJson | undefined> =>
    (await floor.packer.open(pack)).occurrences.find(({ instruction_id }) => instruction_id === id)

  it('is due at a later shipment and says so; confirming it is refused, and nothing is stored', async () => {
    const { id, pack } = await lateShipment()
    const occurrence = await shown(pack, id)
    expect(occurrence?.state).to.equal('due')
    expect(occurrence?.because).to.match(GONE)
    const before = await floor.stored(id)
    const fault = await faultOf(floor.packer.confirm(id, pack))
    expect(faultNumber(fault)).to.equal(100)
    expect(fault.message).to.equal(
      'Invalid data given. The file slip.pdf is no longer kept: it must be attached again.',
    )
    expect(fault.data).to.deep.equal({ field: null, reason: 'file_removed' })
    expect(await floor.stored(id)).to.deep.equal(before)
    expect((await shown(pack, id))?.state).to.equal('due')
  })

  it('is printed once the merchant attaches the same file again, and the package can be finished', async () => {
    const { id, pack, pdf } = await lateShipment()
    await floor.edit(id, null, { file_content: pdf.toString('base64') })
    const occurrence = await shown(pack, id)
    expect(occurrence).to.include({ state: 'due', revision: 1 })
    expect(occurrence?.because).not.to.match(GONE)
    const { print_job } = await floor.packer.confirm(id, pack)
    expect(await ended(print_job?.id)).to.include({ status: 'completed' })
    expect(await floor.packer.finish(pack)).to.include({ status: 'packed' })
    const edits = await floor.rows(
      `select type from events where resource_id = ? and type = 'order_instruction.edited'`,
      [String(id)],
    )
    expect(edits, 'whoever follows the instruction is told').to.have.length(1)
  })

  it('is printed with another file in its place', async () => {
    const { id, pack } = await lateShipment()
    const other = await makePdf({ text: 'another' })
    await floor.edit(id, null, { file_content: other.toString('base64') })
    const { print_job, revision } = await floor.packer.confirm(id, pack)
    expect(revision).to.equal(2)
    expect(await ended(print_job?.id)).to.include({ status: 'completed' })
  })

  it('can be put off, keeps its package open, and lets it go when the merchant deletes it', async () => {
    const { id, pack } = await lateShipment()
    const occurrence = await floor.packer.defer(id, pack)
    expect(occurrence.state).to.equal('deferred')
    expect(occurrence.because).to.match(GONE)
    expect(faultNumber(await faultOf(floor.packer.finish(pack)))).to.equal(103)
    await floor.remove(id)
    expect(await floor.packer.finish(pack)).to.include({ status: 'packed' })
  })

  it('is no matter where it was confirmed already: shared by the order, it is done at the later package too', async () => {
    const { id, pack } = await lateShipment({ presentation: 'once_per_order' })
    const occurrence = await shown(pack, id)
    expect(occurrence?.state).to.equal('elsewhere')
    expect(occurrence?.because).not.to.match(GONE)
    expect(await floor.packer.finish(pack)).to.include({ status: 'packed' })
  })

  it('has no printer in a preview, no picture, no reprint and no finer target, each with the reason', async () => {
    const { order, id, pack, packed } = await lateShipment({ print_target: 'LABEL' })
    const preview = await floor.packer.call<{
      occurrences: { applies_to: { id: string }; printer: unknown; obstacles: string[] }[]
    }>('packing.preview', [order])
    const late = preview.occurrences.find(({ applies_to }) => pack.startsWith(applies_to.id))
    expect(late).to.deep.include({
      printer: null,
      obstacles: ['the file slip.pdf is no longer kept: it must be attached again'],
    })
    const merchants = (args: unknown[]) => faultOf(floor.server.rpc.call('order_instruction.edit', args))
    for (const fault of [
      await floor.packer.fault('packing.picture', [id, pack, { page: 1 }]),
      await floor.packer.fault('packing.reprint', [id, packed, 'it tore']),
      await merchants([id, null, { print_target: 'LASER' }]),
    ]) {
      expect(faultNumber(fault)).to.equal(100)
      expect(fault.message).to.contain('The file slip.pdf is no longer kept')
      expect(fault.data).to.include({ reason: 'file_removed' })
    }
  })

  it('is refused too when the file goes at the very moment of the confirmation', async () => {
    const { order } = await floor.order([1])
    const pdf = await makePdf({ text: 'at that moment' })
    const id = await floor.instruct(order, { file_content: pdf.toString('base64') })
    const pack = `${order}-A-1`
    const blocker = await floor.db.transaction()
    // As the retention does it: the row first.
    const locked = await blocker.raw(
      `select document_id from instruction_revisions join documents using (document_id)
       where instruction_id = ? for update of documents`,
      [id],
    )
    const documentId = locked.rows[0].document_id
    const refused = faultOf(floor.packer.confirm(id, pack))
    await eventually('the confirmation waits for the document', async () => {
      const [{ waiting }] = (await floor.rows<{ waiting: number }>(
        `select count(*)::integer as waiting from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      )) as [{ waiting: number }]
      return waiting > 0 ? true : undefined
    })
    await blocker.raw('delete from document_contents where document_id = ?', [documentId])
    await blocker.raw('update documents set removed_at = clock_timestamp() where document_id = ?', [
      documentId,
    ])
    await blocker.commit()
    expect((await refused).data).to.deep.equal({ field: null, reason: 'file_removed' })
    expect(await floor.stored(id)).to.deep.equal({ confirmations: 0, jobs: 0, events: 0 })
  })
})
