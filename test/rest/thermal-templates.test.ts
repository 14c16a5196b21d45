import { expect } from 'chai'
import sharp from 'sharp'
import type { RestClient } from '../helpers/rest-client.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

const PATH = '/v1/thermal/templates'

const templateOf = (DocumentType: string, label = 'Total: ') => ({
  template: { DocumentType, Sections: [{ Elements: [{ Label: label, Source: 'Total' }] }] },
})

describe(PATH, () => {
  let workspace: RestWorkspace
  let admin: RestClient

  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
  })
  after(() => workspace.stop())

  it('lists the defaults from the start, by name', async () => {
    const { json } = await admin.get(PATH)
    expect(json.data.map((one: { document_type: string }) => one.document_type)).to.deep.equal([
      'comanda',
      'factura_electronica',
      'sticker_codigo_barras',
      'ticket_venta',
    ])
    expect(json.data[0]).to.include({ version: 0, is_default: true, updated_at: null, updated_by: null })
  })

  it('answers a default in English, and sticker as the type that it is', async () => {
    const { json } = await admin.get(`${PATH}/TICKET_VENTA?language=en`)
    expect(JSON.stringify(json.data.template)).to.contain('Receipt #: ')
    expect((await admin.get(`${PATH}/sticker`)).json.data.document_type).to.equal('sticker_codigo_barras')
  })

  it('stores each template as the next version, keeps the older ones and goes back to the default', async () => {
    expect((await admin.post(PATH, templateOf('Comanda', 'one'))).json.data.version).to.equal(1)
    const second = await admin.post(PATH, templateOf('comanda', 'two'))
    expect([second.status, second.json.data.version]).to.deep.equal([201, 2])
    expect((await admin.get(`${PATH}/comanda`)).json.data).to.deep.equal(second.json.data)
    const gone = await admin.delete(`${PATH}/comanda`)
    expect([gone.status, gone.json.data.is_default]).to.deep.equal([200, true])
    // Nothing is left to be deleted, and it is what was asked for.
    expect((await admin.delete(`${PATH}/comanda`)).status).to.equal(200)
    expect(
      (await admin.get(`${PATH}/comanda?version=1`)).json.data.template.Sections[0].Elements[0].Label,
    ).to.equal('one')
    expect((await admin.get(`${PATH}/comanda?version=3`)).status).to.equal(404)
    expect((await admin.post(PATH, templateOf('comanda'))).json.data.version).to.equal(3)
  })

  it('forgets a type without a default when its template is deleted', async () => {
    await admin.post(PATH, templateOf('own'))
    expect((await admin.delete(`${PATH}/OWN`)).status).to.equal(200)
    expect((await admin.get(`${PATH}/own`)).status).to.equal(404)
    expect((await admin.delete(`${PATH}/own`)).status).to.equal(404)
    expect((await admin.get(`${PATH}/no%20type`)).status).to.equal(404)
  })

  it('answers numbers with the digits that they were sent with', async () => {
    const template =
      '{"DocumentType":"digits","Sections":[{"Elements":[{"StaticValue":10.50}]}],"x":12345678901234567890}'
    const headers = {
      'PX-API-KEY': workspace.server.credentials.admin.api_key,
      'Content-Type': 'application/json',
    }
    const url = `${workspace.server.url}${PATH}`
    const made = await fetch(url, { method: 'POST', headers, body: `{"template":${template}}` })
    expect(await made.text()).to.contain(`"template":${template}`)
    for (const path of ['', '/digits']) {
      const text = await (await fetch(`${url}${path}`, { headers })).text()
      expect(text).to.contain(`"template":${template}`)
      expect(JSON.parse(text).status).to.equal(200)
    }
  })

  it('refuses a template in words', async () => {
    const { status, json } = await admin.post(PATH, { template: { DocumentType: 'x' } })
    expect([status, json.message]).to.deep.equal([400, 'Template x: Sections is required'])
  })

  it('takes a thousand types in use, and 16 MiB of them together, and lists them all', async () => {
    const { db } = workspace.server
    const fill = (count: number, bytes: number) =>
      db.raw(
        `with stored as (
           insert into thermal_templates (document_type, version, template, updated_by)
           select 'full_' || type, 1, '{"x":"' || repeat('x', ?) || '"}', 'test' from generate_series(1, ?) as type
           returning document_type
         )
         insert into thermal_template_heads select document_type, 1, 1 from stored`,
        [bytes, count],
      )
    const empty = () =>
      db.raw(`
        delete from thermal_template_heads where document_type like 'full%';
        delete from thermal_templates where document_type like 'full%'`)
    const [used] = await db('thermal_template_heads').whereNotNull('current_version').count()
    await fill(999 - Number(used?.['count']), 1)
    expect((await admin.post(PATH, templateOf('full_last'))).status).to.equal(201)
    const beyond = await admin.post(PATH, templateOf('beyond'))
    expect([beyond.status, beyond.json.message]).to.deep.equal([
      400,
      'Template beyond: 1000 others are in use: delete one first',
    ])
    expect((await admin.post(PATH, templateOf('full_last', 'again'))).status).to.equal(201)
    const listed = (await admin.get(PATH)).json.data.filter((one: { version: number }) => one.version > 0)
    expect(listed).to.have.length(1_000)
    await empty()
    await fill(16, 1_048_000)
    const large = templateOf('large', 'x'.repeat(900_000))
    const { status, json } = await admin.post(PATH, large)
    expect([status, json.message]).to.deep.equal([
      400,
      'Template large: with it, those in use would have more than 16 MiB together',
    ])
    await admin.delete(`${PATH}/full_1`)
    expect((await admin.post(PATH, large)).status).to.equal(201)
    await empty()
  })

  it('draws a receipt as wide as the paper, with the printer named or a template that is not stored', async () => {
    const wide = await picture(`${PATH}/ticket_venta/preview`, { Document: {}, PrinterId: 'PRINTER_001' })
    expect(wide.width).to.equal(576)
    const unsaved = { Document: { Total: 1 }, PaperWidthMm: 58, Template: templateOf('x').template }
    expect((await picture(`${PATH}/new_type/preview`, unsaved)).width).to.equal(384)
    expect((await admin.post(`${PATH}/new_type/preview`, { Document: {} })).status).to.equal(404)
  })

  it('keeps the digits of numbers in a preview: 10.50 is not drawn as 10.5', async () => {
    const [long, short] = await Promise.all(
      ['10.50', '10.5'].map((total) =>
        bytesOf(
          `${PATH}/x/preview`,
          `{"Document":{"Total":${total}},"Template":${JSON.stringify(templateOf('x').template)}}`,
        ),
      ),
    )
    expect(long).to.not.deep.equal(short)
  })

  it('refuses a preview in the words of a message', async () => {
    const refusals = [
      [{ Document: 1 }, 'Document must be an object'],
      [{ Document: {}, PrinterId: 'NONE' }, 'Printer NONE not found in configuration'],
      [
        { Document: {}, Barcodes: [{ Type: 'EAN13', Value: '123' }] },
        "Barcodes[0]: '123' is not a valid EAN13 value",
      ],
    ] as const
    for (const [body, message] of refusals) {
      const { status, json } = await admin.post(`${PATH}/ticket_venta/preview`, body)
      expect([status, json.message]).to.deep.equal([400, message])
    }
  })

  it('needs thermal:write to store, and thermal:read to read and preview', async () => {
    const { client } = await workspace.keyWith(['thermal:read'])
    expect((await client.post(PATH, templateOf('x'))).status).to.equal(403)
    expect((await client.get(PATH)).status).to.equal(200)
    expect((await client.post(`${PATH}/ticket_venta/preview`, { Document: {} })).status).to.equal(200)
  })

  async function bytesOf(path: string, body: string): Promise<Buffer> {
    const key = workspace.server.credentials.admin.api_key
    const reply = await fetch(workspace.server.url + path, {
      method: 'POST',
      headers: { 'PX-API-KEY': key, 'content-type': 'application/json' },
      body,
    })
    expect([reply.status, reply.headers.get('content-type')]).to.deep.equal([200, 'image/png'])
    return Buffer.from(await reply.arrayBuffer())
  }

  async function picture(path: string, body: object) {
    return sharp(await bytesOf(path, JSON.stringify(body))).metadata()
  }
})
