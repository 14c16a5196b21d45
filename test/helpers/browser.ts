import type { Context } from 'mocha'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { requirePeer } from './peers.ts'
import type { Credentials } from './server.ts'

const CHROMIUM = '/usr/bin/chromium'
/** The tablet of contracts/packing.md's packer. */
const TABLET = { width: 1280, height: 800 }
/** Playwright's names of these are the browser's. */
const ENTER = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' }

/** Debian's Chromium. Skips the test where it is missing. */
export async function launchBrowser(context: Context): Promise<Browser> {
  requirePeer(context, 'chromium', 'chromium')
  return openBrowser()
}

/** Debian's Chromium, without a window. As root it has no sandbox of its own to enter. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
}

/** A tab of its own browser profile, signed in by the page itself. */
export async function openPage(
  browser: Browser,
  url: string,
  options: {
    readonly user: Credentials['packer']
    readonly path: '/pack' | '/floor'
    readonly context?: BrowserContextOptions
  },
): Promise<Page> {
  const context = await browser.newContext({ viewport: TABLET, locale: 'en-US', ...options.context })
  const page = await context.newPage()
  await page.goto(url)
  await page.locator('#username').fill(options.user.username)
  await page.locator('#api-key').fill(options.user.api_key)
  await page.keyboard.press('Enter')
  await page.locator(`.ways a[href$="${options.path}"]`).click()
  await page.locator('main').waitFor()
  return page
}

/**
 * As a keyboard wedge types it, wherever the focus is: all keys at once, since Playwright's own typing waits for an answer to
 * each and is as slow as a person on a busy machine.
 */
export async function scan(page: Page, code: string, { enters = 1 } = {}): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const keys = [
    ...[...code].map((key) => ({ key, text: key })),
    ...Array.from({ length: enters }, () => ENTER),
  ]
  await Promise.all(
    keys.flatMap((key) => [
      session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key }),
      session.send('Input.dispatchKeyEvent', { type: 'keyUp', key: key.key }),
    ]),
  )
  await session.detach()
}
