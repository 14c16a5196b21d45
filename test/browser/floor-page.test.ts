import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, openPage } from '../helpers/browser.ts'
import { makePdf } from '../helpers/documents.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { seriousIn } from '../helpers/accessibility.ts'

describe("the supervisor's page", function () {
  this.timeout(90_000)
  let server: TestServer
  let browser: Browser
  let admin: RestClient
  const pages: Page[] = []
  before(async function () {
    browser = await launchBrowser(this)
    server = await startServer({ claimTtlSeconds: 1 })
    admin = createRestClient(server.url, server.credentials.admin.api_key)
  })
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.context().close()))
    // A test that failed half-way is tried again on a floor that works.
    const { json } = await admin.get('/v1/cloud-printing/printers?limit=100')
    for (const { id } of json.data.filter(({ paused }: { paused: boolean }) => paused)) {
      await admin.post(`/v1/cloud-printing/printers/${id}/resume`, {})
    }
  })
  after(async () => {
    await browser.close()
    await server.stop()
  })

  async function open(user: 'packer' | 'supervisor' = 'supervisor'): Promise<Page> {
    const page = await openPage(browser, server.url, { user: server.credentials[user], path: '/floor' })
    pages.push(page)
    return page
  }
  const printer = (page: Page, name: string) => page.locator(`[data-printer="${name}"]`)
  async function submit(name: string, printerName: string): Promise<string> {
    const pdf = await makePdf({ text: name, widthPt: 612, heightPt: 792 })
    const { json } = await admin.post('/v1/cloud-printing/jobs', {
      location_id: server.credentials.location_id,
      printer_name: printerName,
      name,
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
    })
    return json.data.id
  }

  it('shows paper come out of a virtual printer, as it comes', async () => {
    const page = await open()
    await page.locator('.attention', { hasText: 'All printers are well' }).waitFor()
    await printer(page, 'Laser').getByRole('button', { name: 'Test page' }).click()
    await page.locator('.tray img').first().waitFor()
    expect(await page.locator('.tray').textContent()).to.include('Laser')
    await page.locator('.chart text', { hasText: /^\d+$/ }).first().waitFor()
  })

  it('pauses a printer, moves what waits there, and resumes it', async () => {
    const page = await open()
    await printer(page, 'Laser').getByRole('button', { name: 'Pause' }).click()
    await printer(page, 'Laser').locator('.mark', { hasText: 'Paused' }).waitFor()
    const id = await submit('held.pdf', 'Laser')
    await page.locator(`[data-job="${id}"] .link`).click()
    await page.locator('dialog img').waitFor()
    await page.getByLabel('Move to').selectOption({ label: 'Front desk (Station-001)' })
    await page.getByRole('button', { name: 'Move', exact: true }).click()
    await page.locator('.attention', { hasText: 'Moved. It prints there.' }).waitFor()
    const moved = (await admin.get(`/v1/cloud-printing/jobs/${id}`)).json.data
    expect([moved.status, moved.printer.name]).to.deep.equal(['queued', 'Front desk'])
    await page.keyboard.press('Escape')
    await printer(page, 'Laser').getByRole('button', { name: 'Resume' }).click()
    await printer(page, 'Laser').locator('.mark', { hasText: 'Ready' }).waitFor()
  })

  it('asks a person about an outcome that nobody knows, and prints again with a reason', async () => {
    await submit('unknown.pdf', 'Front desk')
    // A station client that took the oldest job and was never heard of again.
    const { station_id } = server.credentials
    const claimed = await admin.get(`/v1/cloud-printing/stations/${station_id}/next?wait=0`)
    const { id, name } = claimed.json.data
    const page = await open()
    const attention = page.locator(`.attention [data-unknown="${id}"]`)
    await attention.filter({ hasText: `Unknown whether it printed on Front desk: ${name}` }).waitFor()
    await attention.getByRole('button', { name }).click()
    await page.locator('dialog', { hasText: 'Unknown whether it printed' }).waitFor()
    expect(await seriousIn(page)).to.deep.equal([])
    await page.getByRole('button', { name: 'Yes, it printed' }).click()
    await page.locator('.attention', { hasText: 'Noted: it printed.' }).waitFor()
    expect((await admin.get(`/v1/cloud-printing/jobs/${id}`)).json.data.status).to.equal('completed')
    await attention.waitFor({ state: 'detached' })

    await page.getByLabel('Why print it again?').fill('wrong paper')
    await page.locator('dialog').getByRole('button', { name: 'Print again' }).click()
    await page.locator('.attention', { hasText: 'Prints again.' }).waitFor()
    const { json } = await admin.get('/v1/cloud-printing/jobs?limit=1')
    expect(json.data[0]).to.include({ reprint_of: id, reprint_reason: 'wrong paper' })
  })

  it('prints once what is asked to print again and again, since the answers are lost', async () => {
    const id = await submit('once.pdf', 'Laser')
    const page = await open()
    const dialog = page.locator('dialog')
    const openJob = () => page.locator(`[data-job="${id}"] .link`).click()
    const printAgain = async (reason: string): Promise<void> => {
      await page.getByLabel('Why print it again?').fill(reason)
      await dialog.getByRole('button', { name: 'Print again' }).click()
    }
    const said = (text: string) => dialog.getByRole('status').filter({ hasText: text }).waitFor()
    const reprints = async (): Promise<readonly string[]> => {
      const { json } = await admin.get('/v1/cloud-printing/jobs?limit=100')
      const made = json.data.filter(({ reprint_of }: { reprint_of: string }) => reprint_of === id)
      return made.map(({ reprint_reason }: { reprint_reason: string }) => reprint_reason)
    }
    // The server does it, and nobody is told.
    await page.route('**/reprint', async (route) => {
      await route.fetch()
      await route.abort('connectionreset')
    })
    await openJob()
    await printAgain('torn')
    await said('The server does not answer.')
    expect(await page.getByLabel('Why print it again?').inputValue()).to.equal('torn')
    await page.unroute('**/reprint')

    await page.keyboard.press('Escape')
    await openJob()
    await printAgain('torn, really')
    await said('It was printed again already')
    expect(await reprints()).to.deep.equal(['torn'])
    await printAgain('torn once more')
    await said('Prints again.')
    expect(await reprints()).to.have.members(['torn', 'torn once more'])
  })

  it('cancels what waits, and shows webhooks with their deliveries', async () => {
    const id = await submit('needless.pdf', 'Front desk')
    const page = await open()
    await page.locator(`[data-job="${id}"] .link`).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.locator('.attention', { hasText: 'Canceled.' }).waitFor()
    expect((await admin.get(`/v1/cloud-printing/jobs/${id}`)).json.data.status).to.equal('canceled')
    await page.keyboard.press('Escape')

    const { location_id } = server.credentials
    const scopes = ['webhooks:write']
    const key = await admin.post('/v1/api-keys', { name: 'here', scopes, limit_to_location: location_id })
    const url = 'https://hooks.example.invalid/in'
    await admin.as(key.json.data.api_key).post('/v1/webhooks', { url, topics: ['cloud_printing.*'] })
    await page.reload()
    await submit('told.pdf', 'Laser')
    await page.getByRole('button', { name: url }).click()
    await page.locator('.webhooks li li', { hasText: 'cloud_printing.job.created' }).first().waitFor()
    await page.locator('.webhooks').getByRole('button', { name: 'Send again' }).first().click()
    await page.locator('.attention', { hasText: 'Is sent again.' }).waitFor()
  })

  it('shows a packer the same without what is for supervisors, and axe-core nothing serious', async () => {
    await submit('seen.pdf', 'Laser')
    for (const user of ['packer', 'supervisor'] as const) {
      const page = await open(user)
      await page.locator('.tray img').first().waitFor()
      const buttons = page.getByRole('button', { name: 'Pause' })
      if (user === 'packer') expect(await buttons.count()).to.equal(0)
      else expect(await buttons.count()).to.be.above(3)
      expect(await seriousIn(page), user).to.deep.equal([])
    }
  })
})
