import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { expect } from 'chai'
import fc from 'fast-check'
import { makePng } from '../helpers/documents.ts'
import { openThermalClient } from '../ws/thermal-client.ts'
import { timeoutMsOf } from './budget.ts'
import { batchesOf, fuzz } from './fuzzing.ts'
import { exchangeBytes } from './byte-exchange.ts'
import { TEXTS_MS } from './hostile-telling.ts'
import { HOSTILE_TEXTS } from './hostile-texts.ts'
import { toJsonText } from './hostile-values.ts'
import { type ByteChange, byteChanges, changeBytes, mutated, oftenOf } from './mutation.ts'
import { Reach } from './reach.ts'
import { type Subject, sharedSubject } from './subject.ts'
import { withTextAt } from './text-places.ts'
import { samplesOf, thermalMessages } from './thermal-messages.ts'

const BATCH = 8
const CLIENTS = 6
const SOUND_EVERY = 10
const ANSWER_MS = 60_000
/** RFC 6455, section 7.4.1: what breaks the protocol, UTF-8, or the largest message. */
const PROTOCOL_CLOSES = [1002, 1007, 1009]
/** Of hostile texts, beside those that are refused. */
const TEXT_GOALS = { DONE: 100, ERROR: 300, template: 300, 'no template': 20 }
const CLOSED = 'closed by the server'
const RESULT = ['JobId', 'Status', 'ErrorMessage']
const TEMPLATE_RESULT = ['DocumentType', 'Success', 'Message', 'Action']
/** Of contracts/thermal.md, section 2.2: a last message that is answered at once, when all before it were handled. */
const LAST = { JobId: 'the last', PrinterId: 'none', DocumentType: 'comanda', Document: {} }
/** One that is answered when all before it were printed. */
const LAST_PRINTED = { ...LAST, PrinterId: 'PRINTER_001' }

describe('WebSocket messages that nobody would write', function () {
  let subject: Subject
  let picture: string

  before(async function () {
    this.timeout(120_000)
    subject = await sharedSubject()
    picture = (await makePng({ widthPx: 40, heightPx: 20 })).toString('base64')
  })

  it('take or refuse a hostile text in each place for text', async function () {
    this.timeout(TEXTS_MS)
    const texts = HOSTILE_TEXTS.flatMap(({ flavour, alone }) => [flavour, ...alone])
    const asked = samplesOf(picture).flatMap(({ message, together, apart }) => {
      const places = [...apart.map((path) => [path]), together].filter(({ length }) => length > 0)
      return places.flatMap((paths) => texts.map((text) => withTextAt(message, paths, text)))
    })
    const reach = new Reach()
    const note = (what: string): void => {
      expect(what, 'to well-formed messages').not.to.equal(CLOSED)
      reach.note(what)
    }
    const startedAt = performance.now()
    for (let from = 0; from < asked.length; from += BATCH * CLIENTS) {
      const some = asked.slice(from, from + BATCH * CLIENTS)
      const told = Array.from({ length: CLIENTS }, (_, index) =>
        some.slice(index * BATCH, (index + 1) * BATCH),
      )
      await subject.allEnded(told.map((each) => converse(each.map(bytesOf), note, LAST_PRINTED)))
    }
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    console.log(
      `      ${asked.length} messages with a hostile text in ${seconds} s: ${reach.told(TEXT_GOALS)}`,
    )
    expect(reach.missing(TEXT_GOALS)).to.deep.equal([])
    await assertPrints()
  })

  it('are answered in the one form, or the connection is closed', async function () {
    this.timeout(timeoutMsOf('WebSocket'))
    const cases = fc
      .record({
        message: mutated(thermalMessages(picture)),
        changes: oftenOf(fc.constant<readonly ByteChange[]>([]), byteChanges(3)),
      })
      .map(({ message, changes }) => changeBytes(bytesOf(message), changes))
    const frames = fc.record({ message: thermalMessages(picture), changes: byteChanges(4) })
    const batches = fc.oneof(
      { weight: 3, arbitrary: batchesOf(cases, BATCH).map((texts) => ({ texts })) },
      { weight: 1, arbitrary: batchesOf(frames, BATCH).map((each) => ({ frames: each })) },
    )
    let count = 0
    await fuzz('WebSocket', {
      cases: batches,
      goals: { DONE: 3, ERROR: 3, template: 1, 'no template': 1, [CLOSED]: 2, frames: 10 },
      async judge(batch, note) {
        if ('texts' in batch) await converse(batch.texts, note)
        else {
          await Promise.all(batch.frames.map((each) => sendFrames(each.message, each.changes)))
          for (const _frame of batch.frames) note('frames')
        }
        if (count++ % SOUND_EVERY === 0) await assertPrints()
        return 'texts' in batch ? batch.texts.length : batch.frames.length
      },
    })
    await assertPrints()
  })

  /** Every message is handled, or the connection is closed for what broke the protocol. */
  async function converse(texts: readonly Buffer[], note: Reach['note'], last = LAST): Promise<void> {
    const client = await openThermalClient(doorOf(subject))
    const closed = once(client.socket, 'close').then(([code]) => code as number)
    for (const text of texts) client.socket.send(text, { binary: false })
    client.send(last)
    const isOver = () => client.heard.some(({ JobId }) => JobId === last.JobId)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), ANSWER_MS)
    try {
      while (!isOver()) {
        const heard = once(client.socket, 'heard', { signal: late.signal }).then(() => null)
        const code = await Promise.race([closed, heard])
        if (code === null) continue
        note(CLOSED)
        return void expect(code).to.be.oneOf(PROTOCOL_CLOSES)
      }
    } finally {
      clearTimeout(timer)
      for (const message of client.heard) {
        assertResult(message)
        if (message['JobId'] !== last.JobId) note(wordOf(message))
      }
      await client.close()
    }
    expect(client.heard.length).to.be.at.most(texts.length + 1)
  }

  /** Bytes of frames that were changed: the server closes, whatever they say. */
  async function sendFrames(message: unknown, changes: readonly ByteChange[]): Promise<void> {
    const frames = Buffer.concat([
      textFrame(JSON.stringify(message).slice(0, 400)),
      changeBytes(Buffer.concat([textFrame(JSON.stringify(message)), PING_FRAME, CLOSE_FRAME]), changes),
    ])
    const reply = await exchangeBytes(subject.url, handshakeOf(subject), frames)
    expect(reply.slice(0, 12)).to.equal('HTTP/1.1 101')
  }

  async function assertPrints(): Promise<void> {
    await subject.assertSound()
    const client = await openThermalClient(doorOf(subject))
    const sticker = {
      JobId: 'check',
      PrinterId: 'PRINTER_001',
      DocumentType: 'factura_electronica',
      Document: {},
    }
    expect(await client.ask(sticker)).to.deep.include({ JobId: 'check', Status: 'DONE' })
    await client.close()
  }
})

const PING_FRAME = Buffer.from([0x89, 0x80, 1, 2, 3, 4])
const CLOSE_FRAME = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8])

function bytesOf(message: unknown): Buffer {
  return Buffer.from(toJsonText(message))
}

function assertResult(message: Record<string, unknown>): void {
  const members = Object.keys(message)
  expect(members).to.deep.equal(message['Action'] === 'TemplateUpdateResult' ? TEMPLATE_RESULT : RESULT)
  expect(JSON.stringify(message)).not.to.match(/internal error/i)
}

/** What it says: a status, or whether a template was taken. */
function wordOf({ Status, Success }: Record<string, unknown>): string {
  return Status === undefined ? (Success === true ? 'template' : 'no template') : String(Status)
}

function doorOf({ url, credentials }: Subject): string {
  return `${url.replace('http', 'ws')}/websocket/?api_key=${credentials.thermal.api_key}`
}

function handshakeOf({ url, credentials }: Subject): Buffer {
  const head = [
    'GET /websocket/ HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `X-API-KEY: ${credentials.thermal.api_key}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n`)
}

/** RFC 6455, section 5.2, masked by zeros. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0])
  return Buffer.concat([head, payload])
}
