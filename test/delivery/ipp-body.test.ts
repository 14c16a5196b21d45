import { once } from 'node:events'
import { createServer, request as forward, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { IppDriver } from '../../lib/delivery/ipp-driver.ts'
import { aContext, aDelivery, someBytes } from '../helpers/deliveries.ts'
import { answering, type FakeRequest, startFakeIppPrinter } from '../helpers/fake-ipp-printer.ts'
import { startIppPrinter } from '../helpers/ippeveprinter.ts'

/** What the door has room for when it is told a length. */
const ROOM_BYTES = 10_000
const LARGE = someBytes(3 * ROOM_BYTES)

interface Door {
  readonly uri: string
  /** Of the requests that it let through. */
  readonly passed: IncomingHttpHeaders[]
  close(): Promise<void>
}

/** In front of a real printer: refuses what it is told to be long, and hands the rest on as it comes. */
async function openDoor(printerUri: string): Promise<Door> {
  const passed: IncomingHttpHeaders[] = []
  const { port: printerPort } = new URL(printerUri.replace('ipp:', 'http:'))
  const server: Server = createServer((request, response) => {
    if (Number(request.headers['content-length'] ?? 0) > ROOM_BYTES) {
      request.resume().once('end', () => response.writeHead(413).end())
      return
    }
    passed.push(request.headers)
    const { method, url: path, headers } = request
    const onward = forward({ host: 'localhost', port: printerPort, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    uri: `ipp://127.0.0.1:${(server.address() as AddressInfo).port}/ipp/print`,
    passed,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('the length of a document sent over IPP', function () {
  this.timeout(60_000)

  it('is told beforehand, and the document comes in chunks where that is too long', async function () {
    const printer = await startIppPrinter(this)
    const door = await openDoor(printer.uri)
    const driver = new IppDriver({ type: 'ipp', uri: door.uri })
    try {
      const small = aDelivery({ jobId: 'prnt_job_0000000000000000000011' })
      expect(await driver.deliver(small, aContext())).to.include({ outcome: 'confirmed' })
      expect(door.passed.some((headers) => 'transfer-encoding' in headers)).to.equal(false)
      const large = aDelivery({ jobId: 'prnt_job_0000000000000000000012', bytes: LARGE })
      const refused = await driver.deliver(large, aContext())
      expect(refused).to.include({ outcome: 'not_sent', next: 'retry' })
      expect(refused.detail).to.include('the document is too large for the printer')
      const printed = await driver.deliver(large, aContext())
      expect(printed.outcome, printed.detail).to.equal('confirmed')
      expect(door.passed.filter((headers) => headers['transfer-encoding'] === 'chunked')).to.have.length(1)
      const [first, ...rest] = (await printer.documents()).filter((bytes) => bytes.length > 0)
      expect([first, rest.at(-1)]).to.deep.equal([small.bytes, LARGE])
    } finally {
      await driver.close()
      await door.close()
      await printer.close()
    }
  })

  for (const status of [411, 413]) {
    it(`fails a document that is too long, and in chunks is refused with HTTP ${status}`, async () => {
      const seen: (string | undefined)[] = []
      const printer = await startFakeIppPrinter({
        printJob: async (request: FakeRequest) => {
          const { headers } = request.http
          seen.push(headers['transfer-encoding'])
          await request.readBody()
          request.response.writeHead('content-length' in headers ? 413 : status).end()
        },
      })
      const driver = new IppDriver({ type: 'ipp', uri: printer.uri })
      expect(await driver.deliver(aDelivery(), aContext())).to.include({ next: 'retry' })
      const failed = await driver.deliver(aDelivery(), aContext())
      expect(failed).to.include({ outcome: 'not_sent', next: 'fail', reason: 'aborted-by-system' })
      await driver.deliver(aDelivery(), aContext())
      expect(seen, 'the next document has its chance').to.deep.equal([undefined, 'chunked', undefined])
      await driver.close()
      await printer.close()
    })
  }

  it('of an answer is told or not: one in pieces is read', async () => {
    const printer = await startFakeIppPrinter({
      validateJob: async (request) => {
        const { response } = request
        const whole = response.end.bind(response) as (bytes?: Uint8Array) => typeof response
        Object.assign(response, {
          end: (bytes: Uint8Array) => {
            for (const byte of bytes) response.write(Uint8Array.of(byte))
            return whole()
          },
        })
        await answering(0)(request)
      },
    })
    const driver = new IppDriver({ type: 'ipp', uri: printer.uri })
    expect(await driver.deliver(aDelivery(), aContext())).to.include({ outcome: 'confirmed' })
    await driver.close()
    await printer.close()
  })
})
