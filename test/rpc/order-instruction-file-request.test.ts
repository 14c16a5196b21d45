import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect } from 'chai'
import { type LocalServer, serve } from '../egress/local-server.ts'
import { makeJpeg, makeLabelPdf, makePdf, makePng } from '../helpers/documents.ts'
import type { TestServer } from '../helpers/server.ts'
import {
  type Entity,
  expectInvalid,
  InstructionClient,
  newOrder,
  startInstructionServer,
  storedText,
} from './instruction-fixtures.ts'

const SECRET = 'hunter2-hunter2'

describe('order_instruction with a file_request', () => {
  let server: TestServer
  let files: LocalServer
  let elsewhere: LocalServer
  let instructions: InstructionClient
  let order: string
  let pdf: Buffer
  let answer: (request: IncomingMessage, response: ServerResponse) => void

  before(async () => {
    server = await startInstructionServer()
    instructions = new InstructionClient(server)
    pdf = await makePdf()
    files = await serve((request, response) => answer(request, response))
    elsewhere = await serve((_request, response) => response.end(pdf))
  })
  beforeEach(async () => {
    order = await newOrder(server)
    answer = (_request, response) => response.end(pdf)
  })
  after(async () => {
    await server.stop()
    await files.close()
    await elsewhere.close()
  })

  function fetchFile(path: string, more: object = {}, options: object = {}): Promise<Entity> {
    const file_request = { url: `${files.origin}${path}`, ...more }
    return instructions.create(order, 'n', { file_request, ...options })
  }

  function fault(url: string, options: object = {}) {
    return instructions.createFault(order, 'n', { file_request: { url }, ...options })
  }

  it('fetches the file within the call, and keeps its very bytes', async () => {
    const entity = await fetchFile('/slip.pdf')
    expect(entity).to.include({ file_name: 'slip.pdf', print_target: 'LASER' })
    expect((await instructions.file(order))?.equals(pdf)).to.equal(true)
  })

  it('sends GET without a body, Basic in UTF-8 and the headers', async () => {
    await fetchFile('/a', {
      auth: ['us\u00e9r', SECRET],
      headers: { 'X-Custom-Header': 'value', 'X-Number': 7 },
    })
    const request = files.requests.at(-1)
    expect(request?.method).to.equal('GET')
    expect(request?.headers).to.include({
      authorization: `Basic ${Buffer.from(`us\u00e9r:${SECRET}`).toString('base64')}`,
      'x-custom-header': 'value',
      'x-number': '7',
    })
    expect(request?.headers).not.to.have.property('content-length')
  })

  it('sends neither auth nor headers to where a redirect leads', async () => {
    answer = (_request, response) => response.writeHead(302, { location: `${elsewhere.origin}/b.pdf` }).end()
    const entity = await fetchFile('/a.pdf', { auth: ['user', SECRET], headers: { 'X-Token': SECRET } })
    expect(entity.file_name).to.equal('a.pdf')
    const headers = elsewhere.requests.at(-1)?.headers
    expect(JSON.stringify(headers)).not.to.include(SECRET)
    expect(headers).not.to.have.any.keys('authorization', 'x-token')
  })

  it('keeps no credential and no header, whether it succeeds or fails', async () => {
    const secrets = { auth: ['user', SECRET], headers: { 'X-Token': `token-${SECRET}` } }
    await fetchFile('/a.pdf', secrets, { external_id: 'x' })
    answer = (_request, response) => response.writeHead(403).end(SECRET)
    const file_request = { url: `${files.origin}/?key=query-${SECRET}`, ...secrets }
    const refused = await instructions.createFault(order, 'n', { file_request })
    expect(JSON.stringify(refused)).not.to.include(SECRET)
    const stored = await storedText(server)
    expect(stored).not.to.include(SECRET)
    expect(stored).not.to.include(Buffer.from(`user:${SECRET}`).toString('base64'))
  })

  describe('names the file by the first of these that leaves something', () => {
    for (const [what, path, disposition, options, expected] of [
      ['file_name', '/url.pdf', 'attachment; filename="header.pdf"', { file_name: 'given.pdf' }, 'given.pdf'],
      [
        'filename* of Content-Disposition',
        '/url.pdf',
        `attachment; filename="plain.pdf"; filename*=UTF-8''n%c3%a4me.pdf`,
        {},
        'n\u00e4me.pdf',
      ],
      [
        'filename of Content-Disposition',
        '/url.pdf',
        'attachment; filename="../header.pdf"',
        {},
        'header.pdf',
      ],
      [
        'the path, where the header has none',
        '/dir/url%20name.pdf?file=no.pdf',
        'inline',
        {},
        'url name.pdf',
      ],
      ['the path, where the header names nothing', '/url.pdf', 'attachment; filename=".."', {}, 'url.pdf'],
      ['the path, where file_name is empty', '/url.pdf', '', { file_name: '' }, 'url.pdf'],
      ['the type', '/', '', {}, 'document.pdf'],
      ['the type, where the path names nothing', '/a/%2e%2e', '', {}, 'document.pdf'],
    ] as const) {
      it(what, async () => {
        answer = (_request, response) =>
          response.writeHead(200, disposition === '' ? {} : { 'content-disposition': disposition }).end(pdf)
        expect((await fetchFile(path, {}, options)).file_name).to.equal(expected)
      })
    }

    for (const [make, expected] of [
      [makePng, 'document.png'],
      [makeJpeg, 'document.jpg'],
    ] as const) {
      it(`the type: ${expected}`, async () => {
        const picture = await make()
        answer = (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(picture)
        expect((await fetchFile('/')).file_name).to.equal(expected)
      })
    }
  })

  it('refuses a file_name that leaves nothing, although others would', async () => {
    expectInvalid(await fault(`${files.origin}/a.pdf`, { file_name: '..' }), 'file_name', 'invalid')
  })

  for (const url of [
    'http://127.0.0.2/a.pdf',
    'http://10.0.0.1/a.pdf',
    'http://192.168.0.1/a.pdf',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/a.pdf',
    'http://[::ffff:127.0.0.3]/a.pdf',
    'http://0x7f000002/a.pdf',
    'http://0.0.0.0/a.pdf',
    'http://[fd00::1]/a.pdf',
  ]) {
    it(`refuses ${url}: blocked`, async () => {
      expectInvalid(await fault(url), 'file_request.url', 'blocked')
    })
  }

  it('refuses a redirect to a private address: blocked', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'http://10.0.0.1/a.pdf' }).end()
    expectInvalid(await fault(files.origin), 'file_request.url', 'blocked')
  })

  it('refuses redirects without end: redirects', async () => {
    answer = (_request, response) => response.writeHead(302, { location: '/again' }).end()
    expectInvalid(await fault(files.origin), 'file_request.url', 'redirects')
  })

  for (const status of [204, 206, 401, 404, 500]) {
    it(`refuses status ${status}, and says it`, async () => {
      answer = (_request, response) => response.writeHead(status).end()
      const refused = await fault(`${files.origin}/a.pdf`)
      expectInvalid(refused, 'file_request.url', 'status')
      expect(refused.data?.['status']).to.equal(status)
    })
  }

  it('refuses a port where nobody listens, and an answer that breaks off: unreachable', async () => {
    const gone = await serve(() => {})
    await gone.close()
    expectInvalid(await fault(gone.origin), 'file_request.url', 'unreachable')
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('%PDF-1.7', () => response.destroy())
    }
    expectInvalid(await fault(files.origin), 'file_request.url', 'unreachable')
  })

  it('refuses more than 25 MiB, declared or not: too_large', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-length': '26214401' }).end(pdf)
    expectInvalid(await fault(files.origin), 'file_request.url', 'too_large')
    answer = (_request, response) => response.end(Buffer.alloc(26_214_401, '%'))
    expectInvalid(await fault(files.origin), 'file_request.url', 'too_large')
  })

  it('looks at what came, not at what it was called: wrong_type, unreadable, too_large', async () => {
    for (const [bytes, reason] of [
      [Buffer.from('<html>login</html>'), 'wrong_type'],
      [pdf.subarray(0, pdf.length / 2), 'unreadable'],
      [await makePdf({ widthPt: 7200, heightPt: 7200 }), 'too_large'],
    ] as const) {
      answer = (_request, response) =>
        response.writeHead(200, { 'content-type': 'application/pdf' }).end(bytes)
      expectInvalid(await fault(`${files.origin}/a.pdf`), 'file_request', reason)
    }
    expect(await instructions.list(order)).to.deep.equal([])
  })

  it('does not fetch for an order that does not exist or is closed', async () => {
    const before = files.requests.length
    const options = { file_request: { url: files.origin } }
    expect((await instructions.createFault('abc', 'n', options)).code).to.equal(-32102)
    await server.db.raw(`update orders set state = 'canceled' where unique_id = ?`, [order])
    expectInvalid(await fault(files.origin), null, 'canceled')
    expect(files.requests.length).to.equal(before)
  })

  it('replaces a file by edit, named anew; a failed one changes nothing', async () => {
    const before = await fetchFile('/a.pdf')
    const label = await makeLabelPdf()
    answer = (_request, response) => response.end(label)
    const file_request = { url: `${files.origin}/b.pdf` }
    const after = await instructions.edit(before.instruction_id, null, { file_request, file_name: null })
    expect(after).to.deep.equal({ ...before, file_name: 'b.pdf', print_target: 'LABEL' })
    answer = (_request, response) => response.writeHead(404).end()
    const refused = await instructions.editFault(before.instruction_id, 'm', { file_request })
    expectInvalid(refused, 'file_request.url', 'status')
    expect(await instructions.list(order)).to.deep.equal([after])
  })
})
