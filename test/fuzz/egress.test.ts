import { readdir } from 'node:fs/promises'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { type LocalServer, serve } from '../egress/local-server.ts'
import { aPdf } from '../faults/floor.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { createRpcClient, RpcCallError, type RpcClient } from '../helpers/rpc-client.ts'
import { fuzz, timeoutMsOf } from './budget.ts'
import { hostileText } from './hostile-values.ts'
import { type Subject, startSubject } from './subject.ts'

const BATCH = 6
const NAME_LENGTH_MAX = 191
const JOBS = '/v1/cloud-printing/jobs'

/** Loopback, private and metadata addresses in the ways that URLs can write them; `PORT` is that of what must not be reached. */
const FORBIDDEN_HOSTS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '１２７.０.０.１',
  '127。0。0。1',
  '①②⑦.0.0.1',
  '0',
  '0.0.0.0',
  '127.255.255.254',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'LocalHost',
  'ip6-localhost',
  '169.254.169.254',
  '10.0.0.1',
  '[fe80::1]',
  '[fd00:ec2::254]',
]

describe('names and addresses that nobody would choose', function () {
  let subject: Subject
  let admin: RestClient
  let rpc: RpcClient
  /** Stands for the world outside: its address and port are allowed. */
  let outside: LocalServer
  /** On an address and port that no URL may reach. */
  let inside: Server
  let touched = 0
  let answer: (response: ServerResponse) => void

  before(async function () {
    this.timeout(120_000)
    outside = await serve((_request, response) => answer(response))
    inside = createServer((socket) => {
      touched += 1
      socket.on('error', () => undefined).destroy()
    }).listen(0, '127.0.0.1')
    await once(inside, 'listening')
    subject = await startSubject({ EGRESS_ALLOW: `127.0.0.1:${outside.port}` })
    admin = createRestClient(subject.url, subject.credentials.admin.api_key)
    const { username, api_key } = subject.credentials.rpc
    rpc = createRpcClient(`${subject.url}/api/jsonrpc`, { [username]: api_key })
  })
  after(async function () {
    this.timeout(60_000)
    inside.close()
    await outside.close()
    await subject.stop()
  })

  /** The file name of a new instruction; none where it was refused as invalid data. */
  async function attach(options: object): Promise<{ readonly name?: string }> {
    const { unique_id } = await rpc.call('order.create', [null, { MUG: 1 }])
    try {
      return { name: (await rpc.call('order_instruction.create', [unique_id, 'a note', options])).file_name }
    } catch (error) {
      expect(error, String(error)).to.be.instanceOf(RpcCallError)
      expect((error as RpcCallError).fault.code).to.equal(-32_100)
      return {}
    }
  }

  it('become file names that lead nowhere and fit', async function () {
    this.timeout(timeoutMsOf('file names'))
    const file_content = aPdf('named').toString('base64')
    const given = hostileText.map((name) => ({ way: 'given', name }) as const)
    const header = hostileText.map((name) => ({ way: 'header', name: headerText(name) }) as const)
    const path = hostileText.map((name) => ({ way: 'path', name: encoded(name) }) as const)
    const printer = hostileText.map((name) => ({ way: 'printer', name }) as const)
    await fuzz('file names', fc.oneof(given, header, path, printer), async ({ way, name }) => {
      if (way === 'printer') {
        await printAt(name)
        return 1
      }
      answer = (response) => {
        // Byte for byte: Node would write other ones into this header.
        if (way === 'header') response.socket?.end(withDisposition(name, aPdf('named')))
        else response.end(aPdf('named'))
      }
      const url = `${outside.origin}/${way === 'path' ? name : 'x'}`
      const kept = await attach(
        way === 'given' ? { file_name: name, file_content } : { file_request: { url } },
      )
      if (kept.name !== undefined) assertHarmless(kept.name)
      return 1
    })
    await subject.assertSound()
  })

  /** What a virtual printer of that name prints stays in its own folder. */
  async function printAt(name: string): Promise<void> {
    const { location_id } = subject.credentials
    const printer = { name, connection: { type: 'virtual' } }
    const station = `station ${performance.now()}`
    const made = await admin.post('/v1/cloud-printing/stations', {
      name: station,
      location_id,
      printers: [printer],
    })
    if (made.status === 400) return
    expect(made.status, made.text).to.equal(201)
    const { id } = made.json.data
    const data = `data:application/pdf;base64,${aPdf(name.slice(0, 5)).toString('base64')}`
    const { json } = await admin.post(JOBS, { location_id, print_station_id: id, data })
    await eventually(
      `the job at ${JSON.stringify(name)} ends`,
      async () => {
        const { status } = (await admin.get(`${JOBS}/${json.data.id}`)).json.data
        return status === 'completed' ? status : undefined
      },
      60_000,
    )
    expect(await readdir(subject.dataDir)).to.have.members(['credentials.json', 'virtual-printers'])
    const folders = await readdir(join(subject.dataDir, 'virtual-printers'), { withFileTypes: true })
    expect(folders.filter((entry) => !entry.isDirectory())).to.deep.equal([])
    await admin.delete(`/v1/cloud-printing/stations/${id}`)
  }

  it('lead to nothing inside, however the address is written and whoever is asked', async function () {
    this.timeout(timeoutMsOf('URLs'))
    const url = fc
      .record({
        scheme: fc.constantFrom(
          'http://',
          'http://',
          'https://',
          'HTTP://',
          'http:\\\\',
          'http:',
          'http:/',
          ' http://',
          'ht\ntp://',
          '//',
          'ftp://',
          'file://',
        ),
        user: fc.constantFrom(
          '',
          '',
          '',
          '',
          'user@',
          'user:secret@',
          `127.0.0.1:${outside.port}@`,
          'a.example%00@',
          '@',
        ),
        host: fc.constantFrom(...FORBIDDEN_HOSTS),
        tail: fc.constantFrom('/', '', '/x?y#z', '/..', '\\@a.example', '#@a.example/', '/%0d%0aX:y', '?'),
      })
      .map(({ scheme, user, host, tail }) => `${scheme}${user}${host}:${insidePort()}${tail}`)
    const cases = fc.record({ url, way: fc.constantFrom('file_request', 'job', 'webhook', 'redirect') })
    await fuzz('URLs', fc.array(cases, { minLength: 1, maxLength: BATCH }), async (batch) => {
      for (const each of batch) await askFor(each.url, each.way)
      expect(touched, 'connections to what is inside').to.equal(0)
      return batch.length
    })
    await subject.assertSound()
    const own = connect(insidePort(), '127.0.0.1')
    await once(
      own.on('error', () => undefined),
      'close',
    )
    expect(touched, 'the own one').to.equal(1)
  })

  const insidePort = () => (inside.address() as AddressInfo).port

  async function askFor(url: string, way: 'file_request' | 'job' | 'webhook' | 'redirect'): Promise<void> {
    if (way === 'webhook') {
      const { status, text } = await admin.post('/v1/webhooks', { url, topics: ['*'] })
      // A name is judged at each delivery, so it may be subscribed with.
      return void expect(status, text).to.be.oneOf([201, 400, 409])
    }
    if (way === 'job') {
      const body = { location_id: subject.credentials.location_id, data: url }
      const { status, text } = await admin.post(JOBS, body)
      return void expect(status, text).to.equal(400)
    }
    const asked = way === 'file_request' ? url : `${outside.origin}/redirect`
    answer = (response) => void response.writeHead(302, { location: encodeURI(url).slice(0, 2_000) }).end()
    expect((await attach({ file_request: { url: asked } })).name, url).to.equal(undefined)
  }
})

function assertHarmless(name: string): void {
  expect([...name].length, name).to.be.within(1, NAME_LENGTH_MAX)
  expect(name).not.to.match(/[/\\\p{Cc}\p{Bidi_Control}\p{Surrogate}]/u)
  expect(name).not.to.be.oneOf(['.', '..'])
}

function withDisposition(name: string, body: Buffer): Buffer {
  const head = [
    'HTTP/1.1 200 OK',
    `content-length: ${body.length}`,
    `content-disposition: attachment; filename="${name}"; filename*=UTF-8''${name}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}

/** The bytes of its UTF-8, but those that would end the header. */
function headerText(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[\0-\x1f\x7f]/g, ' ')
}

function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))
}
