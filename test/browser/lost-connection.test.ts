import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { COMMAND_CODES } from '../../web/pack/command.ts'
import { COMMANDS_MAX } from '../../web/pack/command-queue.ts'
import { launchBrowser, openPage, scan } from '../helpers/browser.ts'
import { type CutLine, startCutLine } from '../helpers/cut-line.ts'
import { makePdf } from '../helpers/documents.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe("the packer's page without its server", function () {
  this.timeout(90_000)
  let server: TestServer
  let browser: Browser
  let line: CutLine
  let page: Page
  const instructions = new Map<string, number>()
  before(async function () {
    browser = await launchBrowser(this)
    server = await startServer()
    line = await startCutLine(server.url)
  })
  beforeEach(async () => {
    line.mend()
    page = await openPage(browser, line.url, { user: server.credentials.packer, path: '/pack' })
  })
  afterEach(() => page.context().close())
  after(async () => {
    await browser.close()
    await line.close()
    await server.stop()
  })

  let orders = 0

  /** Of its own, also for a test that is tried again. */
  async function order(name: string, packages: number, notes: readonly string[]): Promise<readonly string[]> {
    orders += 1
    const id = `${name}-${orders}`
    await server.rpc.call('order.create', [null, { MUG: 1 }, null, { unique_id: id }])
    await server.rpc.call('shipment.create', [id, { shipment_id: `${id}-s`, packages }])
    const content = (await makePdf({ text: 'Slip', widthPt: 612, heightPt: 792 })).toString('base64')
    const file = { file_name: 'slip.pdf', file_content: content, presentation: 'once_per_package' }
    for (const note of notes) {
      const { instruction_id } = await server.rpc.call('order_instruction.create', [id, note, file])
      instructions.set(note, instruction_id)
    }
    return Array.from({ length: packages }, (_, index) => `${id}-s-${index + 1}`)
  }
  const said = (text: string) => page.locator('#said', { hasText: text }).waitFor()
  const shown = (note: string) => page.locator('.card[data-seen="true"]', { hasText: note }).waitFor()
  const userId = async (): Promise<string> => {
    const { rows } = await server.db.raw(`select user_id from users where username = 'packer'`)
    return rows[0].user_id
  }
  const isBack = () => page.locator('[data-connected="true"]').waitFor()
  /** How many jobs the instruction of that note made. */
  const jobsOf = async (note: string): Promise<number> => {
    const query = { resource_type: 'instruction', resource_id: String(instructions.get(note)) }
    return (await server.rpc.call('print_job.list', [query])).data.length
  }

  it('says so at once, keeps what is scanned, and does it once and in order when it is back', async () => {
    const [one = '', two = ''] = await order('LOST', 2, ['First slip', 'Second slip'])
    await scan(page, one)
    await shown('First slip')
    line.cut()
    await page.locator('.lost[role="alert"]', { hasText: 'No connection to the server' }).waitFor()
    await page.keyboard.press('Enter')
    await said('Kept. It is sent when the connection is back.')
    await shown('Second slip')
    await scan(page, COMMAND_CODES.confirm)
    await page.locator('.all-done', { hasText: 'Everything is kept, and not sent yet' }).waitFor()
    await page.keyboard.press('F8')
    await scan(page, two)
    await page.locator('[data-waiting="4"]').waitFor()
    // Its instructions haven't been seen by anybody.
    await scan(page, COMMAND_CODES.confirm)
    await said('Not taken: wait until the instruction is shown')
    expect(await jobsOf('First slip')).to.equal(0)

    line.mend()
    await isBack()
    await page.locator('.rail .package', { hasText: two }).waitFor()
    await shown('First slip')
    expect(await jobsOf('First slip')).to.equal(1)
    expect(await jobsOf('Second slip')).to.equal(1)
    const [pack] = await server.rpc.call('package.search', [{ package_id: one }, {}, ['package_status']])
    expect(pack.package_status).to.equal('packed')
  })

  it('prints once when the server had done it and the answer was lost', async () => {
    const [pack = ''] = await order('ANSWER', 1, ['Slip of the lost answer'])
    await scan(page, pack)
    await shown('Slip of the lost answer')
    line.swallowAnswers()
    const swallowed = line.swallowed('packing.confirm')
    await page.keyboard.press('Enter')
    await swallowed
    line.cut()
    await page.locator('.lost').waitFor()
    line.mend()
    await page.locator('[data-state="confirmed"]').waitFor()
    expect(await jobsOf('Slip of the lost answer')).to.equal(1)

    await page.locator('[data-print="completed"]').waitFor()
    await page.keyboard.press('F4')
    line.swallowAnswers()
    const again = line.swallowed('packing.reprint')
    await page.getByRole('button', { name: 'Torn or crumpled' }).click()
    await again
    line.cut()
    await page.locator('.lost').waitFor()
    line.mend()
    await said('Prints again on Laser.')
    expect(await jobsOf('Slip of the lost answer')).to.equal(2)
  })

  it('keeps what was scanned through a reload', async () => {
    const [pack = ''] = await order('RELOAD', 1, ['Slip of the reload'])
    await scan(page, pack)
    await shown('Slip of the reload')
    line.cut()
    await page.locator('.lost').waitFor()
    await page.keyboard.press('Enter')
    await said('Kept.')
    line.mend()
    await page.reload()
    await said('Confirmed. Prints on Laser.')
    expect(await jobsOf('Slip of the reload')).to.equal(1)
    await page.locator('.rail .package', { hasText: pack }).waitFor()
  })

  it('keeps what was scanned through a closed tab, after it has asked whether to close it', async () => {
    const [pack = ''] = await order('CLOSED', 1, ['Slip of the closed tab'])
    await scan(page, pack)
    await shown('Slip of the closed tab')
    line.cut()
    await page.locator('.lost').waitFor()
    await page.keyboard.press('Enter')
    await said('Kept.')
    const asked = page.waitForEvent('dialog')
    await page.close({ runBeforeUnload: true })
    const dialog = await asked
    expect(dialog.type()).to.equal('beforeunload')
    const closed = page.waitForEvent('close')
    await dialog.accept()
    await closed
    line.mend()
    const before = page.context()
    page = await before.newPage()
    await page.goto(`${line.url}/pack`)
    await said('Confirmed. Prints on Laser.')
    expect(await jobsOf('Slip of the closed tab')).to.equal(1)
    expect(
      await page.evaluate('Object.keys(localStorage).filter((key) => /commands/.test(key))'),
    ).to.deep.equal([])
  })

  it('says what of it was refused, and of which package, though another one is on the screen by then', async () => {
    const [one = '', two = ''] = await order('REFUSED', 2, ['Slip that is edited'])
    await scan(page, one)
    await shown('Slip that is edited')
    line.cut()
    await page.locator('.lost').waitFor()
    await page.keyboard.press('Enter')
    await said('Kept.')
    await scan(page, COMMAND_CODES.finish)
    await scan(page, two)
    await page.locator('[data-waiting="3"]').waitFor()
    await server.rpc.call('order_instruction.edit', [
      instructions.get('Slip that is edited'),
      'Other words',
      {},
    ])
    line.mend()
    await page.reload()
    await page.locator('.rail .package', { hasText: two }).waitFor()
    const notDone = page.locator('.not-done')
    await notDone.filter({ hasText: `${one}: The instruction has changed.` }).waitFor()
    await notDone.getByRole('button').click()
    await notDone.filter({ hasText: `${one}: Not finished: instructions are still open.` }).waitFor()
    await scan(page, one)
    await notDone.waitFor({ state: 'detached' })
    expect(await jobsOf('Slip that is edited')).to.equal(0)
  })

  it('does what two tabs have kept, each its own', async () => {
    const [one = '', two = ''] = await order('TABS', 2, ['Slip of two tabs'])
    const other = await page.context().newPage()
    await other.goto(`${line.url}/pack`)
    await other.locator('main.pack').waitFor()
    const tabs = [
      { tab: page, pack: one },
      { tab: other, pack: two },
    ]
    for (const { tab, pack } of tabs) {
      await scan(tab, pack)
      await tab.locator('.card[data-seen="true"]').waitFor()
    }
    line.cut()
    for (const { tab } of tabs) {
      await tab.locator('.lost').waitFor()
      await tab.keyboard.press('Enter')
      await tab.locator('[data-waiting="1"]').waitFor()
    }
    line.mend()
    for (const { tab } of tabs) await tab.locator('#said', { hasText: 'Confirmed.' }).waitFor()
    expect(await jobsOf('Slip of two tabs')).to.equal(2)
  })

  it('says when no more can be kept', async () => {
    const command = { kind: 'open', code: 'KEPT', stationId: '' }
    const kept = JSON.stringify(Array(COMMANDS_MAX).fill({ command, isAsked: false }))
    const key = `packhouse-commands-${await userId()}-`
    await page.evaluate(
      `localStorage.setItem('${key}' + sessionStorage.getItem('packhouse-tab'), ${JSON.stringify(kept)})`,
    )
    await page.route('**/api/jsonrpc', (route) => route.abort())
    await page.reload()
    await page.locator('.lost', { hasText: `Stop scanning: ${COMMANDS_MAX} are kept` }).waitFor()
    await scan(page, 'ONE-TOO-MANY')
    await said(`Not taken: ${COMMANDS_MAX} scans are waiting already.`)
  })

  it('keeps what was scanned for whoever signs in again, when the session has ended meanwhile', async () => {
    const [pack = ''] = await order('ENDED', 1, ['Slip of the ended session'])
    await scan(page, pack)
    await shown('Slip of the ended session')
    line.cut()
    await page.locator('.lost').waitFor()
    await page.keyboard.press('Enter')
    await said('Kept.')
    const [session] = await page.context().cookies()
    await server.services.access.endSession(session?.value ?? '')
    line.mend()
    const { username, api_key } = server.credentials.packer
    await page.locator('#username').waitFor()
    await scan(page, `${username}:${api_key}`)
    await page.locator('.ways a[href$="/pack"]').click()
    await said('Confirmed. Prints on Laser.')
    expect(await jobsOf('Slip of the ended session')).to.equal(1)
  })
})
