import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { readEvents } from '../helpers/event-stream.ts'
import { eventually } from '../helpers/eventually.ts'
import { addPackagesWithFile, addSocketPrinter } from '../helpers/print-floor.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { createRpcClient, type RpcClient } from '../helpers/rpc-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type ServerProcess, startServerProcess } from '../helpers/server-process.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'

const JOBS = '/v1/cloud-printing/jobs'
const PACKAGES = 24

/** docs/scaling.md. The processes are real ones; that of the test has only made the workspace. */
describe('three processes on one database', function () {
  this.timeout(90_000)
  let workspace: TestServer
  let processes: ServerProcess[]
  let sink: SocketSink

  beforeEach(async () => {
    workspace = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    sink = await startSocketSink()
    await addSocketPrinter(workspace, sink)
    await workspace.pause()
    processes = await Promise.all([1, 2, 3].map(() => startServerProcess(workspace.env)))
  })
  afterEach(async () => {
    for (const child of processes) child.kill('SIGKILL')
    await Promise.all(processes.map(({ ended }) => ended))
    await workspace.resume()
    await workspace.stop()
    await sink.close()
  })

  const urlOf = (index: number) => processes[index % processes.length]?.baseUrl ?? ''
  const restAt = (index: number): RestClient =>
    createRestClient(urlOf(index), workspace.credentials.admin.api_key)

  function rpcAt(index: number): RpcClient {
    const { rpc, rpc_other_merchant, packer } = workspace.credentials
    return createRpcClient(`${urlOf(index)}/api/jsonrpc`, {
      demo: rpc.api_key,
      'demo-other': rpc_other_merchant.api_key,
      packer: packer.api_key,
    })
  }

  it('share a session from its beginning to its end', async () => {
    const session = await rpcAt(0).session()
    const ask = async (index: number) => {
      const params = [session, 'order.info', ['100000309']]
      return (await rpcAt(index).raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params }))).json
    }
    expect((await ask(1)).result.unique_id).to.equal('100000309')
    await rpcAt(2).raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'endSession', params: [session] }))
    expect((await ask(0)).error.code).to.equal(-32005)
  })

  it('share idempotency keys and events', async () => {
    const events = await readEvents(`${urlOf(2)}/v1/events?topics=cloud_printing.job.created`, {
      'PX-API-KEY': workspace.credentials.admin.api_key,
    })
    const pdf = (await makePdf({ text: 'once' })).toString('base64')
    const body = {
      location_id: workspace.credentials.location_id,
      printer_name: 'Front desk',
      data: `data:application/pdf;base64,${pdf}`,
    }
    const made = await restAt(0).post(JOBS, body, { 'Idempotency-Key': 'once' })
    const again = await restAt(1).post(JOBS, body, { 'Idempotency-Key': 'once' })
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    expect(again.json.data.id).to.equal(made.json.data.id)
    const event = (await events.next()) as { data: { data: { id: string } } }
    expect(event.data.data.id).to.equal(made.json.data.id)
    events.close()
  })

  it('print each confirmation once, whichever of them dies in the midst of it', async () => {
    const pdf = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: 'one of many' })
    const clients = [rpcAt(0), rpcAt(1), rpcAt(2)]
    const [first] = clients as [RpcClient]
    const { instructionId, packageIds } = await addPackagesWithFile(
      { ...workspace, rpc: first },
      { id: 'many', count: PACKAGES, pdf },
    )
    const stations = await first.call('packing.stations', [], 'packer')
    const floor = stations.find((station: { name: string }) => station.name === 'Floor')
    const confirm = (packageId: string, index: number) =>
      (clients[index % 3] as RpcClient)
        .call(
          'packing.confirm',
          [instructionId, packageId, { station_id: floor.station_id ?? floor.id }],
          'packer',
        )
        .catch(() => undefined)
    const confirming = packageIds.map(confirm)
    await sink.accepted
    processes[0]?.kill('SIGKILL')
    await Promise.all(confirming)
    // What its caller was not told may have been made or not: asking again at another process settles it.
    await Promise.all(packageIds.map((packageId) => confirm(packageId, 1)))

    const jobs = await eventually('every job ends', async () => {
      const { json } = await restAt(1).get(
        `${JOBS}?limit=100&resource_type=instruction&resource_id=${instructionId}`,
      )
      const isOver = json.data.every(({ status }: { status: string }) =>
        ['completed', 'failed'].includes(status),
      )
      return isOver ? (json.data as { status: string; reason: string | null }[]) : undefined
    })
    expect(jobs).to.have.length(PACKAGES)
    const doubtful = jobs.filter(({ status }) => status === 'failed')
    expect(doubtful.length, 'only what the dead process had in hand is in doubt').to.be.at.most(1)
    for (const { reason } of doubtful) expect(reason).to.match(/^outcome-unknown: /)
    const copies = sink.received.length / pdf.length
    expect(copies).to.be.within(PACKAGES - doubtful.length, PACKAGES)
  })
})
