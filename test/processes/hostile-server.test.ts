import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { startStationClient, type StationClient } from '../../lib/station-client/station-client.ts'
import { eventually } from '../helpers/eventually.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'

const PDF =
  '%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n' +
  '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>\nendobj\ntrailer\n<</Root 1 0 R/Size 4>>\n%%EOF\n'

const PRINTER = {
  name: 'a',
  id: 'p1',
  connection: { type: 'station' },
  page_size: {},
  pool: null,
  configuration: { dpi: null },
}

/** A station client trusts its server with jobs, and with nothing else. */
describe('a station client of a server that misbehaves', () => {
  let server: Server
  let sink: SocketSink
  let client: StationClient
  let stateDir: string
  let lines: string[]
  let answer: (path: string, response: ServerResponse) => void
  let asked: string[]

  beforeEach(async () => {
    lines = []
    asked = []
    sink = await startSocketSink()
    server = createServer((request, response) => {
      const path = request.url ?? ''
      asked.push(path)
      answer(path, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    stateDir = await mkdtemp(join(tmpdir(), 'packhouse-station-'))
  })
  afterEach(async () => {
    await client.stop()
    server.closeAllConnections()
    server.close()
    await sink.close()
    await rm(stateDir, { recursive: true })
  })

  async function serve(names: readonly string[] = ['a']): Promise<void> {
    const { port } = server.address() as { port: number }
    const { host, port: printerPort } = sink
    client = await startStationClient(
      {
        server: `http://127.0.0.1:${port}`,
        apiKey: 'key',
        stationId: 'stn_1',
        stateDir,
        printers: new Map(
          names.map((name) => [name, { type: 'socket', host, port: printerPort, language: 'pdf' } as const]),
        ),
      },
      (message, fields) => lines.push(`${message} ${JSON.stringify(fields)}`),
    )
  }

  const envelope = (path: string, data: unknown) =>
    JSON.stringify({ status: 200, message: 'OK', data, code: null, endpoint: path.split('?')[0] })

  function normally(path: string, response: ServerResponse): void {
    if (path.includes('/events'))
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hi\n\n')
    else if (path.endsWith('/doc')) response.writeHead(200, { 'content-type': 'application/pdf' }).end(PDF)
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(envelope(path, { printers: [PRINTER] }))
  }

  function aJob() {
    const { port } = server.address() as { port: number }
    const now = Date.now()
    return {
      id: 'prnt_job_1',
      name: 'Label',
      created_by: 'usr_1',
      data_url: `http://127.0.0.1:${port}/doc`,
      data_type: 'application/pdf',
      updated_at: new Date(now).toISOString(),
      claim: { expires_at: new Date(now + 120_000).toISOString() },
      options: {
        ...{ copies: 1, color_print: false, double_sided: false, orientation: 'portrait', paper_size: null },
        ...{ pages_to_print: null, reverse_order: false, scaling: null },
      },
    }
  }

  it('prints a job once that is handed out again and again, and waits longer each time before it asks', async () => {
    answer = (path, response) => {
      if (path.includes('/next')) response.writeHead(200).end(envelope(path, aJob()))
      else normally(path, response)
    }
    const startedAt = performance.now()
    await serve()
    await eventually('the job to be handed out five times', () =>
      Promise.resolve(asked.filter((path) => path.includes('/next')).length >= 5 ? true : undefined),
    )
    expect(sink.received.toString('latin1').match(/%PDF-/g)).to.have.length(1)
    // Half of 0.5 s, of 1 s and of 2 s at least.
    expect(performance.now() - startedAt).to.be.above(1_700)
    expect(lines.filter((line) => line.startsWith('a job that was begun here before')).length).to.be.below(6)
  })

  it('comes back later each time to a stream that is ended as soon as it has begun', async () => {
    const askedAt: number[] = []
    answer = (path, response) => {
      if (path.includes('/next')) return
      if (!path.includes('/events')) return normally(path, response)
      askedAt.push(performance.now())
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('event: ready\ndata: {"queued":0}\n\n')
    }
    await serve()
    await eventually('the stream to be asked for four times', () => askedAt[3])
    // Half of 0.5 s, of 1 s and of 2 s at least.
    expect((askedAt[3] ?? 0) - (askedAt[0] ?? 0)).to.be.above(1_700)
  })

  it('waits for a stream as long as it is asked to', async () => {
    const askedAt: number[] = []
    answer = (path, response) => {
      if (path.includes('/next')) return
      if (!path.includes('/events')) return normally(path, response)
      askedAt.push(performance.now())
      response.writeHead(429, { 'retry-after': '2' }).end()
    }
    await serve()
    await eventually('the stream to be asked for twice', () => askedAt[1])
    expect((askedAt[1] ?? 0) - (askedAt[0] ?? 0)).to.be.above(1_900)
  })

  it('takes no job that is none, and keeps nothing of it', async () => {
    const wrong: readonly (readonly [string, object])[] = [
      ['id', { id: 'x'.repeat(1024 * 1024) }],
      // As a part of a path it would read like the id of the job.
      ['id', { id: ['prnt_job_1'] }],
      ['data_url', { data_url: null }],
      ['claim', { claim: {} }],
      ['options.copies', { options: { ...aJob().options, copies: 1_000_000_000 } }],
      ['options.pages_to_print', { options: { ...aJob().options, pages_to_print: '1' } }],
    ]
    let handed = 0
    // A single printer would wait longer after each of them.
    const names = wrong.map((_, index) => `printer-${index}`)
    answer = (path, response) => {
      if (path.includes('/next')) {
        const job = { ...aJob(), ...wrong[handed++]?.[1] }
        response.writeHead(200).end(envelope(path, job))
      } else if (path.endsWith('stn_1')) {
        response
          .writeHead(200)
          .end(envelope(path, { printers: names.map((name) => ({ ...PRINTER, name, id: name })) }))
      } else normally(path, response)
    }
    await serve(names)
    await eventually('the job to be printed', () => (sink.received.length > 0 ? true : undefined))
    for (const [member] of wrong)
      expect(lines.join('\n')).to.include(`the server handed out a job with a wrong ${member}`)
    expect(sink.received.toString('latin1').match(/%PDF-/g)).to.have.length(1)
    expect((await readFile(join(stateDir, 'journal.jsonl'), 'utf8')).length).to.be.below(1_000)
  })

  it('reads no more of an answer than any may have, as it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))
    answer = (path, response) => {
      if (path.includes('/events')) return normally(path, response)
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
    }
    await serve()
    await eventually('the complaint', () =>
      Promise.resolve(lines.find((line) => line.includes('an answer is larger than any may be'))),
    )
  })

  it('reads no more of a refusal than any may have', async () => {
    answer = (path, response) => {
      if (path.includes('/events')) return normally(path, response)
      response.writeHead(500).end(Buffer.alloc(8 * 1024 * 1024, ' '))
    }
    await serve()
    await eventually('the complaint', () =>
      Promise.resolve(lines.find((line) => line.includes('an answer is larger than any may be'))),
    )
  })

  it('ends although an answer never does: a packed one that broke off', async function () {
    this.timeout(90_000)
    let isBrokenOff = false
    answer = (path, response) => {
      if (path.includes('/events')) return normally(path, response)
      const { socket } = response
      socket?.once('close', () => {
        isBrokenOff = true
      })
      // Byte for byte, in two packets: Node would tell a length, or chunks.
      socket?.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n', () =>
        setImmediate(() => socket.end('no gzip')),
      )
    }
    await serve()
    await eventually('the answer to break off', () => isBrokenOff || undefined)
    const startedAt = performance.now()
    await client.stop()
    expect(performance.now() - startedAt).to.be.below(30_000)
  })

  it('renews a claim now and then whose end is no time', async () => {
    const renewedAt: number[] = []
    answer = (path, response) => {
      if (path.includes('/next')) {
        const job = { ...aJob(), claim: { expires_at: 'soon' } }
        return void response.writeHead(200).end(envelope(path, job))
      }
      if (path.endsWith('/prnt_job_1')) {
        renewedAt.push(performance.now())
        return void response.writeHead(200).end(envelope(path, null))
      }
      // The document has to wait, and the claim is held meanwhile.
      if (!path.endsWith('/doc')) normally(path, response)
      else if (renewedAt.length < 3) response.socket?.destroy()
      else normally(path, response)
    }
    await serve()
    await eventually('three renewals', () => (renewedAt.length >= 3 ? true : undefined))
    expect((renewedAt[2] ?? 0) - (renewedAt[0] ?? 0)).to.be.above(400)
  })

  it('serves more printers than Node would expect without a warning in its log', async () => {
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warned)
    const names = Array.from({ length: 15 }, (_, index) => `printer ${index}`)
    answer = (path, response) => {
      const printers = names.map((name) => ({ ...PRINTER, name, id: name }))
      if (path.endsWith('stn_1')) response.writeHead(200).end(envelope(path, { printers }))
      // Nobody has a job: each of them waits.
      else if (!path.includes('/next')) normally(path, response)
    }
    await serve(names)
    await eventually('each printer to ask for a job', () =>
      new Set(asked.filter((path) => path.includes('/next'))).size === names.length ? true : undefined,
    )
    process.off('warning', warned)
    expect(warnings).to.deep.equal([])
  })
})
