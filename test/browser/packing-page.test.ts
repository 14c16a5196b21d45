import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { COMMAND_CODES } from '../../web/pack/command.ts'
import { BARE_SCAN_MS } from '../../web/scan/scan-reader.ts'
import { launchBrowser, openPage, scan } from '../helpers/browser.ts'
import { makePdf } from '../helpers/documents.ts'
import { type IppPrinter, startIppPrinter } from '../helpers/ippeveprinter.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

/** What the loudspeaker was told to play, by wave: a sine is good news, a sawtooth bad. */
const LISTEN = `
  window.tones = []
  const create = AudioContext.prototype.createOscillator
  AudioContext.prototype.createOscillator = function () {
    const oscillator = create.call(this)
    const start = oscillator.start
    oscillator.start = function (at) { window.tones.push(oscillator.type); return start.call(this, at) }
    return oscillator
  }`

describe("the packer's page", function () {
  this.timeout(90_000)
  let server: TestServer
  let browser: Browser
  let printer: IppPrinter
  const pages: Page[] = []

  before(async function () {
    browser = await launchBrowser(this)
    printer = await startIppPrinter(this)
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    await server.services.printers.createStation('usr_test', {
      locationId: server.credentials.location_id,
      name: 'Line 4',
      printers: [{ name: 'Office', pool: 'LASER', connection: { type: 'ipp', uri: printer.uri } }],
    })
  })
  afterEach(() => Promise.all(pages.splice(0).map((page) => page.context().close())))
  after(async () => {
    await browser.close()
    await server.stop()
    await printer.close()
  })

  async function open(locale = 'en-US'): Promise<Page> {
    const page = await openPage(browser, server.url, {
      user: server.credentials.packer,
      path: '/pack',
      context: { locale },
    })
    pages.push(page)
    return page
  }

  /** Ids of orders by the names that tests give them: a test that is tried again has an order of its own again. */
  const ids = new Map<string, string>()

  /** An order with one package for each number; answers the ids of the packages. */
  async function order(name: string, packages: number): Promise<readonly string[]> {
    const id = ids.has(name) ? `${ids.get(name)}-2` : name
    ids.set(name, id)
    await server.rpc.call('order.create', [null, { MUG: 1 }, null, { unique_id: id }])
    await server.rpc.call('shipment.create', [id, { shipment_id: `${id}-s`, packages }])
    return Array.from({ length: packages }, (_, index) => `${id}-s-${index + 1}`)
  }
  const instruct = (name: string, note: string, options: object = {}) =>
    server.rpc.call('order_instruction.create', [ids.get(name), note, options])
  const slip = async () => ({
    file_name: 'slip.pdf',
    file_content: (await makePdf({ text: 'Slip', widthPt: 612, heightPt: 792 })).toString('base64'),
    print_target: 'LASER',
  })
  const said = (page: Page, text: string) => page.locator('#said', { hasText: text }).waitFor()
  const shown = (page: Page, note: string) =>
    page.locator('.card[data-seen="true"]', { hasText: note }).waitFor()
  const focused = (page: Page) => page.evaluate('document.activeElement.id')

  it('leads from the badge to the reprint: scan, confirm, out of paper, refill, finish', async () => {
    const [pack = ''] = await order('STORY', 1)
    await instruct('STORY', 'Lay the slip on top', await slip())
    await instruct('STORY', 'Close the box with tape')
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' })
    const page = await context.newPage()
    pages.push(page)
    await page.addInitScript(LISTEN)
    await page.goto(server.url)
    const { username, api_key } = server.credentials.packer
    await page.locator('#username').waitFor()
    await scan(page, `${username}:${api_key}`)
    await page.locator('.ways a[href$="/pack"]').click()
    await page.locator('main.pack').waitFor()
    await page.locator('.station select').selectOption({ label: 'Line 4' })

    await scan(page, 'NO-SUCH-CODE')
    await said(page, 'Nothing to pack has the code NO-SUCH-CODE.')
    expect(await page.evaluate('window.tones'))
      .to.include('sawtooth')
      .and.not.include('sine')
    await scan(page, pack)
    await shown(page, 'Lay the slip on top')
    await page.locator('.picture img').waitFor()
    expect(await focused(page)).to.equal('scan')

    await printer.loadPaper(0)
    await page.keyboard.press('Enter')
    await said(page, 'Confirmed. Prints on Office.')
    expect(await page.evaluate('window.tones')).to.include('sine')
    await page.locator('.troubles', { hasText: 'Out of paper' }).waitFor()
    expect(await page.locator('.troubles').textContent()).to.include('Load paper into Office')
    await printer.loadPaper(100)
    await page.locator('[data-print="completed"]', { hasText: 'Printed on Office' }).waitFor()
    expect(await printer.documents()).to.have.length(1)

    await shown(page, 'Close the box with tape')
    await page.keyboard.press('F2')
    await said(page, 'Put off')
    await page.locator('.finish', { hasText: '1 instruction still open' }).waitFor()
    await page.keyboard.press('F8')
    await said(page, 'Not finished: instructions are still open.')
    await shown(page, 'Close the box with tape')
    await scan(page, COMMAND_CODES.confirm)
    await said(page, 'Confirmed.')
    await page.locator('.all-done').waitFor()
    await page.getByRole('button', { name: 'Finish package' }).click()
    await said(page, `Package ${pack} is packed.`)

    await scan(page, pack)
    await said(page, 'packed already')
    await page.keyboard.press('F4')
    await page.getByRole('button', { name: 'Torn or crumpled' }).click()
    await said(page, 'Prints again on Office.')
    await page.locator('[data-print="completed"]').waitFor()
    const { data } = await server.rpc.call('print_job.list', [{ resource_type: 'instruction' }])
    expect(data[0]).to.include({ reprint_reason: 'Torn or crumpled', reprint_of: data[1].id })
    expect(await printer.documents()).to.have.length(2)
  })

  it('takes a scan wherever the focus is, and leaves nothing of it there', async () => {
    const [pack = '', other = ''] = await order('FOCUS', 2)
    await instruct('FOCUS', 'Once', await slip())
    const page = await open()
    await page.locator('.station select').focus()
    await scan(page, pack)
    await shown(page, 'Once')
    await page.getByRole('button', { name: 'Sound' }).focus()
    await scan(page, other)
    await page.locator('.rail .package', { hasText: other }).waitFor()
    await shown(page, 'Once')
    expect(await page.locator('#scan').inputValue()).to.equal('')
    expect(await focused(page)).to.equal('scan')

    await page.keyboard.press('Enter')
    await page.locator('[data-print="completed"]').waitFor()
    await page.keyboard.press('F4')
    await page.locator('#other-reason').focus()
    await page.keyboard.type('smudged', { delay: 70 })
    // Nobody has the scanner at hand sooner, and a busy machine may hold up one of its keys.
    await page.waitForTimeout(2 * BARE_SCAN_MS)
    await scan(page, pack)
    await said(page, 'Close the window first')
    expect(await page.locator('#other-reason').inputValue()).to.equal('smudged')
    await page.keyboard.press('Escape')
    expect(await focused(page)).to.equal('scan')
  })

  it('is worked by keys alone, and gives the field the focus back after a choice', async () => {
    const [pack = ''] = await order('CHOICE', 1)
    await instruct('CHOICE', 'Once')
    const page = await open()
    await scan(page, pack)
    await shown(page, 'Once')
    const station = page.locator('.station select')
    await station.focus()
    const before = await station.inputValue()
    await page.keyboard.press('ArrowDown')
    expect(await station.inputValue()).to.not.equal(before)
    await page.keyboard.press('Enter')
    await page.locator('#scan:focus').waitFor()

    // By hand: the list is left at once.
    await station.dispatchEvent('pointerdown')
    await station.focus()
    await station.selectOption({ label: 'Station-001' })
    await page.locator('#scan:focus').waitFor()

    await page.getByRole('button', { name: 'Put off' }).focus()
    await page.keyboard.press('Space')
    await said(page, 'Put off')
    await shown(page, 'Once')
    await page.keyboard.press('Enter')
    await said(page, 'Confirmed.')
  })

  it('shows what confirms and what puts off in one row', async () => {
    const [pack = ''] = await order('ROW', 1)
    await instruct('ROW', 'Lay the slip on top', await slip())
    for (const locale of ['en-US', 'es-CO']) {
      const page = await open(locale)
      await scan(page, pack)
      await shown(page, 'Lay the slip on top')
      await page.locator('.picture img').waitFor()
      const tops =
        'new Set([...document.querySelectorAll(".actions button")].map((one) => one.getBoundingClientRect().top)).size'
      expect(await page.evaluate(tops), locale).to.equal(1)
    }
  })

  it('confirms nothing that was not on the screen', async () => {
    const [pack = ''] = await order('UNSEEN', 1)
    await instruct('UNSEEN', 'Read me')
    const page = await open()
    await scan(page, COMMAND_CODES.confirm)
    await said(page, 'Scan a package first.')
    // The Enter that a scanner sends twice is nobody's.
    await scan(page, pack, { enters: 2 })
    await shown(page, 'Read me')
    const { occurrences } = await server.rpc.call('packing.open', [pack], 'packer')
    expect(occurrences[0].state).to.equal('due')

    await instruct('UNSEEN', 'Read me, too')
    // Told by an event: the page itself looks every 30 s.
    await page.locator('.rail', { hasText: 'Read me, too' }).waitFor({ timeout: 15_000 })
    await server.rpc.call('order_instruction.edit', [occurrences[0].instruction_id, 'Read me again'])
    await shown(page, 'Read me again')
  })

  it('shows two packers at once who had an instruction, and prints it once', async () => {
    const [one = '', two = ''] = await order('TWO', 2)
    const { instruction_id: id } = await instruct('TWO', 'Slip once per order', {
      ...(await slip()),
      presentation: 'once_per_order',
    })
    const [first, second] = [await open(), await open()]
    await scan(first, one)
    await scan(second, two)
    await shown(first, 'Slip once per order')
    await shown(second, 'Slip once per order')
    await first.keyboard.press('Enter')
    await said(first, 'Confirmed.')
    await second.locator('.all-done').waitFor()
    await second.locator('[data-state="elsewhere"]', { hasText: 'Done elsewhere' }).waitFor()
    const query = { resource_type: 'instruction', resource_id: String(id) }
    expect((await server.rpc.call('print_job.list', [query])).data).to.have.length(1)
  })

  it('finishes no package by the Enter that bounced on its last instruction', async () => {
    const [pack = ''] = await order('BOUNCE', 1)
    await instruct('BOUNCE', 'The last one')
    const page = await open()
    await scan(page, pack)
    await shown(page, 'The last one')
    await page.evaluate(`for (let times = 0; times < 2; times += 1)
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))`)
    await shown(page, 'Everything is done')
    const status = async () =>
      (await server.rpc.call('package.search', [{ package_id: pack }, {}, ['package_status']]))[0]
        .package_status
    expect(await status()).to.equal('packing')
    await page.keyboard.press('Enter')
    await said(page, `Package ${pack} is packed.`)
    expect(await status()).to.equal('packed')
  })

  it('keeps the instruction at hand in sight, however many there are', async () => {
    const [pack = ''] = await order('MANY', 1)
    for (let number = 1; number <= 12; number += 1) await instruct('MANY', `Instruction ${number}`)
    const page = await open()
    await scan(page, pack)
    await shown(page, 'Instruction 1')
    await page.keyboard.press('ArrowUp')
    await shown(page, 'Instruction 12')
    const [rail, step] = await Promise.all(
      ['.rail', '.rail [aria-current="step"]'].map((place) => page.locator(place).boundingBox()),
    )
    if (!rail || !step) throw new Error('neither rail nor step')
    expect(step.y + step.height).to.be.at.most(rail.y + rail.height + 1)
  })

  it('goes back and forth between instructions by keys, and speaks Spanish to whoever wants it', async () => {
    const [pack = ''] = await order('KEYS', 1)
    for (const note of ['Uno', 'Dos', 'Tres']) await instruct('KEYS', note)
    const page = await open('es-CO')
    await scan(page, pack)
    await shown(page, 'Uno')
    await page.keyboard.press('ArrowDown')
    await shown(page, 'Dos')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await shown(page, 'Tres')
    expect(await page.locator('.confirm').textContent()).to.include('Confirmar')
    expect(await page.title()).to.equal('Empaque · Packhouse')
    await page.keyboard.press('Enter')
    await said(page, 'Confirmado.')
    await shown(page, 'Uno')
  })
})
