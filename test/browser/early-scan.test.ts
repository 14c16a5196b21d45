import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, openPage, scan, scanWhileBusy } from '../helpers/browser.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

/** A page that has shown nothing yet gets no keys from its browser. */
const PAINTED = "new Promise((r) => new PerformanceObserver(r).observe({ type: 'paint', buffered: true }))"
/** How many times slower the processor is: an old tablet, or one with something else to do. */
const SLOW = 12
const PACKAGE = '100000020-1'

describe("the packer's page on a slow machine", function () {
  this.timeout(90_000)
  let server: TestServer
  let browser: Browser
  let page: Page
  before(async function () {
    browser = await launchBrowser(this)
    server = await startServer()
  })
  beforeEach(async () => {
    page = await openPage(browser, server.url, { user: server.credentials.packer, path: '/pack' })
    const session = await page.context().newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW })
  })
  afterEach(() => page.context().close())
  after(async () => {
    await browser.close()
    await server.stop()
  })

  const opened = () => page.locator('.rail .package', { hasText: PACKAGE }).waitFor()
  const loading = () => page.goto(`${server.url}/pack`, { waitUntil: 'commit' })
  const field = () => page.locator('#scan').inputValue()

  it('takes what is scanned before its script has been loaded', async () => {
    await page.route('**/assets/pack-*.js', async (route) => {
      await page.evaluate(PAINTED)
      await scan(page, PACKAGE)
      await route.continue()
    })
    await loading()
    await opened()
    expect(await field()).to.equal('')
  })

  it('takes what is scanned while the server is asked who packs, also without Enter', async () => {
    await page.route('**/v1/session', async (route) => {
      await scan(page, PACKAGE, { enters: 0 })
      await route.continue()
    })
    await loading()
    await opened()
    expect(await field()).to.equal('')
  })

  it('takes a scan that it is too busy to hear', async () => {
    for (const enters of [0, 1]) {
      await page.reload()
      await page.locator('#scan:focus').waitFor()
      const code = `NO-SUCH-CODE-${enters}`
      await scanWhileBusy(page, code, { enters, busyMs: 700 })
      await page.locator('#said', { hasText: `Nothing to pack has the code ${code}.` }).waitFor()
      expect(await field()).to.equal('')
    }
  })
})
