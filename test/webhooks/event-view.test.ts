import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { openWebhookWorkspace, type WebhookWorkspace } from './webhook-fixtures.ts'

describe('what events tell', () => {
  let workspace: WebhookWorkspace

  beforeEach(async () => {
    workspace = await openWebhookWorkspace()
  })
  afterEach(() => workspace.stop())

  const ofType = (type: string) =>
    eventually(
      `${type} arrives`,
      () => workspace.receiver.received.find(({ json }) => json.type === type)?.json,
    )

  it('of a print job is the job as at that moment, with a link that works', async () => {
    const { admin, server } = workspace
    await workspace.subscribe(['cloud_printing.job.*'])
    const pdf = await makePdf()
    const created = await admin.post('/v1/cloud-printing/jobs', {
      location_id: server.credentials.location_id,
      printer_name: 'Laser',
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
    })
    expect(created.status).to.equal(201)
    const { data_url: _first, ...asCreated } = created.json.data
    const told = await ofType('cloud_printing.job.created')
    const { data_url: link, ...job } = told.data
    expect(job).to.deep.equal(asCreated)
    expect(told).to.include({ location_id: server.credentials.location_id, sequence: 1 })
    expect(Buffer.from(await (await fetch(link)).arrayBuffer()).equals(pdf)).to.equal(true)
    const completed = await ofType('cloud_printing.job.completed')
    expect(completed.sequence).to.equal(3)
    const { data_url: _last, ...ended } = completed.data
    const { json } = await admin.get(`/v1/cloud-printing/jobs/${job.id}`)
    expect(json.data).to.deep.include(ended)
    expect((await ofType('cloud_printing.job.processing')).data.status).to.equal('processing')
  })

  it('of a printer is the printer with the state it had', async () => {
    const { server } = workspace
    await workspace.subscribe(['cloud_printing.printer.state_changed'])
    const { rows } = await server.db.raw(`select printer_id from printers where name = 'Laser'`)
    const printerId = rows[0].printer_id
    await server.services.printers.reportState(printerId, { status: 'error', stateReasons: ['media-empty'] })
    const { data, location_id: locationId } = await ofType('cloud_printing.printer.state_changed')
    expect(locationId).to.equal(server.credentials.location_id)
    expect(data).to.deep.include({
      object: 'printer',
      id: printerId,
      name: 'Laser',
      status: 'error',
      state_reasons: ['media-empty'],
      previous: { status: 'online', state_reasons: [] },
      location_id: server.credentials.location_id,
    })
    expect(data.created_at).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('leaves what callers chose as it is, even if it looks like a date of ours', async () => {
    const { server } = workspace
    await workspace.subscribe(['order.created'])
    const customFields = { shippedAt: 'never', packedAt: '2026-11-25' }
    await server.rpc.call('order.create', [
      null,
      { 'SKU-1': 1 },
      null,
      { unique_id: 'V-1', custom_fields: customFields },
    ])
    expect((await ofType('order.created')).data.custom_fields).to.deep.equal(customFields)
  })
})
