import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { freePort } from '../helpers/free-port.ts'
import { type FickleProxy, type ProxyAnswer, startFickleProxy } from '../helpers/fickle-proxy.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { aStationFolder, type StationFolder } from '../helpers/station-process.ts'

const BASE = '/v1/cloud-printing'
const PDF =
  '%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n' +
  '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>\nendobj\ntrailer\n<</Root 1 0 R/Size 4>>\n%%EOF\n'
const SIGN_IN: ProxyAnswer = { status: 200, type: 'text/html', body: '<html>Welcome to our network</html>' }

const envelope = (status: number, code: string, endpoint: string): ProxyAnswer => ({
  status,
  type: 'application/json',
  body: JSON.stringify({ status, message: code, data: {}, code, error_code: code, errors: [], endpoint }),
})

describe('packhouse-station behind a proxy that answers itself', function () {
  this.timeout(120_000)
  let proxy: FickleProxy
  let server: TestServer
  let admin: RestClient
  let sink: SocketSink
  let folder: StationFolder
  let stationId: string

  beforeEach(async () => {
    proxy = await startFickleProxy()
    const port = await freePort()
    proxy.target = `http://127.0.0.1:${port}`
    server = await startServer({ env: { PORT: String(port), PUBLIC_URL: proxy.url } })
    admin = createRestClient(proxy.target, server.credentials.admin.api_key)
    sink = await startSocketSink()
    const { json } = await admin.post(`${BASE}/stations`, {
      name: 'Behind a proxy',
      location_id: server.credentials.location_id,
      printers: [{ name: 'a', page_size: { letter: true } }],
    })
    stationId = json.data.id
    folder = await aStationFolder({
      server: proxy.url,
      api_key: server.credentials.admin.api_key,
      station_id: stationId,
      printers: { a: { type: 'socket', host: sink.host, port: sink.port } },
    })
  })
  afterEach(async () => {
    await folder.remove()
    await sink.close()
    await proxy.close()
    await server.stop()
  })

  async function addJob(): Promise<string> {
    const { json, status, text } = await admin.post(`${BASE}/jobs`, {
      location_id: server.credentials.location_id,
      print_station_id: stationId,
      data: `data:application/pdf;base64,${Buffer.from(PDF).toString('base64')}`,
    })
    expect(status, text).to.equal(201)
    return json.data.id
  }

  const jobOf = async (id: string) => (await admin.get(`${BASE}/jobs/${id}`)).json.data
  const ended = (id: string) =>
    eventually(`job ${id} ends`, async () => {
      const job = await jobOf(id)
      return job.status === 'queued' || job.status === 'processing' ? undefined : job
    })

  it('tells how a job ended until the server itself has heard it', async () => {
    const id = await addJob()
    const path = `${BASE}/jobs/${id}`
    const answers = [
      envelope(401, 'invalid_api_key', path),
      { status: 404, type: 'text/html', body: '<h1>404 Not Found</h1>' },
      envelope(404, 'not_found', `/elsewhere${path}`),
      SIGN_IN,
    ]
    proxy.answer = (_request, body) => (body.includes('"completed"') ? (answers.shift() ?? null) : null)
    const client = folder.start()
    const job = await ended(id)
    expect(answers).to.deep.equal([])
    expect([job.status, job.reason]).to.deep.equal(['completed', null])
    expect(sink.connections).to.equal(1)
    expect(client.lines.filter((line) => line.includes('report not taken'))).to.have.length(4)
  })

  it('lets rest what the server refuses for good, and nothing else', async () => {
    const canceled = await addJob()
    await admin.post(`${BASE}/jobs/${canceled}`, { status: 'canceled' })
    const unknown = 'prnt_job_0000000000000000000000'
    const open = await addJob()
    await admin.get(`${BASE}/stations/${stationId}/next?wait=0`)
    const journal = join(folder.stateDir, 'journal.jsonl')
    const end = { status: 'completed', reason: null }
    const lines = [canceled, unknown, open].map((id) => JSON.stringify({ job_id: id, step: 'ended', end }))
    await writeFile(journal, `${lines.join('\n')}\n`)
    let refusals = 0
    proxy.answer = ({ url = '' }) => {
      if (!url.endsWith(open) || refusals === 2) return null
      refusals += 1
      return envelope(403, 'location_access', url)
    }
    folder.start()
    expect((await ended(open)).status).to.equal('completed')
    expect(refusals).to.equal(2)
    await eventually('the journal says so', async () => {
      const text = await readFile(journal, 'utf8')
      const isReported = (id: string) => text.includes(`{"job_id":"${id}","step":"reported"}`)
      return [canceled, unknown, open].every(isReported) ? true : undefined
    })
    expect((await jobOf(canceled)).status).to.equal('canceled')
    expect(sink.connections).to.equal(0)
  })

  it('prints the document, and not what a network says in its place', async () => {
    const answers = [SIGN_IN, { status: 404, type: 'text/html', body: 'not here' }]
    proxy.answer = ({ url = '' }) => (url.startsWith('/v1/documents/') ? (answers.shift() ?? null) : null)
    const id = await addJob()
    folder.start()
    expect((await ended(id)).status).to.equal('completed')
    expect(answers).to.deep.equal([])
    expect(sink.received.toString('latin1')).to.equal(PDF)
  })

  it('starts where a killed client had a pid that another process has now', async () => {
    await symlink(`${process.pid} started-at-another-time`, join(folder.stateDir, 'client.lock.3'))
    await folder.start().said('"serving"')
  })
})
