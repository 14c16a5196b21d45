import { readdir } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer as createHttpServer, type Server as HttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { aPdf } from '../faults/floor.ts'
import type { RestClient } from '../helpers/rest-client.ts'
import { createRpcClient, RpcCallError, type RpcClient } from '../helpers/rpc-client.ts'
import { timeoutMsOf } from './budget.ts'
import { batchesOf, fuzz } from './fuzzing.ts'
import { hostileText } from './hostile-values.ts'
import { openDesk, type PrintDesk } from './print-desk.ts'
import type { Reach } from './reach.ts'
import { OUTSIDE_ADDRESS, type Subject, sharedSubject } from './subject.ts'

const BATCH = 6
const NAME_LENGTH_MAX = 191
const PRINT_MS = 60_000
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
  let desk: PrintDesk
  let admin: RestClient
  let rpc: RpcClient
  /** Stands for the world outside: its address is allowed. */
  let outside: HttpServer
  /** On an address and port that no URL may reach. */
  let inside: Server
  let touched = 0
  /** By the first segment of the path. */
  const answers = new Map<string, (response: ServerResponse) => void>()
  let count = 0
  /** Webhooks that a name was subscribed with. */
  const made: string[] = []

  before(async function () {
    this.timeout(120_000)
    outside = createHttpServer((request, response) => {
      const answer = answers.get(request.url?.split('/')[1] ?? '')
      // Where a redirect led to a path of its own.
      if (answer) answer(response)
      else response.writeHead(404).end()
    }).listen(0, OUTSIDE_ADDRESS)
    await once(outside, 'listening')
    inside = createServer((socket) => {
      touched += 1
      socket.on('error', () => undefined).destroy()
    }).listen(0, '127.0.0.1')
    await once(inside, 'listening')
    subject = await sharedSubject()
    desk = await openDesk(subject)
    admin = desk.admin
    const { username, api_key } = subject.credentials.rpc
    rpc = createRpcClient(`${subject.url}/api/jsonrpc`, { [username]: api_key })
  })
  after(async function () {
    this.timeout(60_000)
    await Promise.all(made.map((id) => admin.delete(`/v1/webhooks/${id}`)))
    inside.close()
    desk.close()
    outside.close()
    outside.closeAllConnections()
    await once(outside, 'close')
  })

  /** The URL below which that is answered, once. */
  function at(answer: (response: ServerResponse) => void): string {
    const key = String(count++)
    answers.set(key, (response) => {
      answers.delete(key)
      answer(response)
    })
    return `http://${OUTSIDE_ADDRESS}:${(outside.address() as AddressInfo).port}/${key}`
  }

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
    const nameIn = async ({ way, name }: { readonly way: string; readonly name: string }) => {
      if (way === 'printer') return printAt(name)
      const below = at((response) => {
        // Byte for byte: Node would write other ones into this header.
        if (way === 'header') response.socket?.end(withDisposition(name, aPdf('named')))
        else response.end(aPdf('named'))
      })
      const url = `${below}/${way === 'path' ? name : 'x'}`
      const kept = await attach(
        way === 'given' ? { file_name: name, file_content } : { file_request: { url } },
      )
      if (kept.name !== undefined) assertHarmless(kept.name)
      return kept.name !== undefined
    }
    await fuzz('file names', {
      cases: batchesOf(fc.oneof(given, header, path, printer), BATCH),
      goals: { given: 3, header: 3, path: 3, printer: 3, refused: 2 },
      async judge(batch, note) {
        const isKept = await subject.allEnded(batch.map(nameIn))
        for (const [index, { way }] of batch.entries()) note(isKept[index] === true ? way : 'refused')
        return batch.length
      },
    })
    await subject.assertSound()
  })

  /** What a virtual printer of that name prints stays in its own folder. */
  async function printAt(name: string): Promise<boolean> {
    const { location_id } = subject.credentials
    const printer = { name, connection: { type: 'virtual' } }
    const station = `station ${count++}`
    const made = await admin.post('/v1/cloud-printing/stations', {
      name: station,
      location_id,
      printers: [printer],
    })
    if (made.status === 400) return false
    expect(made.status, made.text).to.equal(201)
    const { id } = made.json.data
    const data = `data:application/pdf;base64,${aPdf(name.slice(0, 5)).toString('base64')}`
    const { json } = await admin.post(JOBS, { location_id, print_station_id: id, data })
    expect((await desk.untilEnded(json.data.id, PRINT_MS)).status).to.equal('completed')
    expect(await readdir(subject.dataDir)).to.have.members(['credentials.json', 'virtual-printers'])
    const folders = await readdir(join(subject.dataDir, 'virtual-printers'), { withFileTypes: true })
    expect(folders.filter((entry) => !entry.isDirectory())).to.deep.equal([])
    await admin.delete(`/v1/cloud-printing/stations/${id}`)
    return true
  }

  it('lead to nothing inside, however the address is written and whoever is asked', async function () {
    this.timeout(timeoutMsOf('URLs'))
    const address = fc
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
          `${OUTSIDE_ADDRESS}@`,
          'a.example%00@',
          '@',
        ),
        host: fc.constantFrom(...FORBIDDEN_HOSTS),
        tail: fc.constantFrom('/', '', '/x?y#z', '/..', '\\@a.example', '#@a.example/', '/%0d%0aX:y', '?'),
      })
      .map(({ scheme, user, host, tail }) => ({
        url: `${scheme}${user}${host}:${insidePort()}${tail}`,
        host,
      }))
    const cases = fc.record({ address, way: fc.constantFrom('file_request', 'job', 'webhook', 'redirect') })
    await fuzz('URLs', {
      cases: batchesOf(cases, BATCH),
      goals: {
        ...Object.fromEntries(FORBIDDEN_HOSTS.map((host) => [host, 1])),
        ...{ file_request: 20, job: 20, webhook: 10, redirect: 20 },
      },
      async judge(batch, note) {
        await subject.allEnded(batch.map((each) => askFor(each, note)))
        expect(touched, 'connections to what is inside').to.equal(0)
        return batch.length
      },
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

  async function askFor({ address: { url, host }, way }: AskedFor, note: Reach['note']): Promise<void> {
    note(host)
    if (way === 'webhook') {
      const { status, text, json } = await admin.post('/v1/webhooks', { url, topics: ['*'] })
      // A name is judged at each delivery, so it may be subscribed with.
      expect(status, text).to.be.oneOf([201, 400, 409])
      note(status === 201 ? 'webhook to a name' : way)
      if (status === 201) made.push(json.data.id)
      return
    }
    note(way)
    if (way === 'job') {
      const body = { location_id: subject.credentials.location_id, data: url }
      const { status, text } = await admin.post(JOBS, body)
      return void expect(status, text).to.equal(400)
    }
    const redirect = at(
      (response) => void response.writeHead(302, { location: encodeURI(url).slice(0, 2_000) }).end(),
    )
    const asked = way === 'file_request' ? url : redirect
    expect((await attach({ file_request: { url: asked } })).name, url).to.equal(undefined)
  }
})

interface AskedFor {
  readonly address: { readonly url: string; readonly host: string }
  readonly way: 'file_request' | 'job' | 'webhook' | 'redirect'
}

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
