import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { seriousIn } from '../helpers/accessibility.ts'
import { launchBrowser, openPage, scan } from '../helpers/browser.ts'
import { makePdf } from '../helpers/documents.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('accessibility', function () {
  this.timeout(90_000)
  let server: TestServer
  let browser: Browser
  before(async function () {
    browser = await launchBrowser(this)
    server = await startServer()
  })
  after(async () => {
    await browser.close()
    await server.stop()
  })

  let orders = 0

  /** A package of its own, also for a test that is tried again. */
  async function packageWithWork(): Promise<string> {
    orders += 1
    const id = `AXE-${orders}`
    await server.rpc.call('order.create', [null, { MUG: 1 }, null, { unique_id: id }])
    await server.rpc.call('shipment.create', [id, { shipment_id: `${id}-s`, packages: 1 }])
    const content = (await makePdf({ text: 'Slip', widthPt: 612, heightPt: 792 })).toString('base64')
    const file = { file_name: 'slip.pdf', file_content: content }
    await server.rpc.call('order_instruction.create', [id, 'Lay the slip on top', file])
    await server.rpc.call('order_instruction.create', [id, 'Close the box'])
    return `${id}-s-1`
  }

  const check = async (page: Page, state: string) => expect(await seriousIn(page), state).to.deep.equal([])

  it('finds nothing serious on the first page, signed in or not, nor after a mistake', async () => {
    const page = await browser.newPage()
    await page.goto(server.url)
    await page.locator('#username').waitFor()
    await check(page, 'sign in')
    await page.locator('#username').fill('packer')
    await page.locator('#api-key').fill('wrong')
    await page.keyboard.press('Enter')
    await page.locator('.line.bad').waitFor()
    await check(page, 'mistake')
    await page.close()
  })

  it("finds nothing serious on the packer's page, whatever it shows", async () => {
    const page = await openPage(browser, server.url, { user: server.credentials.packer, path: '/pack' })
    await check(page, 'prompt')
    await scan(page, await packageWithWork())
    await page.locator('.picture img').waitFor()
    await check(page, 'instruction')
    await page.locator('.card[data-seen="true"]').waitFor()
    await page.keyboard.press('Enter')
    await page.locator('[data-print="completed"]').waitFor()
    await check(page, 'confirmed')
    await page.keyboard.press('F4')
    await page.locator('dialog').waitFor()
    await check(page, 'reprint')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Codes' }).click()
    await page.locator('dialog').waitFor()
    await check(page, 'codes')
    await page.keyboard.press('Escape')
    await page.context().setOffline(true)
    await page.locator('.lost').waitFor()
    await check(page, 'lost')
    await page.context().close()
  })

  it('lets every control be reached and seen by keyboard', async () => {
    const page = await openPage(browser, server.url, { user: server.credentials.packer, path: '/pack' })
    const outlines: string[] = []
    for (let presses = 0; presses < 6; presses += 1) {
      await page.keyboard.press('Tab')
      const outline = `document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle`
      outlines.push(String(await page.evaluate(outline)))
    }
    // Once around it is the browser's turn.
    const own = outlines.filter((outline) => outline !== 'true')
    expect(own).to.have.length.at.least(5)
    expect(new Set(own)).to.deep.equal(new Set(['solid']))
    await page.context().close()
  })
})
