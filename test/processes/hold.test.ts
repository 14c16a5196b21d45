import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { addSocketPrinter } from '../helpers/print-floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type ServerProcess, startServerProcess } from '../helpers/server-process.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../helpers/webhook-receiver.ts'
import { launchBrowser, openPage } from '../helpers/browser.ts'
import { type Answer, packhouse } from '../helpers/packhouse-command.ts'

const JOBS = '/v1/cloud-printing/jobs'
const PRINTERS = '/v1/cloud-printing/printers'

/** docs/operations.md, "Backup and restore". */
describe('packhouse hold', function () {
  this.timeout(90_000)
  let server: TestServer
  let sink: SocketSink
  let fresh: SocketSink
  let receiver: WebhookReceiver
  let late: WebhookReceiver
  let second: ServerProcess | undefined

  beforeEach(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535', EGRESS_ALLOW: '127.0.0.1' } })
    sink = await startSocketSink()
    fresh = await startSocketSink()
    receiver = await startWebhookReceiver()
    late = await startWebhookReceiver()
  })
  afterEach(async () => {
    second?.kill('SIGKILL')
    await second?.ended
    await server.stop()
    await Promise.all([sink.close(), fresh.close(), receiver.close(), late.close()])
  })

  const rest = () => createRestClient(server.url, server.credentials.admin.api_key)
  const command = (name: string): Promise<Answer> =>
    packhouse([name], { DATABASE_URL: server.env['DATABASE_URL'] ?? '' })

  async function queueAt(printerName: string, pdf: Buffer): Promise<string> {
    const { json } = await rest().post(JOBS, {
      location_id: server.credentials.location_id,
      printer_name: printerName,
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
    })
    return json.data.id
  }

  const statusOf = async (jobId: string): Promise<string> =>
    (await rest().get(`${JOBS}/${jobId}`)).json.data.status
  const printed = (jobId: string) =>
    eventually(`${jobId} is printed`, async () =>
      (await statusOf(jobId)) === 'completed' ? true : undefined,
    )
  const newOrder = (uniqueId: string) =>
    server.rpc.call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: uniqueId }])
  const subscribe = (url: string) => rest().post('/v1/webhooks', { url, topics: ['order.created'] })

  /** As a backup has it: two jobs wait for a printer that could print them, and an event for a webhook. */
  async function restoreBackup(pdf: Buffer): Promise<readonly [string, string]> {
    const { printerId } = await addSocketPrinter(server, sink)
    await rest().post(`${PRINTERS}/${printerId}/pause`, {})
    const jobs = [await queueAt('Floor laser', pdf), await queueAt('Floor laser', pdf)] as const
    await subscribe(receiver.url)
    await server.pause()
    await server.db.raw('update printers set is_paused = false where printer_id = ?', [printerId])
    return jobs
  }

  it('lets processes start on restored data that send nothing, until packhouse release', async () => {
    const pdf = await makePdf({ text: 'restored' })
    const [done, wanted] = await restoreBackup(pdf)
    const held = await command('hold')
    expect(held.stdout, held.stderr).to.match(/^held: 6 printers, 1 webhooks; cancel at \/floor/)
    expect((await command('hold')).stdout, 'once more').to.match(/^held: 0 printers, 0 webhooks;/)

    await server.resume()
    second = await startServerProcess(server.env)
    // What was made since is not held, and shows that printers and webhooks are served.
    await addSocketPrinter(server, fresh, 'Fresh')
    await subscribe(late.url)
    await newOrder('H-1')
    await late.atLeast(1)
    await printed(await queueAt('Fresh laser', pdf))
    expect([await statusOf(done), await statusOf(wanted)]).to.deep.equal(['queued', 'queued'])
    expect(sink.received).to.have.length(0)
    expect(receiver.received).to.have.length(0)
    const doctor = await command('doctor')
    expect(doctor.stdout)
      .to.match(/\?   hold: 6 printers and 1 webhooks are held since \d{4}-\d\d-\d\dT\S+Z/)
      .and.contain('run packhouse release')

    await rest().post(`${JOBS}/${done}`, { status: 'canceled' })
    const released = await command('release')
    expect(released.stdout, released.stderr).to.equal('released: 6 printers, 1 webhooks\n')
    await printed(wanted)
    expect(sink.received.length, 'one of the two').to.equal(pdf.length)
    expect(await statusOf(done)).to.equal('canceled')
    await receiver.atLeast(1)
    expect(receiver.received.map(({ json }) => json.data.unique_id)).to.deep.equal(['H-1'])
    expect((await command('doctor')).stdout).not.to.contain('hold:')
  })

  it('is told of each printer and webhook over REST and on the floor, until it is released', async function () {
    const browser = await launchBrowser(this)
    try {
      // The supervisor sees those of their own place.
      const { location_id } = server.credentials
      const scopes = ['webhooks:write']
      const key = await rest().post('/v1/api-keys', { name: 'here', scopes, limit_to_location: location_id })
      const webhook = { url: receiver.url, topics: ['cloud_printing.*'] }
      await rest().as(key.json.data.api_key).post('/v1/webhooks', webhook)
      const began = Date.now()
      await command('hold')
      const heldOf = async (path: string) => (await rest().get(path)).json.data.map((one: any) => one.held)
      for (const held of [...(await heldOf('/v1/webhooks')), ...(await heldOf(PRINTERS))]) {
        expect(Date.parse(held.since)).to.be.within(began - 1_000, Date.now() + 1_000)
        expect(held.advice).to.contain('packhouse release')
      }

      const page = await openPage(browser, server.url, {
        user: server.credentials.supervisor,
        path: '/floor',
      })
      const line = page.locator('.webhooks > li')
      await line.locator('.mark', { hasText: 'Held by packhouse hold' }).waitFor()
      await line.getByText(/Since .*packhouse release/).waitFor()
      const card = page.locator('[data-printer="Laser"]')
      await card.locator('.mark', { hasText: 'Paused by packhouse hold' }).waitFor()
      await card.getByText(/Since .*packhouse release/).waitFor()
      await card.getByRole('button', { name: 'Resume' }).click()
      await card.locator('.mark', { hasText: 'Ready' }).waitFor()

      await command('release')
      expect(await heldOf('/v1/webhooks')).to.deep.equal([null])
      expect(new Set(await heldOf(PRINTERS))).to.deep.equal(new Set([null]))
      await page.reload()
      await line.locator('.mark', { hasText: 'Enabled' }).waitFor()
      await page.locator('[data-printer="Label"] .mark', { hasText: 'Ready' }).waitFor()
    } finally {
      await browser.close()
    }
  })

  it('leaves paused what a person paused before, or resumed and paused since', async () => {
    const { json } = await rest().get(`${PRINTERS}?limit=100`)
    const idOf = (wanted: string): string =>
      json.data.find(({ name }: { name: string }) => name === wanted).id as string
    const act = async (name: string, action: 'pause' | 'resume') =>
      expect((await rest().post(`${PRINTERS}/${idOf(name)}/${action}`, {})).status).to.equal(200)
    await act('Laser', 'pause')
    await command('hold')
    await act('Label', 'resume')
    await act('Label', 'pause')
    await act('Receipt', 'resume')
    const { stdout } = await command('release')
    expect(stdout).to.equal('released: 2 printers, 0 webhooks\n')
    const after = (await rest().get(`${PRINTERS}?limit=100`)).json.data as { name: string; paused: boolean }[]
    const paused = after.filter((printer) => printer.paused).map(({ name }) => name)
    expect(paused.toSorted()).to.deep.equal(['Label', 'Laser'])
  })
})
