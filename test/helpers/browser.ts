import type { Context } from 'mocha'
import {
  type Browser,
  type BrowserContextOptions,
  type CDPSession,
  chromium,
  type Page,
} from 'playwright-core'
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

/** Browsers in which somebody has signed in by the page. */
const signedIn = new WeakSet<Browser>()

/**
 * A tab of its own browser profile, signed in: the first of a browser by the page itself, further ones by what that page
 * would send, since to draw it takes a second of the processor.
 */
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
  if (signedIn.has(browser)) {
    await signIn(page, url, options.user)
    await page.goto(`${url}${options.path}`)
  } else {
    await signInByPage(page, url, options.user)
    await page.locator(`.ways a[href$="${options.path}"]`).click()
    signedIn.add(browser)
  }
  // The first page has a `main`, too.
  await page.locator(`main.${options.path.slice(1)}`).waitFor()
  return page
}

async function signInByPage(page: Page, url: string, user: Credentials['packer']): Promise<void> {
  await page.goto(url)
  await page.locator('#username').fill(user.username)
  await page.locator('#api-key').fill(user.api_key)
  await page.keyboard.press('Enter')
}

/** The session's cookie becomes the profile's. */
async function signIn(page: Page, url: string, user: Credentials['packer']): Promise<void> {
  const answer = await page.request.post(`${url}/v1/session`, {
    headers: { 'X-Packhouse-Page': '1' },
    data: { username: user.username, api_key: user.api_key },
  })
  if (!answer.ok()) throw new Error(`${user.username} was not signed in: ${await answer.text()}`)
}

/**
 * As a keyboard wedge types it, wherever the focus is: all keys at once, since Playwright's own typing waits for an answer to
 * each and is as slow as a person on a busy machine.
 */
export async function scan(page: Page, code: string, { enters = 1 } = {}): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await Promise.all(pressKeys(session, code, enters))
  await session.detach()
}

/** The same, while the page has something else to do for that long from the middle of the code on. */
export async function scanWhileBusy(
  page: Page,
  code: string,
  { enters, busyMs }: { readonly enters: number; readonly busyMs: number },
): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const expression = `{ const end = performance.now() + ${busyMs}; while (performance.now() < end); }`
  const middle = Math.floor(code.length / 2)
  await Promise.all([
    ...pressKeys(session, code.slice(0, middle), 0),
    session.send('Runtime.evaluate', { expression }),
    ...pressKeys(session, code.slice(middle), enters),
  ])
  await session.detach()
}

function pressKeys(session: CDPSession, code: string, enters: number): readonly Promise<unknown>[] {
  const keys = [
    ...[...code].map((key) => ({ key, text: key })),
    ...Array.from({ length: enters }, () => ENTER),
  ]
  return keys.flatMap((key) => [
    session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key }),
    session.send('Input.dispatchKeyEvent', { type: 'keyUp', key: key.key }),
  ])
}
