import { rename, statfs } from 'node:fs/promises'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { makePdf } from '../helpers/documents.ts'
import { becomes, type Scrape, scrape } from '../helpers/metrics.ts'
import { addPackagesWithFile } from '../helpers/print-floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../helpers/webhook-receiver.ts'

const FREE = 'packhouse_data_dir_free_bytes'

describe('/metrics', function () {
  this.timeout(30_000)
  let server: TestServer
  let first: Scrape
  before(async () => {
    server = await startServer()
    first = await scrape(server.url)
  })
  after(() => server.stop())

  const untilIs = (series: string, expected: number) => becomes(server.url, series, expected)

  it('have every series that an alarm may look for from the first scrape, at 0', () => {
    expect(first.series('packhouse_print_attempts_total')).to.deep.equal({
      'outcome="not_sent"': 0,
      'outcome="sent"': 0,
      'outcome="confirmed"': 0,
      'outcome="unknown"': 0,
    })
    for (const pool of ['LASER', 'LABEL', 'SMALL_LABEL', 'RECEIPT', 'none']) {
      for (const series of [
        `packhouse_events_total{type="cloud_printing.job.failed",pool="${pool}"}`,
        `packhouse_click_to_first_byte_seconds_count{pool="${pool}"}`,
        `packhouse_queue_oldest_seconds{pool="${pool}"}`,
        `packhouse_queue_jobs{pool="${pool}",status="queued"}`,
      ])
        expect(first.value(series), series).to.equal(0)
    }
    for (const series of [
      'packhouse_events_total{type="order_instruction.confirmed",pool="none"}',
      'packhouse_webhook_delivery_seconds_count{status="failed"}',
      'packhouse_webhook_due',
      'packhouse_webhook_oldest_due_seconds',
      'packhouse_rpc_answers_total{method="packing.confirm",code="-32001"}',
      'packhouse_rpc_answers_total{method="login",code="-32002"}',
      'packhouse_rpc_answers_total{method="none",code="-32700"}',
      'packhouse_rpc_call_seconds_count{method="packing.confirm"}',
      'packhouse_http_responses_total{door="rest",status="429"}',
      'packhouse_http_responses_total{door="rpc",status="429"}',
    ])
      expect(first.value(series), series).to.equal(0)
  })

  it('count a job on its way by pool, and the time from the click to its first byte', async () => {
    const pdf = await makePdf({ text: 'counted' })
    const { instructionId, packageIds } = await addPackagesWithFile(server, { id: 'count', count: 1, pdf })
    await server.rpc.call('packing.confirm', [instructionId, packageIds[0]], 'packer')
    for (const step of ['created', 'processing', 'completed']) {
      await untilIs(`packhouse_events_total{type="cloud_printing.job.${step}",pool="LASER"}`, 1)
    }
    await untilIs('packhouse_events_total{type="order_instruction.confirmed",pool="none"}', 1)
    await untilIs('packhouse_click_to_first_byte_seconds_count{pool="LASER"}', 1)
    const { value } = await scrape(server.url)
    expect(value('packhouse_click_to_first_byte_seconds_sum{pool="LASER"}')).to.be.within(0.001, 30)
    await untilIs('packhouse_print_attempts_total{outcome="confirmed"}', 1)
  })

  it('tell how the connections to the database are used', async () => {
    const { value } = await scrape(server.url)
    expect(value('packhouse_database_connections{state="waiting"}')).to.equal(0)
    expect(value('packhouse_database_connections{state="free"}')).to.be.above(0)
  })

  it('tell what is free on the disk of DATA_DIR, and nothing of it where the disk does not', async () => {
    const { bavail, bsize } = await statfs(server.dataDir)
    const free = (await scrape(server.url)).value(FREE)
    expect(free).to.be.within(bavail * bsize * 0.9, bavail * bsize * 1.1)
    await rename(server.dataDir, `${server.dataDir}.away`)
    try {
      const { value } = await scrape(server.url)
      expect(value(FREE)).to.equal(undefined)
      expect(value('packhouse_database_connections{state="waiting"}')).to.equal(0)
    } finally {
      await rename(`${server.dataDir}.away`, server.dataDir)
    }
  })

  describe('of webhooks', () => {
    const DUE = 'packhouse_webhook_due'
    const OLDEST = 'packhouse_webhook_oldest_due_seconds'
    let receiver: WebhookReceiver
    let sending: TestServer
    before(async () => {
      receiver = await startWebhookReceiver()
      sending = await startServer({ env: { EGRESS_ALLOW: receiver.host } })
    })
    after(async () => {
      await sending.stop()
      await receiver.close()
    })

    it('tell what is due to a receiver that is too slow and for how long, and nothing of one that is disabled', async () => {
      receiver.respond(() => undefined)
      const rest = createRestClient(sending.url, sending.credentials.admin.api_key)
      const hook = { url: receiver.url, topics: ['order.created'] }
      const { json } = await rest.post('/v1/webhooks', hook)
      for (let order = 0; order < 6; order += 1)
        await sending.rpc.call('order.create', [null, { 'SKU-1': 1 }], 'demo')
      // Four are sent at a time: two wait.
      await receiver.atLeast(4)
      await eventually('those that wait have grown old', async () => {
        const { rowCount } = await sending.db.raw<{ rowCount: number }>(
          `update webhook_deliveries set next_attempt_at = clock_timestamp() - interval '400 seconds'
           where lease_id is null and status = 'pending'`,
        )
        return rowCount >= 2 ? true : undefined
      })
      await eventually('the age of what is due is told', async () =>
        ((await scrape(sending.url)).value(OLDEST) ?? 0) >= 400 ? true : undefined,
      )
      const { value } = await scrape(sending.url)
      expect(value(DUE)).to.be.within(2, 6)
      expect(value(OLDEST)).to.be.within(400, 460)
      await rest.post(`/v1/webhooks/${json.data.id}`, { status: 'disabled' })
      await becomes(sending.url, DUE, 0)
      expect((await scrape(sending.url)).value(OLDEST)).to.equal(0)
    })
  })

  describe('of a queue', () => {
    const OLDEST = 'packhouse_queue_oldest_seconds{pool="none"}'
    let queue: TestServer
    beforeEach(async () => {
      queue = await startServer()
    })
    afterEach(() => queue.stop())

    /** At a station whose client never calls. */
    async function aJobOfAge(seconds: number): Promise<string> {
      const rest = createRestClient(queue.url, queue.credentials.admin.api_key)
      const pdf = (await makePdf({ text: 'waits' })).toString('base64')
      const job = {
        location_id: queue.credentials.location_id,
        data: `data:application/pdf;base64,${pdf}`,
        printer_name: 'Front desk',
      }
      const { json } = await rest.post('/v1/cloud-printing/jobs', job)
      const { id } = json.data
      await queue.db.raw(
        `update print_jobs set created_at = clock_timestamp() - ? * interval '1 second' where job_id = ?`,
        [seconds, id],
      )
      return id
    }

    it('tell how much waits, and its age at that very scrape, none of a scrape before', async () => {
      const id = await aJobOfAge(100)
      const { value } = await scrape(queue.url)
      expect(value('packhouse_queue_jobs{pool="none",status="queued"}')).to.equal(1)
      expect(value(OLDEST)).to.be.within(100, 130)
      const again = await scrape(queue.url)
      expect(again.value(OLDEST)).to.be.above(value(OLDEST) ?? Infinity)
      const rest = createRestClient(queue.url, queue.credentials.admin.api_key)
      await rest.post(`/v1/cloud-printing/jobs/${id}`, { status: 'canceled' })
      await becomes(queue.url, 'packhouse_queue_jobs{pool="none",status="queued"}', 0)
      expect((await scrape(queue.url)).value(OLDEST)).to.equal(0)
    })

    it('are absent while the database does not tell, and the rest is there in time', async () => {
      await aJobOfAge(100)
      const lock = await queue.db.transaction()
      await lock.raw('lock table print_jobs in access exclusive mode')
      const { value, series } = await scrape(queue.url).finally(() => lock.rollback())
      expect(series('packhouse_queue_oldest_seconds')).to.deep.equal({})
      expect(series('packhouse_queue_jobs')).to.deep.equal({})
      expect(value('packhouse_print_attempts_total{outcome="unknown"}')).to.equal(0)
      await becomes(queue.url, 'packhouse_queue_jobs{pool="none",status="queued"}', 1)
      expect((await scrape(queue.url)).value(OLDEST)).to.be.above(100)
    })
  })
})
