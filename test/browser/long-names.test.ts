import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, openPage, scan } from '../helpers/browser.ts'
import { makePdf } from '../helpers/documents.ts'
import { sidewaysIn, unreachableIn } from '../helpers/layout.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

/** Of a printer or a document. */
const LENGTH_MAX = 191
/** Unbroken, as an id or a file name may be. */
const long = (first: string) => first.padEnd(LENGTH_MAX, 'W')
const SIZES = [
  [1280, 800],
  [1024, 600],
  [800, 600],
] as const

describe('pages with names as long as a screen', function () {
  this.timeout(120_000)
  let server: TestServer
  let browser: Browser
  let admin: RestClient
  before(async function () {
    browser = await launchBrowser(this)
    server = await startServer()
    admin = createRestClient(server.url, server.credentials.admin.api_key)
    await server.services.printers.createStation('usr_test', {
      locationId: server.credentials.location_id,
      name: long('Station'),
      printers: [
        { name: long('Virtual'), pool: 'LASER', connection: { type: 'virtual' } },
        { name: long('Fetched'), pool: 'LABEL', connection: { type: 'station' } },
      ],
    })
  })
  after(async () => {
    await browser.close()
    await server.stop()
  })

  const submit = async (name: string, printerName: string): Promise<string> => {
    const content = (await makePdf({ text: 'Slip', widthPt: 288, heightPt: 432 })).toString('base64')
    const { json } = await admin.post('/v1/cloud-printing/jobs', {
      ...{ location_id: server.credentials.location_id, name, printer_name: printerName },
      data: `data:application/pdf;base64,${content}`,
    })
    return json.data.id
  }

  async function faultsOf(page: Page, state: string): Promise<readonly string[]> {
    const faults: string[] = []
    for (const [width, height] of SIZES) {
      const at = `${state}, ${width} x ${height}`
      await page.setViewportSize({ width, height })
      faults.push(...(await sidewaysIn(page)).map((wide) => `${at}: ${wide}`))
      faults.push(...(await unreachableIn(page)).map(({ button, by }) => `${at}: ${button} below ${by}`))
    }
    return faults
  }

  it("wraps them on the supervisor's page and in its dialog", async () => {
    const page = await openPage(browser, server.url, { user: server.credentials.supervisor, path: '/floor' })
    const done = await submit(long('done'), long('Virtual'))
    await page.locator(`[data-job="${done}"][data-status="completed"]`).waitFor()
    await page.locator('.tray img').first().waitFor()
    const open = await submit(long('open'), long('Fetched'))
    const [row] = (await admin.get('/v1/cloud-printing/printers?limit=100')).json.data.filter(
      ({ name }: { name: string }) => name === long('Fetched'),
    )
    await admin.post(`/v1/cloud-printing/printers/${row.id}/pause`, {})
    await admin.post('/v1/webhooks', {
      url: `https://example.com/${long('hook')}`,
      topics: ['print_job.completed'],
    })
    await page.locator(`[data-job="${open}"]`).waitFor()
    await page.locator(`[data-printer="${long('Fetched')}"] .mark.wait`).waitFor()
    await page.reload()
    await page.locator(`[data-job="${open}"]`).waitFor()
    const faults = [...(await faultsOf(page, 'floor'))]
    for (const id of [done, open]) {
      await page.locator(`[data-job="${id}"] .link`).click()
      await page.locator('dialog img').waitFor()
      faults.push(...(await faultsOf(page, `job ${id === done ? 'done' : 'open'}`)))
      await page.keyboard.press('Escape')
    }
    expect(faults).to.deep.equal([])
    await page.context().close()
  })

  it("wraps them on the packer's page and in its dialogs", async () => {
    const id = long('order').slice(0, 64)
    const pack = `${id.slice(0, 56)}-s-1`
    await server.rpc.call('order.create', [null, { MUG: 1 }, null, { unique_id: id }])
    await server.rpc.call('shipment.create', [id, { shipment_id: pack.slice(0, -2), packages: 1 }])
    const content = (await makePdf({ text: 'Slip', widthPt: 288, heightPt: 432 })).toString('base64')
    const file = { file_name: long('file'), file_content: content, print_target: 'LASER' }
    await server.rpc.call('order_instruction.create', [id, long('note'), file])
    await server.rpc.call('order_instruction.create', [id, long('second'), file])
    const page = await openPage(browser, server.url, { user: server.credentials.packer, path: '/pack' })
    await page.locator('.station select').selectOption({ label: long('Station') })
    const faults = [...(await faultsOf(page, 'prompt'))]
    await scan(page, pack)
    await page.locator('.card[data-seen="true"]').waitFor()
    await page.locator('.picture img').waitFor()
    faults.push(...(await faultsOf(page, 'instruction')))
    await page.keyboard.press('Enter')
    await page.locator('.rail [data-print="completed"]').waitFor()
    await page.locator('.rail li button').first().click()
    await page.locator('.card [data-print="completed"]').waitFor()
    await scan(page, long('unknown'))
    await page.locator('#said', { hasText: 'unknownW' }).waitFor()
    faults.push(...(await faultsOf(page, 'confirmed')))
    await page.keyboard.press('F4')
    await page.locator('dialog').waitFor()
    faults.push(...(await faultsOf(page, 'reprint')))
    expect(faults).to.deep.equal([])
    await page.context().close()
  })
})
