import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect } from 'chai'

import type { Delivery, DeliveryContext, DeliveryResult } from '../../lib/delivery/driver.ts'
import { IppClient } from '../../lib/delivery/ipp-client.ts'
import { IppDriver, type IppDriverOptions } from '../../lib/delivery/ipp-driver.ts'
import { toEndpoint } from '../../lib/delivery/ipp-endpoint.ts'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'
import {
  aContext,
  aDelivery,
  type RecordingContext,
  someBytes,
  turnsOfTheEventLoop,
} from '../helpers/deliveries.ts'
import {
  aJob,
  aJobWith,
  anAnswer,
  answering,
  aPrinterState,
  type FakeAnswers,
  type FakeIppPrinter,
  type FakeRequest,
  startFakeIppPrinter,
} from '../helpers/fake-ipp-printer.ts'

const CANCELED = 7
const ABORTED = 8
const COMPLETED = 9
const PROCESSING = 5

const IMPATIENT = {
  timeouts: { connectMs: 300, responseMs: 300 },
  limits: { pollFirstMs: 1, pollMaxMs: 5, unreachableMs: 300, jobMs: 300 },
}

/** More than any kernel buffers for a connection whose other end doesn't read. */
const LARGE = someBytes(20_000_000)

describe('IPP driver and a printer that fails', () => {
  const printers: FakeIppPrinter[] = []
  const drivers: IppDriver[] = []

  afterEach(async () => {
    await Promise.all(drivers.splice(0).map((driver) => driver.close()))
    await Promise.all(printers.splice(0).map((printer) => printer.close()))
  })

  async function aPrinter(answers: FakeAnswers): Promise<FakeIppPrinter> {
    const printer = await startFakeIppPrinter(answers)
    printers.push(printer)
    return printer
  }

  function aDriver(uri: string, more: Partial<{ username: string; password: string }> = {}): IppDriver {
    return aDriverWith(uri, IMPATIENT, more)
  }

  function aDriverWith(uri: string, options: IppDriverOptions, more: object = {}): IppDriver {
    const driver = new IppDriver({ type: 'ipp', uri, ...more }, options)
    drivers.push(driver)
    return driver
  }

  async function deliver(
    answers: FakeAnswers,
    delivery: Partial<Delivery> = {},
    context: RecordingContext = aContext(),
  ): Promise<DeliveryResult> {
    const printer = await aPrinter(answers)
    return aDriver(printer.uri).deliver(aDelivery(delivery), context)
  }

  describe('before the first byte of the document', () => {
    it('holds the queue when nothing listens', async () => {
      const printer = await startFakeIppPrinter()
      await printer.close()
      const context = aContext()
      const result = await aDriver(printer.uri).deliver(aDelivery(), context)
      expect(result).to.include({
        outcome: 'not_sent',
        next: 'retry',
        reason: 'connecting-to-device',
        bytesWritten: 0,
      })
      expect(result.detail).to.match(/^127\.0\.0\.1:\d+: connection refused$/)
      expect(context.begun).to.equal(0)
    })

    it('holds the queue when the host name is unknown', async () => {
      const result = await aDriver('ipp://printer.invalid/ipp/print').deliver(aDelivery(), aContext())
      expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: 'connecting-to-device' })
    })

    it('holds the queue when the printer never ends the TLS handshake', async () => {
      const sockets: Socket[] = []
      const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
      await once(mute, 'listening')
      const { port } = mute.address() as { port: number }
      const result = await aDriver(`ipps://127.0.0.1:${port}/`).deliver(aDelivery(), aContext())
      sockets.forEach((socket) => socket.destroy())
      mute.close()
      expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: 'connecting-to-device' })
      expect(result.detail).to.include('no connection within 300 ms')
    })

    it('holds the queue of one that offers another protocol in the place of an answer', async () => {
      const odd = createServer((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', () =>
          socket.write('HTTP/1.1 101 Other\r\nUpgrade: ipp\r\nConnection: Upgrade\r\n\r\n'),
        )
      }).listen(0, '127.0.0.1')
      await once(odd, 'listening')
      const { port } = odd.address() as { port: number }
      const result = await aDriver(`ipp://127.0.0.1:${port}/`).deliver(aDelivery(), aContext())
      odd.close()
      expect(result).to.include({ outcome: 'not_sent', next: 'retry', bytesWritten: 0 })
      expect(result.detail).to.include('HTTP 101')
    })

    for (const [what, body] of [
      ['is no IPP', Buffer.from('<html>Not found</html>')],
      ['is over 1 MiB', Buffer.alloc(1024 * 1024 + 1)],
    ] as const) {
      it(`holds the queue when the answer about the printer ${what}`, async () => {
        const result = await deliver({ getPrinterAttributes: ({ response }) => void response.end(body) })
        expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: 'connecting-to-device' })
      })
    }

    it('finds out wrong credentials before the document is sent and repeats them nowhere', async () => {
      const answers: FakeAnswers = {
        validateJob: withPassword(answering(0)),
        printJob: withPassword(answering(0, GROUP.job, aJob(PROCESSING))),
      }
      const printer = await aPrinter(answers)
      const wrong = aDriver(printer.uri, { username: 'packer', password: 'not-hunter2' })
      const context = aContext()
      const refused = await wrong.deliver(aDelivery(), context)
      expect(refused).to.include({ outcome: 'not_sent', next: 'retry', bytesWritten: 0 })
      expect(refused.detail).to.include('refused the user name and password')
      expect(JSON.stringify(refused)).not.to.match(/hunter2|cGFja2Vy/)
      expect(context.begun).to.equal(0)
      expect(printer.asked).not.to.include('printJob')

      const right = aDriver(printer.uri, { username: 'packer', password: 'hunter2' })
      expect(await right.deliver(aDelivery(), aContext())).to.include({ outcome: 'confirmed' })
    })

    it('is told the same however often the printer refuses by HTTP, and prints when that has been set right', async () => {
      let isForbidden = true
      const printer = await aPrinter({
        getPrinterAttributes: async (request) => {
          if (!isForbidden) return answering(0, GROUP.printer, aPrinterState())(request)
          await request.readBody()
          request.response.writeHead(403).end()
        },
      })
      const driver = aDriver(printer.uri)
      for (let refusal = 1; refusal <= 5; refusal += 1) {
        const { detail } = await driver.deliver(aDelivery(), aContext())
        expect(detail, `refusal ${refusal}`).to.include('the printer forbids it to this user')
      }
      isForbidden = false
      expect(await driver.deliver(aDelivery(), aContext())).to.include({ outcome: 'confirmed' })
    })

    for (const status of [0x0401, 0x0402, 0x0403]) {
      it(`holds the queue, as after HTTP 401, when the printer answers IPP status 0x${status.toString(16)}`, async () => {
        const result = await deliver({ validateJob: answering(status) })
        expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: 'connecting-to-device' })
        expect(result.detail).to.include('forbids it to this user')
      })
    }

    it('says what a print server answers about a queue that it does not have', async () => {
      const result = await deliver({ getPrinterAttributes: answering(0x0406) })
      expect(result).to.include({ outcome: 'not_sent', next: 'retry' })
      expect(result.detail).to.include('client-error-not-found (0x0406)')
    })

    it('speaks IPP 1.1 with a printer that knows no newer one', async () => {
      const versions = new Set<string>()
      const old = (answer: Required<FakeAnswers>['printJob']) => (request: FakeRequest) => {
        versions.add(request.head.subarray(0, 2).join('.'))
        return (request.head[0] === 1 ? answer : answering(0x0503))(request)
      }
      const printer = await aPrinter({
        getPrinterAttributes: old(answering(0, GROUP.printer, aPrinterState())),
        validateJob: old(answering(0)),
        printJob: old(answering(0, GROUP.job, aJob(PROCESSING))),
        getJobAttributes: old(answering(0, GROUP.job, aJob(COMPLETED, 1))),
      })
      const driver = aDriver(printer.uri)
      expect(await driver.deliver(aDelivery(), aContext())).to.include({ outcome: 'confirmed' })
      expect([...versions]).to.deep.equal(['2.0', '1.1'])
      await driver.deliver(aDelivery(), aContext())
      expect(printer.asked.filter((name) => name === 'getPrinterAttributes')).to.have.length(3)
    })

    it('holds the queue while the printer is stopped, with its reason', async () => {
      const state = aPrinterState({ state: 5, reasons: ['media-low-warning', 'cover-open-error'] })
      const result = await deliver({ getPrinterAttributes: answering(0, GROUP.printer, state) })
      expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: 'cover-open' })
      expect(result.stateReasons).to.deep.equal(['media-low', 'cover-open'])
    })

    it('holds the queue while the printer accepts no jobs', async () => {
      const state = aPrinterState({ isAccepting: false })
      const result = await deliver({ getPrinterAttributes: answering(0, GROUP.printer, state) })
      expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: 'printer-busy' })
    })

    it('fails a job with more copies than the printer makes', async () => {
      const state = aPrinterState({ copiesMax: 2 })
      const result = await deliver(
        { getPrinterAttributes: answering(0, GROUP.printer, state) },
        { copies: 3 },
      )
      expect(result).to.include({ outcome: 'not_sent', next: 'fail' })
      expect(result.detail).to.include('at most 2')
    })

    it('sends nothing when the sending is not permitted', async () => {
      const context = aContext(new Error('the lease is lost'))
      let printed: Buffer = Buffer.alloc(0)
      const result = await deliver(
        {
          printJob: async (request) => {
            printed = await request.readBody()
          },
        },
        {},
        context,
      )
      expect(result).to.include({ outcome: 'not_sent', next: 'retry', bytesWritten: 0 })
      expect(context.begun).to.equal(1)
      expect(printed).to.have.length(0)
    })

    for (const how of ['reset', 'ended'] as const) {
      it(`holds the queue when the connection is ${how} before the sending is permitted`, async () => {
        const printer = await aPrinter({})
        const context: DeliveryContext = {
          signal: new AbortController().signal,
          beforeFirstByte: async () => {
            await (how === 'reset' ? printer.reset() : printer.end())
            await turnsOfTheEventLoop(3)
          },
        }
        const result = await aDriver(printer.uri).deliver(aDelivery(), context)
        expect(result).to.include({ outcome: 'not_sent', reason: 'connecting-to-device', bytesWritten: 0 })
        expect(printer.asked).not.to.include('printJob')
      })
    }

    it('sends nothing when the server stops before', async () => {
      const context = aContext()
      context.abort()
      const result = await deliver({}, {}, context)
      expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: null })
      expect(context.begun).to.equal(0)
    })

    it('asks again when a kept connection turns out to be closed', async () => {
      const printer = await aPrinter({})
      const driver = aDriver(printer.uri)
      await driver.deliver(aDelivery(), aContext())
      printer.closeIdle()
      expect(await driver.deliver(aDelivery(), aContext())).to.include({ outcome: 'confirmed' })
    })
  })

  describe('from the first byte on', () => {
    for (const offset of [1, 1_000, 70_000, 1_000_000]) {
      it(`answers unknown when the connection is reset after ${offset} bytes and the printer knows no job`, async () => {
        const context = aContext()
        const result = await deliver(
          { printJob: (request) => resetAfter(request, offset) },
          { bytes: LARGE },
          context,
        )
        expect(result).to.include({
          outcome: 'unknown',
          reason: 'outcome-unknown',
          bytesOffered: LARGE.length,
        })
        expect(result.bytesWritten).to.be.within(Math.min(offset, 1), LARGE.length - 1)
        expect(result.detail).to.match(
          /after \d+ of 20000000 bytes; the printer knows no such job; it may have printed/,
        )
        expect(context.begun).to.equal(1)
      })
    }

    it('finds a job by its name after the answer to Print-Job was lost, and confirms it', async () => {
      const printer = await aPrinter({
        printJob: resetAfterBody,
        getJobs: listing(aJobWith(1, COMPLETED, 1)),
      })
      const result = await aDriver(printer.uri).deliver(aDelivery(), aContext())
      expect(result).to.include({ outcome: 'confirmed', reason: null })
      expect(printer.asked.filter((name) => name === 'printJob')).to.have.length(1)
    })

    it('goes on polling a job that was found at work', async () => {
      const result = await deliver({
        printJob: resetAfterBody,
        getJobs: listing(aJob(PROCESSING)),
        getJobAttributes: answering(0, GROUP.job, aJobWith(1, COMPLETED, 1)),
      })
      expect(result).to.include({ outcome: 'confirmed' })
    })

    it('doesn’t take another job for its own', async () => {
      const other = aJob(COMPLETED, 1, 'Label #12 (prnt_job_0000000000000000000009)')
      const result = await deliver({ printJob: resetAfterBody, getJobs: listing(other) })
      expect(result).to.include({ outcome: 'unknown' })
    })

    it('reports a cut submission that the printer threw away as interrupted', async () => {
      const answers: FakeAnswers = {
        printJob: (request) => resetAfter(request, 1_000),
        getJobs: listing(aJob(ABORTED)),
      }
      const result = await deliver(answers, { bytes: LARGE })
      expect(result).to.include({ outcome: 'not_sent', next: 'fail', reason: 'submission-interrupted' })
    })

    for (const [what, state] of [
      ['aborted', ABORTED],
      ['canceled', CANCELED],
    ] as const) {
      it(`answers unknown when a job was ${what} after paper came out`, async () => {
        const result = await deliver({ getJobAttributes: answering(0, GROUP.job, aJob(state, 2)) })
        expect(result).to.include({ outcome: 'unknown', reason: 'outcome-unknown' })
      })
    }

    it('answers unknown when Print-Job is never answered', async () => {
      const result = await deliver({
        printJob: async (request) => {
          await request.readBody()
        },
      })
      expect(result).to.include({ outcome: 'unknown', bytesWritten: aDelivery().bytes.length })
      expect(result.detail).to.include('no response within 300 ms')
    })

    for (const [what, answer] of [
      ['no IPP', ({ response }: FakeRequest) => void response.end('OK')],
      ['over 1 MiB', ({ response }: FakeRequest) => void response.end(Buffer.alloc(1024 * 1024 + 1))],
      ['HTTP 502', ({ response }: FakeRequest) => void response.writeHead(502).end()],
      ['HTTP 408', ({ response }: FakeRequest) => void response.writeHead(408).end()],
      ['a device error', answering(0x0504)],
    ] as const) {
      it(`answers unknown when the answer to Print-Job is ${what}`, async () => {
        const printJob = async (request: FakeRequest): Promise<void> => {
          if (what !== 'a device error') await request.readBody()
          await answer(request)
        }
        expect(await deliver({ printJob })).to.include({ outcome: 'unknown', reason: 'outcome-unknown' })
      })
    }

    for (const [status, next, reason] of [
      [0x0507, 'retry', 'printer-busy'],
      [0x0506, 'retry', 'printer-busy'],
      [0x0505, 'retry', 'printer-busy'],
      [0x0502, 'retry', 'printer-busy'],
      [0x040b, 'fail', 'aborted-by-system'],
      [0x0411, 'fail', 'document-format-error'],
      [0x0508, 'cancel', 'job-canceled-at-device'],
    ] as const) {
      it(`believes IPP status 0x${status.toString(16)} that nothing printed: ${next}`, async () => {
        const result = await deliver({ printJob: answering(status) })
        expect(result).to.include({ outcome: 'not_sent', next, reason })
      })
    }

    it('stops sending when the printer refuses in the middle of the document', async () => {
      const printJob = ({ response, head }: FakeRequest): void => {
        response.writeHead(200, { 'content-type': 'application/ipp' }).end(anAnswer(head, 0x0507))
      }
      const result = await deliver({ printJob }, { bytes: LARGE })
      expect(result).to.include({ outcome: 'not_sent', next: 'retry' })
      expect(result.bytesWritten).to.be.below(LARGE.length)
    })

    it('answers unknown when the server stops in the middle of the document', async () => {
      const context = aContext()
      const result = await deliver({ printJob: () => context.abort() }, { bytes: LARGE }, context)
      expect(result).to.include({ outcome: 'unknown' })
    })

    it('answers unknown when the printer is gone while it has the job', async () => {
      const printer = await aPrinter({
        getJobAttributes: async () => {
          await printer.close()
        },
      })
      const result = await aDriver(printer.uri).deliver(aDelivery(), aContext())
      expect(result).to.include({ outcome: 'unknown' })
      expect(result.detail).to.include('no answer for 300 ms')
    })

    it('answers unknown when the printer never ends the job', async () => {
      const result = await deliver({ getJobAttributes: answering(0, GROUP.job, aJob(PROCESSING)) })
      expect(result).to.include({ outcome: 'unknown' })
      expect(result.detail).to.include('not ended the job after 300 ms')
    })

    it('goes on with a job for longer than one may take, as long as pages come out', async () => {
      let looks = 0
      const printer = await aPrinter({
        getJobAttributes: (request) => {
          looks += 1
          return answering(0, GROUP.job, aJob(looks < 30 ? PROCESSING : COMPLETED, looks))(request)
        },
      })
      const options = { limits: { ...IMPATIENT.limits, pollFirstMs: 20, pollMaxMs: 20, jobMs: 400 } }
      const result = await aDriverWith(printer.uri, options).deliver(aDelivery(), aContext())
      expect(result.outcome, result.detail).to.equal('confirmed')
    })

    for (const [what, told] of [
      ['waits for paper', { state: 4, reasons: ['media-empty-warning'] }],
      ['stands at a stopped printer that gives no reason', { state: 5 }],
    ] as const) {
      it(`gives a job that ${what} longer than one that is worked on`, async () => {
        let looks = 0
        const waiting = aPrinterState(told)
        const printer = await aPrinter({
          getPrinterAttributes: (request) => {
            const isBefore = looks === 0
            return answering(0, GROUP.printer, isBefore ? aPrinterState() : waiting)(request)
          },
          getJobAttributes: (request) => {
            looks += 1
            return answering(0, GROUP.job, aJob(looks < 20 ? PROCESSING : COMPLETED))(request)
          },
        })
        // Every look takes longer than a job may: only the paper that is missing makes the driver stay.
        const options = { limits: { ...IMPATIENT.limits, pollFirstMs: 2, pollMaxMs: 2, jobMs: 15 } }
        const result = await aDriverWith(printer.uri, options).deliver(aDelivery(), aContext())
        expect(result.outcome, result.detail).to.equal('confirmed')
      })
    }
  })

  it('keeps an opened connection for the next question', async () => {
    const printer = await aPrinter({})
    const client = new IppClient({
      endpoint: toEndpoint({ type: 'ipp', uri: printer.uri }),
      timeouts: { connectMs: 300, responseMs: 300, requestMs: 1_000, documentMs: 1_000 },
    })
    await client.getPrinterAttributes(['printer-state'])
    await client.getPrinterAttributes(['printer-state'])
    client.close()
    expect(printer.connections).to.equal(1)
  })
})

function withPassword(answer: (request: FakeRequest) => void | Promise<void>): typeof answer {
  const right = `Basic ${Buffer.from('packer:hunter2').toString('base64')}`
  return async (request) => {
    if (request.http.headers.authorization === right) return answer(request)
    await request.readBody()
    request.response.writeHead(401, { 'www-authenticate': 'Basic realm="print"' }).end()
  }
}

function listing(...jobs: ReturnType<typeof aJob>[]): (request: FakeRequest) => void | Promise<void> {
  return answering(0, GROUP.job, ...jobs)
}

/** Reads at least so many octets of the request, then resets the connection. */
function resetAfter({ http, head }: FakeRequest, octets: number): void {
  let length = head.length
  http.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length >= octets) http.socket.resetAndDestroy()
  })
  http.resume()
}

async function resetAfterBody({ http, readBody }: FakeRequest): Promise<void> {
  await readBody()
  http.socket.resetAndDestroy()
}
