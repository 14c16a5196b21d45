import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { seriousIn } from '../helpers/accessibility.ts'
import { launchBrowser, openPage, scan } from '../helpers/browser.ts'
import { makePdf } from '../helpers/documents.ts'
import { type IppPrinter, startIppPrinter } from '../helpers/ippeveprinter.ts'
import { coveredIn, sidewaysIn, unreachableIn } from '../helpers/layout.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const SIZES = [
  [800, 600],
  [768, 1024],
  [600, 960],
  [1024, 600],
  [1280, 800],
] as const
const SHORT = 'Place the label in a pouch'
const LONG = 'Wrap each glass in two layers of bubble wrap. '.repeat(22).slice(0, 1_000)
/** Of the note, so that it can be read: two lines. */
const READABLE_PX = 50

describe("the packer's page on small tablets", function () {
  this.timeout(120_000)
  let server: TestServer
  let browser: Browser
  let printer: IppPrinter
  before(async function () {
    browser = await launchBrowser(this)
    printer = await startIppPrinter(this)
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    await server.services.printers.createStation('usr_test', {
      locationId: server.credentials.location_id,
      name: 'Line 4',
      printers: [{ name: 'Office', pool: 'LASER', connection: { type: 'ipp', uri: printer.uri } }],
    })
  })
  after(async () => {
    await browser.close()
    await server.stop()
    await printer.close()
  })

  let orders = 0

  async function packageOf(notes: readonly string[]): Promise<string> {
    orders += 1
    const id = `SMALL-${orders}`
    await server.rpc.call('order.create', [null, { MUG: 1 }, null, { unique_id: id }])
    await server.rpc.call('shipment.create', [id, { shipment_id: `${id}-s`, packages: 1 }])
    const content = (await makePdf({ text: 'Slip', widthPt: 288, heightPt: 432 })).toString('base64')
    const file = { file_name: 'slip_of_the_order.pdf', file_content: content, print_target: 'LASER' }
    for (const note of notes) await server.rpc.call('order_instruction.create', [id, note, file])
    return `${id}-s-1`
  }

  async function open(locale: string): Promise<Page> {
    const page = await openPage(browser, server.url, {
      user: server.credentials.packer,
      path: '/pack',
      context: { locale, viewport: { width: 800, height: 600 } },
    })
    await page.locator('.station select').selectOption({ label: 'Line 4' })
    return page
  }

  async function show(page: Page, number: number, note: string): Promise<void> {
    await page
      .locator('.rail li')
      .nth(number - 1)
      .locator('button')
      .click()
    await page.locator('.card[data-seen="true"]', { hasText: note }).waitFor()
  }

  /** What is wrong at any of the sizes. */
  async function faultsOf(page: Page, state: string): Promise<readonly string[]> {
    const faults: string[] = []
    for (const [width, height] of SIZES) {
      const at = `${state}, ${width} x ${height}`
      await page.setViewportSize({ width, height })
      const covered = await coveredIn(page, '.actions button, .finish > button')
      const seenPx = await notePx(page)
      if (seenPx < READABLE_PX) faults.push(`${at}: ${seenPx} px of the note`)
      const unreachable = [...covered, ...(await unreachableIn(page))]
      faults.push(...unreachable.map(({ button, by }) => `${at}: ${button} below ${by}`))
      faults.push(...(await sidewaysIn(page)).map((wide) => `${at}: ${wide}`))
      await page.evaluate(
        `for (const part of document.querySelectorAll('.read, .card, .middle, .note')) part.scrollTop = 0`,
      )
    }
    return faults
  }

  /** How much of the note is seen at once; all of a shorter one is enough. */
  const notePx = (page: Page): Promise<number> =>
    page.evaluate(`(() => {
      const note = document.querySelector('#note')
      if (!note) return ${READABLE_PX}
      const { x, top, bottom } = note.getBoundingClientRect()
      const rows = Array.from({ length: Math.floor(bottom - top) }, (_, index) => top + index + 0.5)
      const seen = rows.filter((y) => document.elementFromPoint(x + 4, y) === note).length
      return seen === rows.length ? ${READABLE_PX} : seen
    })()`)

  for (const locale of ['en-US', 'es-ES']) {
    it(`keeps the note readable and what is pressed in sight, whatever else is said (${locale})`, async () => {
      await printer.loadPaper(100)
      const pack = await packageOf(['First slip', LONG, SHORT])
      const page = await open(locale)
      const faults = [...(await faultsOf(page, `${locale} prompt`))]
      await scan(page, pack)
      await show(page, 3, SHORT)
      await page.locator('.picture img').waitFor()
      faults.push(...(await faultsOf(page, `${locale} short note`)))
      await show(page, 2, LONG)
      faults.push(...(await faultsOf(page, `${locale} long note`)))
      await printer.loadPaper(0)
      await show(page, 1, 'First slip')
      await page.keyboard.press('Enter')
      await page.locator('.troubles .print').waitFor()
      await show(page, 2, LONG)
      faults.push(...(await faultsOf(page, `${locale} long note and trouble`)))
      await page.context().setOffline(true)
      await page.locator('.lost').waitFor()
      faults.push(...(await faultsOf(page, `${locale} long note, trouble and lost`)))
      await page.setViewportSize({ width: 800, height: 600 })
      faults.push(...(await seriousIn(page)))
      await show(page, 3, SHORT)
      faults.push(...(await faultsOf(page, `${locale} short note, trouble and lost`)))
      expect(faults).to.deep.equal([])
      await page.context().close()
    })
  }
})
