import { request } from 'node:http'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { type LocalServer, selfSignedPem, serve } from '../egress/local-server.ts'
import { launchBrowser, openPage, scan } from '../helpers/browser.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('the pages behind a proxy that speaks TLS', function () {
  this.timeout(60_000)
  let server: TestServer
  let proxy: LocalServer
  let browser: Browser
  before(async function () {
    browser = await launchBrowser(this)
    server = await startServer({ env: { TRUST_PROXY: '127.0.0.1' } })
    proxy = await serve((asked, answer) => {
      const headers = { ...asked.headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' }
      const passed = request(server.url + (asked.url ?? ''), { method: asked.method, headers }, (back) => {
        answer.writeHead(back.statusCode ?? 502, back.headers)
        back.pipe(answer)
      })
      passed.on('error', () => answer.destroy())
      answer.on('close', () => passed.destroy())
      asked.pipe(passed)
    }, selfSignedPem('IP:127.0.0.1'))
  })
  after(async () => {
    await browser.close()
    await proxy.close()
    await server.stop()
  })

  it('sign in with a cookie that leaves the browser over TLS alone, and pack', async () => {
    const page = await openPage(browser, proxy.origin, {
      user: server.credentials.packer,
      path: '/pack',
      context: { ignoreHTTPSErrors: true },
    })
    const [session] = await page.context().cookies()
    expect(session).to.include({ secure: true, httpOnly: true, sameSite: 'Strict' })
    await scan(page, '100000020-1')
    await page.locator('.rail .package', { hasText: '100000020-1' }).waitFor()
    await server.rpc.call('order_instruction.create', ['100000309', 'Told through the proxy'])
    await page.locator('.rail', { hasText: 'Told through the proxy' }).waitFor()
    await page.context().close()
  })
})
