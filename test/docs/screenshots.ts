/** The pictures of the pages in README.md and docs/: `npm run docs:screenshots`. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { openBrowser, openPage, scan } from '../helpers/browser.ts'
import { startTestPostgres } from '../helpers/database.ts'
import { makePdf } from '../helpers/documents.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const IMAGES = new URL('../../docs/images/', import.meta.url)
const LABEL = new URL('../../examples/amazon-fba-label.pdf', import.meta.url)

const stopPostgres = await startTestPostgres()
const server = await startServer()
const browser = await openBrowser()
try {
  await addInstructions(server)
  const first = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' })
  await first.goto(server.url)
  await first.locator('#username').waitFor()
  await shoot(first, 'page-sign-in')

  const pack = await openPage(browser, server.url, { user: server.credentials.packer, path: '/pack' })
  await scan(pack, '100000020-1')
  await pack.locator('.picture img').waitFor()
  await pack.locator('.card[data-seen="true"]').waitFor()
  await shoot(pack, 'page-pack')
  await pack.keyboard.press('Enter')
  await pack.locator('[data-print="completed"]').waitFor()
  await pack.context().setOffline(true)
  await pack.locator('.lost').waitFor()
  await pack.keyboard.press('Enter')
  await pack.locator('[data-waiting="1"]').waitFor()
  await shoot(pack, 'page-pack-lost')

  const floor = await openPage(browser, server.url, { user: server.credentials.supervisor, path: '/floor' })
  await floor.locator('[data-printer="Laser"]').getByRole('button', { name: 'Test page' }).click()
  await floor.locator('[data-printer="Small label"]').getByRole('button', { name: 'Pause' }).click()
  await floor.locator('.tray li:nth-child(2) img').waitFor()
  await floor.locator('.tray li:nth-child(1) img').waitFor()
  await floor.locator('.chart text', { hasText: /^\d+$/ }).first().waitFor()
  await shoot(floor, 'page-floor')
} finally {
  await browser.close()
  await server.stop()
  await stopPostgres()
}

async function addInstructions({ rpc }: TestServer): Promise<void> {
  const label = (await readFile(LABEL)).toString('base64')
  const slip = (await makePdf({ text: 'Packing slip', widthPt: 612, heightPt: 792 })).toString('base64')
  const instruct = (note: string, options: object) =>
    rpc.call('order_instruction.create', ['100000309', note, options])
  await instruct('Place Amazon FBA Label in a pouch', {
    file_name: 'amazon_fba_3425232.pdf',
    file_content: label,
    presentation: 'once_per_shipment',
  })
  await instruct('Wrap the mugs twice, then put the “Fragile” sticker on top', {
    presentation: 'once_per_package',
  })
  await instruct('Lay the packing slip on top, face up', {
    file_name: 'packing-slip.pdf',
    file_content: slip,
  })
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, IMAGES)), animations: 'disabled' })
}
