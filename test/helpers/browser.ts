import { type Browser, chromium } from 'playwright-core'

/** Debian's Chromium, without a window. As root it has no sandbox of its own to enter. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
}
