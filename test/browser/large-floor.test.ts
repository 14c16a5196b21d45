import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { once } from 'node:events'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { seriousIn } from '../helpers/accessibility.ts'
import { launchBrowser, openPage } from '../helpers/browser.ts'
import { makePdf } from '../helpers/documents.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { openThermalClient } from '../ws/thermal-client.ts'

const STATIONS = 130
/** More than the interface lists at once. */
const FAILURES = 150
const COMPLETED = 60

describe("the supervisor's page of a large floor", function () {
  this.timeout(120_000)
  let server: TestServer
  let browser: Browser
  let admin: RestClient
  let page: Page
  before(async function () {
    browser = await launchBrowser(this)
    server = await startServer({ claimTtlSeconds: 1 })
    admin = createRestClient(server.url, server.credentials.admin.api_key)
    await addStations(server)
  })
  beforeEach(async () => {
    page = await openPage(browser, server.url, { user: server.credentials.supervisor, path: '/floor' })
  })
  afterEach(() => page.context().close())
  after(async () => {
    await browser.close()
    await server.stop()
  })

  let orders = 0
  const said = (text: string) => page.locator('.attention', { hasText: text }).waitFor()

  it('shows every station and printer, and names the troubles that fit', async () => {
    await page.locator(`[data-station="Hall ${STATIONS}"]`).waitFor()
    expect(await page.locator('.station-row').count()).to.equal(STATIONS + 1)
    expect(await page.locator('.printer').count()).to.be.above(STATIONS)
    const empty = page.locator('[data-station="Hall 1"]')
    expect(await empty.textContent()).to.include('No printers')
    await said('2 more printers need somebody')
    await page.locator('.attention a', { hasText: 'Hall 2, H2' }).click()
    await page.locator('.printer:target', { hasText: 'H2' }).waitFor()
    expect(await seriousIn(page)).to.deep.equal([])
  })

  it('finds paper and unknown outcomes behind hundreds of newer jobs', async () => {
    const { station_id, location_id } = server.credentials
    const pdf = await makePdf({ text: 'rare' })
    const submit = async (name: string, printer: string) => {
      const { json } = await admin.post('/v1/cloud-printing/jobs', {
        ...{ location_id, name, printer_name: printer },
        data: `data:application/pdf;base64,${pdf.toString('base64')}`,
      })
      return json.data.id
    }
    const lost = await submit('lost.pdf', 'Front desk')
    await admin.get(`/v1/cloud-printing/stations/${station_id}/next?wait=0`)
    const rare = await submit('rare.pdf', 'Laser')
    await page.locator(`[data-unknown="${lost}"]`).waitFor()
    await page.locator('.tray', { hasText: 'rare.pdf' }).waitFor()
    await addNewerJobs(server, { id: lost, status: 'failed', count: FAILURES })
    await addNewerJobs(server, { id: lost, status: 'completed', count: COMPLETED })
    await page.reload()
    await page.locator(`[data-unknown="${lost}"]`).waitFor()
    await page.locator('.tray', { hasText: 'rare.pdf' }).waitFor()
    await admin.post(`/v1/cloud-printing/jobs/${lost}/reprint`, { reason: 'not there' })
    await page.locator(`[data-unknown="${lost}"]`).waitFor({ state: 'detached' })
    expect(rare).to.be.a('string')
  })

  it('shows the receipt that came out of a virtual printer', async () => {
    const headers = { 'PX-API-KEY': server.credentials.thermal.api_key }
    const client = await openThermalClient(`${server.url.replace('http', 'ws')}/websocket/`, { headers })
    const result = await client.ask({
      JobId: 'receipt-1',
      PrinterId: 'PRINTER_001',
      DocumentType: 'ticket_venta',
      Document: {
        Number: 'FAC-1',
        Items: [{ Name: 'Coffee', Quantity: 1, Price: 3.5, Total: 3.5 }],
        Total: 3.5,
      },
    })
    expect(result).to.include({ Status: 'DONE' })
    const sheet = page.locator('.tray li', { hasText: 'Receipt' })
    await sheet.locator('img').waitFor()
    await sheet.locator('button').click()
    await page.locator('dialog img').waitFor()
    await client.close()
  })

  it('identifies a printer, and reopens a package for a reason', async () => {
    const laser = page.locator('[data-printer="Laser"]')
    await laser.getByRole('button', { name: 'Identify' }).click()
    await said('Laser blinks, beeps or prints its name')

    orders += 1
    const id = `REOPEN-${orders}`
    await server.rpc.call('order.create', [null, { MUG: 1 }, null, { unique_id: id }])
    await server.rpc.call('shipment.create', [id, { shipment_id: `${id}-s`, packages: 1 }])
    await server.rpc.call('packing.finish', [`${id}-s-1`], 'packer')
    await page.getByLabel('Package', { exact: true }).fill(`${id}-s-1`)
    await page.getByLabel('Why?').fill('One mug too few')
    await page.getByRole('button', { name: 'Reopen' }).click()
    await said(`Package ${id}-s-1 can be packed again.`)
    const view = await server.rpc.call('packing.open', [`${id}-s-1`], 'packer')
    expect(view.package.status).to.equal('packing')
    await page.getByLabel('Package', { exact: true }).fill('NO-SUCH')
    await page.getByLabel('Why?').fill('A typo')
    await page.getByRole('button', { name: 'Reopen' }).click()
    await said('Nothing to pack has that code.')
    expect(await page.getByLabel('Why?').inputValue()).to.equal('A typo')
  })

  it('says when this user has too many pages open, and follows again when it has fewer', async () => {
    const [session] = await page.context().cookies()
    await page.close()
    const streams: ClientRequest[] = []
    for (let count = 0; count < 10; count += 1) {
      const headers = { cookie: `${session?.name}=${session?.value}`, 'X-Packhouse-Page': '1' }
      const sent = request(`${server.url}/v1/events`, { headers })
      sent.on('error', () => undefined).end()
      const [answer] = (await once(sent, 'response')) as [IncomingMessage]
      // The page's own may take a moment to end.
      if (answer.statusCode === 200) streams.push(sent)
      else count -= 1
      answer.resume().on('error', () => undefined)
    }
    page = await page.context().newPage()
    await page.goto(`${server.url}/floor`)
    const mark = page.locator('[data-connected="true"]')
    await mark.filter({ hasText: 'Close other pages of yours' }).waitFor()
    for (const stream of streams) stream.destroy()
    await mark.filter({ hasText: /^Connected$/ }).waitFor()
  })
})

/** Stations `Hall 1` to `Hall n` with a printer each, but for the first; eight of the printers are offline. */
async function addStations({ db, credentials }: TestServer): Promise<void> {
  await db.raw(
    `insert into stations (station_id, location_id, name, display_name, created_by, updated_by)
     select 'prnt_stn_' || n, ?, 'Hall ' || n, 'Hall ' || n, 'usr_1', 'usr_1' from generate_series(1, ?::integer) as n`,
    [credentials.location_id, STATIONS],
  )
  await db.raw(
    `insert into printers (printer_id, station_id, position, name, status)
     select gen_random_uuid(), 'prnt_stn_' || n, 0, 'H' || n, case when n < 10 then 'offline' else 'online' end
     from generate_series(2, ?::integer) as n`,
    [STATIONS],
  )
}

/** Copies of a job that ended a little later than it, as a busy hour leaves them. */
async function addNewerJobs(
  { db }: TestServer,
  { id, status, count }: { readonly id: string; readonly status: string; readonly count: number },
): Promise<void> {
  await db.raw(
    `insert into print_jobs overriding system value
     select made.* from print_jobs as own, generate_series(1, :count::integer) as n,
       jsonb_populate_record(null::print_jobs, to_jsonb(own) || jsonb_build_object(
         'job_id', own.job_id || :status::text || n, 'status', :status::text, 'reason', 'aborted-by-system: made up',
         'queue_position', own.queue_position + 1000000 + n + case when :status = 'failed' then 0 else 1000 end,
         'claim_expires_at', null, 'updated_at', now() + n * interval '1 ms')) as made
     where own.job_id = :id`,
    { id, status, count },
  )
}
