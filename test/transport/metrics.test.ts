import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { addPackagesWithFile } from '../helpers/print-floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('/metrics', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  /** The value of a series, written as Prometheus does; 0 when it isn't there. */
  async function value(series: string): Promise<number> {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `))
    return line === undefined ? 0 : Number(line.slice(series.length + 1))
  }

  const becomes = (series: string, expected: number) =>
    eventually(`${series} is ${expected}`, async () =>
      (await value(series)) === expected ? true : undefined,
    )

  it('count a job on its way by pool, and the time from the click to its first byte', async () => {
    const pdf = await makePdf({ text: 'counted' })
    const { instructionId, packageIds } = await addPackagesWithFile(server, { id: 'count', count: 1, pdf })
    await server.rpc.call('packing.confirm', [instructionId, packageIds[0]], 'packer')
    for (const step of ['created', 'processing', 'completed']) {
      await becomes(`packhouse_events_total{type="cloud_printing.job.${step}",pool="LASER"}`, 1)
    }
    await becomes('packhouse_events_total{type="order_instruction.confirmed",pool="none"}', 1)
    await becomes('packhouse_click_to_first_byte_seconds_count{pool="LASER"}', 1)
    expect(await value('packhouse_click_to_first_byte_seconds_sum{pool="LASER"}')).to.be.within(0.001, 30)
    await becomes('packhouse_print_attempts_total{outcome="confirmed"}', 1)
  })

  it('count calls by method and fault, however they come', async () => {
    const series = (code: number) => `packhouse_rpc_call_seconds_count{method="order.info",code="${code}"}`
    const before = [await value(series(0)), await value(series(-32100))]
    await server.rpc.call('order.info', ['100000309'])
    const { code } = await server.rpc.fault('order.info', ['nothing'])
    expect(code).to.equal(-32100)
    const after = [await value(series(0)), await value(series(-32100))]
    expect(after).to.deep.equal(before.map((count) => count + 1))
  })

  it('tell how much waits for which pool, and since when', async () => {
    const rest = createRestClient(server.url, server.credentials.admin.api_key)
    const pdf = (await makePdf({ text: 'waits' })).toString('base64')
    const job = { location_id: server.credentials.location_id, data: `data:application/pdf;base64,${pdf}` }
    await rest.post('/v1/cloud-printing/jobs', { ...job, printer_name: 'Front desk' })
    await becomes('packhouse_queue_jobs{pool="none",status="queued"}', 1)
    expect(await value('packhouse_queue_oldest_seconds{pool="none"}')).to.be.above(0)
  })

  it('tell how the connections to the database are used', async () => {
    expect(await value('packhouse_database_connections{state="waiting"}')).to.equal(0)
    expect(await value('packhouse_database_connections{state="free"}')).to.be.above(0)
  })
})
