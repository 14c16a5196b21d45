import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, openPage, scan } from '../helpers/browser.ts'
import { makePdf } from '../helpers/documents.ts'
import { addPackagesWithFile } from '../helpers/print-floor.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe("the packer's page with a file that is no longer kept", function () {
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

  const said = (page: Page, text: string) => page.locator('#said', { hasText: text }).waitFor()
  const shown = (page: Page) =>
    page.locator('.card[data-seen="true"]', { hasText: 'Put it into the box' }).waitFor()

  it('says that nothing was printed and who can help, and confirms once the file is attached again', async () => {
    const pdf = await makePdf({ text: 'gone' })
    const { instructionId, packageIds } = await addPackagesWithFile(server, { id: 'GONE', count: 1, pdf })
    await server.db.raw(
      `with gone as (delete from document_contents returning document_id)
       update documents set removed_at = clock_timestamp() from gone where documents.document_id = gone.document_id`,
    )
    const { packer: user } = server.credentials
    const page = await openPage(browser, server.url, { user, path: '/pack', context: { locale: 'en-US' } })
    await scan(page, packageIds[0] ?? '')
    await shown(page)
    await page.locator('.picture .blank', { hasText: 'No picture of this file' }).waitFor()
    await page.keyboard.press('Enter')
    await said(
      page,
      'Not printed: the file is no longer kept. The merchant must attach it again: tell a supervisor.',
    )
    expect(await page.locator('[data-print]').count()).to.equal(0)
    await server.rpc.call('order_instruction.edit', [
      instructionId,
      null,
      { file_content: pdf.toString('base64') },
    ])
    await shown(page)
    await page.keyboard.press('Enter')
    await page.locator('[data-print="completed"]').waitFor()
    await page.context().close()
  })
})
