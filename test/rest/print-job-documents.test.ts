import { expect } from 'chai'
import sharp from 'sharp'
import { makeEncryptedPdf, makeJpeg, makeLabelPdf, makePdf, makePng } from '../helpers/documents.ts'
import type { RestClient, RestReply } from '../helpers/rest-client.ts'
import {
  assertRefused,
  dataUri,
  type FileServer,
  JOBS,
  type JobWorkspace,
  openJobWorkspace,
  startFileServer,
} from './print-job-fixtures.ts'

const ZPL = '^XA^FO20,20^FDhello^FS^XZ'
const ESCPOS = '\x1b@hello\n\x1dV\x42\x00'

describe('documents of REST print jobs', () => {
  let workspace: JobWorkspace
  let admin: RestClient
  let files: FileServer
  let pdf: Buffer
  let rawStation: string

  before(async () => {
    files = await startFileServer()
    pdf = await makePdf({ pages: 2 })
    workspace = await openJobWorkspace({ EGRESS_ALLOW: '127.0.0.1' })
    admin = workspace.admin
    const socket = (language: 'zpl' | 'escpos') =>
      ({ type: 'socket', host: '127.0.0.1', port: 9, language }) as const
    const { id } = await workspace.newStation([
      { name: 'Zebra', connection: socket('zpl') },
      { name: 'Epson', connection: socket('escpos') },
      { name: 'Pages' },
    ])
    rawStation = id
    // They keep what they get.
    await workspace.server.db.raw('update printers set is_paused = true')
  })
  after(async () => {
    await workspace.stop()
    await files.close()
  })

  const post = (change: object): Promise<RestReply> => admin.post(JOBS, workspace.body(change))
  const raw = (data: string) => workspace.create({ data, print_station_id: rawStation, printer_name: null })

  describe('come as a data URI', () => {
    it('of every type that prints, with parameters and in any case', async () => {
      for (const [declared, bytes] of [
        ['application/pdf', pdf],
        ['Application/PDF;version=1.7', pdf],
        ['image/png', await makePng()],
        ['image/jpeg', await makeJpeg()],
      ] as const) {
        const job = await workspace.create({ data: dataUri(declared, bytes) })
        expect(job).to.include({ name: 'Document', data_type: declared.toLowerCase().split(';')[0] })
      }
    })

    it('in a language of printers, for those that speak it', async () => {
      expect(await raw(dataUri('application/vnd.zebra-zpl', ZPL))).to.deep.nested.include({
        data_type: 'application/vnd.zebra-zpl',
        'printer.name': 'Zebra',
        'options.total_pages': null,
      })
      expect(await raw(dataUri('application/vnd.escpos', ESCPOS))).to.deep.nested.include({
        data_type: 'application/vnd.escpos',
        'printer.name': 'Epson',
      })
      expect(
        await workspace.create({ print_station_id: rawStation, printer_name: null }),
      ).to.deep.nested.include({
        'printer.name': 'Pages',
      })
    })

    it('and keep the total_pages that is sent where nothing can be counted', async () => {
      const job = await workspace.create({
        data: dataUri('application/vnd.zebra-zpl', ZPL),
        print_station_id: rawStation,
        printer_name: null,
        configuration: { total_pages: 4, orientation: 'landscape', double_sided: true, color_print: true },
      })
      expect(job.options).to.include({ total_pages: 4 })
    })

    it('and are what they are declared, though the same bytes came before in another language', async () => {
      const both = '\x1b@^XA^JUS^FDx^FS^XZ'
      for (const type of ['application/vnd.escpos', 'application/vnd.zebra-zpl']) {
        expect(await raw(dataUri(type, both))).to.include({ data_type: type })
      }
    })

    it('with a warning of what will be taken out of ZPL', async () => {
      const job = await raw(dataUri('application/vnd.zebra-zpl', '^XA^JUS^FDx^FS^XZ'))
      expect(job.warnings).to.deep.equal(['zpl-command-removed: ^JU'])
    })

    const refused: readonly [
      title: string,
      type: string,
      content: () => Promise<Buffer> | Buffer | string,
    ][] = [
      ['a PNG that is declared a JPEG', 'image/jpeg', () => makePng()],
      ['a PDF that is declared nothing', '', () => pdf],
      ['a PDF that is declared octets', 'application/octet-stream', () => pdf],
      ['a PDF that is declared ZPL', 'application/vnd.zebra-zpl', () => pdf],
      ['a broken PDF', 'application/pdf', () => '%PDF-1.7 broken'],
      ['a broken PNG', 'image/png', async () => (await makePng()).subarray(0, 60)],
      ['text', 'text/plain', () => 'hello'],
      ['HTML', 'text/html', () => '<h1>hello</h1>'],
      ['a GIF', 'image/gif', () => 'GIF89a\x01\x00\x01\x00'],
      ['ZPL without a format', 'application/vnd.zebra-zpl', () => 'hello'],
      ['ZPL without an end', 'application/vnd.zebra-zpl', () => '^XA^FDx'],
      ['ZPL that renames its commands', 'application/vnd.zebra-zpl', () => '^XA^CC!^XZ'],
      ['ZPL that is declared ESC/POS', 'application/vnd.escpos', () => ZPL],
      [
        'a PDF with a password',
        'application/pdf',
        () => makeEncryptedPdf({ userPassword: 'u', ownerPassword: 'o' }),
      ],
      ['a PDF of 1001 pages', 'application/pdf', () => makePdf({ pages: 1001 })],
    ]
    for (const [title, type, content] of refused) {
      it(`but not ${title}`, async () => {
        const reply = await post({ data: dataUri(type, await content()) })
        assertRefused(reply, 400, 'unsupported_document')
        expect(reply.json.errors).to.have.length(1)
        expect(reply.json.errors[0]).to.match(/^data: /)
      })
    }
  })

  describe('come from a URL', () => {
    it('of which the content decides where the server declares nothing', async () => {
      files.serve('/labels/My%20label.pdf', pdf, 'application/octet-stream')
      const job = await workspace.create({ data: `${files.url}/labels/My%20label.pdf?token=1` })
      expect(job).to.include({ name: 'My label.pdf', data_type: 'application/pdf' })
      files.serve('/', pdf)
      expect(await workspace.create({ data: `${files.url}/` })).to.include({ name: 'Document' })
    })

    it('through redirects', async () => {
      files.serve('/final', pdf, 'application/pdf')
      files.answer('/moved.pdf', (_request, response) =>
        response.writeHead(302, { location: '/final' }).end(),
      )
      expect(await workspace.create({ data: `${files.url}/moved.pdf` })).to.include({ name: 'moved.pdf' })
    })

    it('once, however often the job is looked at', async () => {
      let count = 0
      files.answer('/counted.pdf', (_request, response) => {
        count += 1
        response.end(pdf)
      })
      const { id } = await workspace.create({ data: `${files.url}/counted.pdf` })
      await admin.get(`${JOBS}/${id}/preview.png`)
      const { data } = (await admin.get(`${JOBS}/${id}`)).json
      expect(Buffer.from(await (await fetch(data.data_url)).arrayBuffer())).to.deep.equal(pdf)
      expect(count).to.equal(1)
    })

    it('that gives one, else the code says why not', async () => {
      files.serve('/big', Buffer.alloc(26_214_401), 'application/pdf')
      files.answer('/endless', (_request, response) => {
        const send = () => {
          while (response.write(Buffer.alloc(1_048_576)));
        }
        response.on('drain', send)
        send()
      })
      files.answer('/short', (_request, response) => {
        response.writeHead(200, { 'content-length': pdf.length + 1 }).write(pdf)
        response.destroy()
      })
      files.answer('/loop', (_request, response) => response.writeHead(302, { location: '/loop' }).end())
      files.answer('/inward', (_request, response) =>
        response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
      )
      files.answer('/created', (_request, response) => response.writeHead(201).end(pdf))
      files.serve('/empty', '', 'application/pdf')
      files.serve('/wrong', pdf, 'image/png')
      files.serve('/page.html', '<html>', 'text/html')
      for (const [url, code] of [
        [`${files.url}/absent`, 'document_unreachable'],
        [`${files.url}/created`, 'document_unreachable'],
        [`${files.url}/short`, 'document_unreachable'],
        [`${files.url}/loop`, 'document_unreachable'],
        [`${files.url}/inward`, 'document_unreachable'],
        ['http://127.0.0.1:1/x.pdf', 'document_unreachable'],
        ['http://10.0.0.1/x.pdf', 'document_unreachable'],
        ['http://[::1]/x.pdf', 'document_unreachable'],
        ['http://no-such-name.invalid/x.pdf', 'document_unreachable'],
        [`${files.url}/big`, 'document_too_large'],
        [`${files.url}/endless`, 'document_too_large'],
        [`${files.url}/empty`, 'unsupported_document'],
        [`${files.url}/wrong`, 'unsupported_document'],
        [`${files.url}/page.html`, 'unsupported_document'],
      ] as const) {
        const reply = await post({ data: url })
        assertRefused(reply, 400, code)
        expect(reply.json.errors[0], url).to.match(/^data: /)
      }
    })

    it('and leave nothing behind when they are refused', async () => {
      const { total_count: before } = (await admin.get(JOBS)).json.pagination
      await post({ data: `${files.url}/absent` })
      expect((await admin.get(JOBS)).json.pagination.total_count).to.equal(before)
    })
  })

  describe('data_url', () => {
    const link = async (): Promise<string> => (await workspace.create()).data_url
    const path = (url: string) => url.slice(workspace.server.url.length)
    const nobody = () => admin.as(null)
    const bytesOf = async (url: string, headers: Record<string, string> = {}) => {
      const reply = await fetch(url, { headers })
      return { status: reply.status, headers: reply.headers, bytes: Buffer.from(await reply.arrayBuffer()) }
    }

    it('gives the bytes as they came, to anybody, for an hour', async () => {
      const url = await link()
      const { status, headers, bytes } = await bytesOf(url)
      expect(status).to.equal(200)
      expect(bytes).to.deep.equal(pdf)
      expect(headers.get('content-type')).to.equal('application/pdf')
      expect(headers.get('content-length')).to.equal(String(pdf.length))
      expect(headers.get('accept-ranges')).to.equal('bytes')
      expect(headers.get('etag')).to.match(/^"[^"]+"$/)
      const expires = Number(new URL(url).searchParams.get('expires'))
      expect(expires - Date.now() / 1000).to.be.within(3590, 3600)
    })

    it('gives ZPL with what the filter takes out on its way to a printer', async () => {
      const zpl = '^XA^JUS^FDx^FS^XZ'
      const { bytes, headers } = await bytesOf(
        (await raw(dataUri('application/vnd.zebra-zpl', zpl))).data_url,
      )
      expect([bytes.toString(), headers.get('content-type')]).to.deep.equal([
        zpl,
        'application/vnd.zebra-zpl',
      ])
    })

    it('is refused when anything of it is changed, missing or past', async () => {
      const url = new URL(await link())
      const other = new URL(
        (await workspace.create({ data: dataUri('image/png', await makePng()) })).data_url,
      )
      const changed = (change: (copy: URL) => void) => {
        const copy = new URL(url)
        change(copy)
        return copy.pathname + copy.search
      }
      const expires = Number(url.searchParams.get('expires'))
      const signature = url.searchParams.get('signature') ?? ''
      const paths = [
        changed((copy) => copy.searchParams.set('expires', String(expires + 1))),
        changed((copy) => copy.searchParams.set('expires', '1')),
        changed((copy) => copy.searchParams.set('expires', `0${expires}`)),
        changed((copy) =>
          copy.searchParams.set(
            'signature',
            signature.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
          ),
        ),
        changed((copy) => copy.searchParams.set('signature', signature.toUpperCase())),
        changed((copy) => copy.searchParams.set('signature', '')),
        changed((copy) => copy.searchParams.delete('signature')),
        changed((copy) => copy.searchParams.append('signature', signature)),
        changed((copy) => copy.searchParams.delete('expires')),
        other.pathname + url.search,
        '/v1/documents/doc_none',
        `/v1/documents/%00${url.search}`,
        url.pathname,
      ]
      for (const wrong of paths) {
        const reply = await nobody().get(wrong)
        assertRefused(reply, 403, 'invalid_signature')
        expect(reply.headers.get('content-type')).to.equal('application/json; charset=utf-8')
      }
      // A key is no way around it.
      assertRefused(await admin.get(url.pathname), 403, 'invalid_signature')
      const past = new Date(Date.now() - 3_601_000)
      const old = workspace.server.services.documentLinks.urlOf(url.pathname.split('/').at(-1) ?? '', past)
      assertRefused(await nobody().get(path(old)), 403, 'invalid_signature')
      const unknown = workspace.server.services.documentLinks.urlOf('doc_none')
      assertRefused(await nobody().get(path(unknown)), 404, 'not_found')
    })

    it('knows what the caller has already', async () => {
      const url = await link()
      const etag = (await bytesOf(url)).headers.get('etag') ?? ''
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const { status, headers, bytes } = await bytesOf(url, { 'if-none-match': known })
        expect([status, headers.get('etag'), bytes.length]).to.deep.equal([304, etag, 0])
      }
      expect((await bytesOf(url, { 'if-none-match': '"other"' })).status).to.equal(200)
    })

    it('gives a part of it', async () => {
      const url = await link()
      const size = pdf.length
      const etag = (await bytesOf(url)).headers.get('etag') ?? ''
      const parts: readonly [range: string, from: number, to: number][] = [
        ['bytes=0-3', 0, 3],
        ['bytes=5-', 5, size - 1],
        ['bytes=-7', size - 7, size - 1],
        ['bytes=3-999999', 3, size - 1],
        ['bytes=0-0', 0, 0],
      ]
      for (const [range, from, to] of parts) {
        const { status, headers, bytes } = await bytesOf(url, { range, 'if-range': etag })
        expect([status, headers.get('content-range')]).to.deep.equal([206, `bytes ${from}-${to}/${size}`])
        expect(bytes).to.deep.equal(pdf.subarray(from, to + 1))
        expect(headers.get('content-length')).to.equal(String(to - from + 1))
      }
      for (const range of [`bytes=${size}-`, 'bytes=-0']) {
        const { status, headers } = await bytesOf(url, { range })
        expect([status, headers.get('content-range')]).to.deep.equal([416, `bytes */${size}`])
      }
      for (const headers of [
        { range: 'bytes=0-3,5-6' },
        { range: 'lines=0-3' },
        { range: 'bytes=x' },
        { range: 'bytes=0-3', 'if-range': '"other"' },
      ] as Record<string, string>[]) {
        const { status, bytes } = await bytesOf(url, headers)
        expect([status, bytes.length], JSON.stringify(headers)).to.deep.equal([200, size])
      }
    })

    it('tells its headers alone to HEAD', async () => {
      const reply = await nobody().send('HEAD', path(await link()), { headers: { range: 'bytes=0-3' } })
      expect([reply.status, reply.text]).to.deep.equal([200, ''])
      expect(reply.headers.get('content-length')).to.equal(String(pdf.length))
      assertRefused(await nobody().post(path(await link())), 405, 'method_not_allowed')
    })
  })

  describe('preview.png', () => {
    async function preview(id: string, query = '') {
      const headers = { 'PX-API-KEY': workspace.server.credentials.admin.api_key }
      const reply = await fetch(`${workspace.server.url}${JOBS}/${id}/preview.png${query}`, { headers })
      expect([reply.status, reply.headers.get('content-type')]).to.deep.equal([200, 'image/png'])
      return sharp(Buffer.from(await reply.arrayBuffer()))
    }

    it('is black and white at the resolution of label printers, for label printers', async () => {
      const { id } = await workspace.create({
        data: dataUri('application/pdf', await makeLabelPdf()),
        printer_name: 'Label',
      })
      const picture = await preview(id)
      expect(await picture.metadata()).to.include({ width: 812, height: 1218 })
      const { data } = await picture.greyscale().raw().toBuffer({ resolveWithObject: true })
      expect([...new Set(data)].toSorted((a, b) => a - b)).to.deep.equal([0, 255])
    })

    it('is the page, with its greys, for others', async () => {
      const { id } = await workspace.create()
      const picture = await preview(id)
      expect(await picture.metadata()).to.include({ width: 850, height: 1100 })
      expect((await picture.stats()).channels[0]?.max).to.equal(255)
      const { id: grey } = await workspace.create({ data: dataUri('image/jpeg', await makeJpeg()) })
      const pixels = await (await preview(grey)).greyscale().raw().toBuffer()
      expect(pixels.some((value) => value > 150 && value < 250)).to.equal(true)
    })

    it('is of the page that is asked for', async () => {
      const { id } = await workspace.create()
      const [first, second, same] = await Promise.all(
        ['', '?page=2', '?page=1'].map(async (query) => (await preview(id, query)).raw().toBuffer()),
      )
      expect(first).to.deep.equal(same)
      expect(first).to.not.deep.equal(second)
    })

    it('is not there past the last page, and not of raw documents', async () => {
      const { id } = await workspace.create()
      const { id: zpl } = await raw(dataUri('application/vnd.zebra-zpl', ZPL))
      const { id: escpos } = await raw(dataUri('application/vnd.escpos', ESCPOS))
      for (const path of [`${id}/preview.png?page=3`, `${id}/preview.png?page=99999999999999999999`]) {
        assertRefused(await admin.get(`${JOBS}/${path}`), 404, 'not_found')
      }
      for (const job of [zpl, escpos])
        assertRefused(await admin.get(`${JOBS}/${job}/preview.png`), 404, 'not_found')
    })

    it('refuses a page that is no whole number from 1', async () => {
      const { id } = await workspace.create()
      for (const page of ['0', 'x', '1.5', '-1', '', '1e1', '1&page=2']) {
        const reply = await admin.get(`${JOBS}/${id}/preview.png?page=${page}`)
        assertRefused(reply, 400, 'validation_error')
        expect(reply.json.errors[0]).to.match(/^page /)
      }
    })

    it('answers HEAD', async () => {
      const { id } = await workspace.create()
      const reply = await admin.send('HEAD', `${JOBS}/${id}/preview.png`)
      expect([reply.status, reply.headers.get('content-type'), reply.text]).to.deep.equal([
        200,
        'image/png',
        '',
      ])
    })
  })
})
