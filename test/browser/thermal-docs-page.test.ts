import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { openBrowser } from '../helpers/browser.ts'
import { eventually } from '../helpers/eventually.ts'
import { requirePeer } from '../helpers/peers.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('GET /docs/thermal', () => {
  let server: TestServer
  let page: Page
  const started: (() => Promise<void>)[] = []
  const faults: string[] = []
  const sent: string[] = []

  before(async function () {
    requirePeer(this, 'chromium', 'chromium')
    server = await startServer({ env: { BASE_PATH: '/pack' } })
    started.push(() => server.stop())
    const browser = await openBrowser()
    started.push(() => browser.close())
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      // A refusal of the server is one of the things that are shown.
      if (message.type() === 'error' && !message.text().includes('status of 4')) faults.push(message.text())
    })
    page.on('request', (request) => sent.push(request.postData() ?? request.url()))
    await page.goto(`${server.url}/docs/thermal`)
  })
  after(async () => {
    for (const stop of started.toReversed()) await stop()
  })

  const words = () => page.locator('#words')
  const picture = () => page.locator('#picture')
  const image = () =>
    picture().evaluate((shown) => {
      const { src, complete, naturalWidth } = shown as unknown as Record<
        'src' | 'complete' | 'naturalWidth',
        unknown
      >
      return { src, complete, naturalWidth }
    })
  const drawnAgain = async (act: () => Promise<unknown>) => {
    const before = await image()
    await act()
    return eventually('another receipt', async () => {
      const now = await image()
      return now.src !== before.src && now.complete === true ? now : undefined
    })
  }

  it('asks for a key, and shows the receipt of the first example as soon as there is one', async () => {
    await words().getByText('Enter an API key').waitFor()
    await page.locator('#key').fill(server.credentials.thermal.api_key)
    await picture().waitFor()
    expect((await image()).naturalWidth).to.equal(576)
    expect(await words().textContent()).to.equal('')
  })

  it('draws again what is edited, with the digits as they were written', async () => {
    sent.length = 0
    await drawnAgain(() => page.locator('#document').fill('{"Total": 10.50, "Number": 12345678901234567890}'))
    expect(sent.at(0)).to.include('"Total": 10.50, "Number": 12345678901234567890')
    const narrow = await drawnAgain(() => page.locator('#paper').selectOption('58'))
    expect(narrow.naturalWidth).to.equal(384)
  })

  it("shows what is wrong, in the server's words and the parser's", async () => {
    await page.locator('#media').fill('{"Barcodes": {"Type": "EAN13", "Value": "123"}}')
    await words().getByText("Barcodes[0]: '123' is not a valid EAN13 value").waitFor()
    await page.locator('#media').fill('')
    await page.locator('#template').fill('{"DocumentType": "x"}')
    await words().getByText('Template x: Sections is required').waitFor()
    await page.locator('#template').fill('{"DocumentType": ')
    await words()
      .getByText(/^Template: .*JSON/)
      .waitFor()
    await page.locator('#key').fill('wrong')
    await page.locator('#template').fill('{"DocumentType": "x", "Sections": []}')
    await words().getByText('The API key is missing, unknown or expired').waitFor()
    await page.locator('#key').fill(server.credentials.thermal.api_key)
    await page.locator('#printer').fill('NOWHERE')
    await words().getByText('Printer NOWHERE not found in configuration').waitFor()
    await page.locator('#printer').fill('')
  })

  it('has every default template in both languages, and draws each', async () => {
    const names = await page.locator('#example option').allTextContents()
    expect(names).to.have.length(8)
    for (const name of names) {
      await drawnAgain(() => page.locator('#example').selectOption(name))
      expect(await words().textContent(), name).to.equal('')
    }
  })

  it('runs nothing from elsewhere, and fits a window of 1280 by 800 without scrolling', async () => {
    const policy = (await fetch(`${server.url}/docs/thermal`)).headers.get('content-security-policy') ?? ''
    expect(policy).to.match(/^default-src 'none'; style-src 'sha256-[^ ]+'; script-src 'sha256-[^ ]+'; /)
    expect(faults).to.deep.equal([])
    const overflow = await page.evaluate(
      'Math.max(document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight)',
    )
    expect(overflow).to.equal(0)
  })

  it('puts one below the other on a phone, without a gap and without scrolling to the side', async () => {
    await page.setViewportSize({ width: 375, height: 740 })
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    expect(overflow).to.equal(0)
    const [document, media] = [
      await page.locator('label:has(#document)').boundingBox(),
      await page.locator('label:has(#media)').boundingBox(),
    ]
    expect(media?.y).to.be.closeTo((document?.y ?? 0) + (document?.height ?? 0), 20)
  })
})
