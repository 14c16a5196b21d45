import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { expect } from 'chai'
import fc from 'fast-check'
import { makePng } from '../helpers/documents.ts'
import { openThermalClient } from '../ws/thermal-client.ts'
import { timeoutMsOf } from './budget.ts'
import { batchesOf, fuzz } from './fuzzing.ts'
import { exchangeBytes } from './byte-exchange.ts'
import { toJsonText } from './hostile-values.ts'
import { type ByteChange, byteChanges, changeBytes, mutated, oftenOf } from './mutation.ts'
import type { Reach } from './reach.ts'
import { type Subject, sharedSubject } from './subject.ts'

const BATCH = 8
const SOUND_EVERY = 10
const ANSWER_MS = 60_000
/** RFC 6455, section 7.4.1: what breaks the protocol, UTF-8, or the largest message. */
const PROTOCOL_CLOSES = [1002, 1007, 1009]
const RESULT = ['JobId', 'Status', 'ErrorMessage']
const TEMPLATE_RESULT = ['DocumentType', 'Success', 'Message', 'Action']
/** Of contracts/thermal.md, section 2.2: a last message that is answered at once, when all before it were handled. */
const LAST = { JobId: 'the last', PrinterId: 'none', DocumentType: 'comanda', Document: {} }

describe('WebSocket messages that nobody would write', function () {
  let subject: Subject
  let picture: string

  before(async function () {
    this.timeout(120_000)
    subject = await sharedSubject()
    picture = (await makePng({ widthPx: 40, heightPx: 20 })).toString('base64')
  })

  function messages(): fc.Arbitrary<unknown> {
    const item = { Qty: 2, Name: 'Café', Total: 1.5, ItemId: 'A-1', Price: '3' }
    const items = [item]
    const long = 'https://example.com/'.padEnd(1_500, 'invoice-')
    const many = Array.from({ length: 60 }, (_, index) => ({ ...item, ItemId: `${index}` }))
    const documents = [
      { order: { Number: 87, Date: '2024-01-15T10:30:00', Items: items }, Detail: 'x' },
      { CompanyName: 'Ñandú', Items: items, Total: 24.3, InvoiceUrl: 'https://example.com/1' },
      { CompanyName: long, Items: many, Total: '1'.repeat(400), InvoiceUrl: long },
      { stickers: many.slice(0, 40) },
      { stickers: items },
      {},
    ]
    const element = { Type: 'Text', Label: 'Total: ', Source: 'Total', Format: 'Bold Size2', Align: 'Right' }
    const sections = [
      {
        Type: 'Static',
        Align: 'Center',
        Elements: [element, { Type: 'Line' }, { Type: 'QR', Source: 'InvoiceUrl' }],
      },
      {
        Type: 'Table',
        Source: 'Items',
        Elements: [
          { Label: 'Qty', Source: 'Qty', WidthPercentage: 20 },
          { Label: 'Name', Source: 'Name' },
        ],
      },
      {
        Type: 'Repeated',
        Source: 'stickers',
        Elements: [{ Type: 'Barcode', Source: 'ItemId', Properties: { Columns: 2 } }],
      },
    ]
    const job = fc
      .record({
        qr: fc.constantFrom('https://example.com', long.slice(0, 150), long),
        type: fc.constantFrom('comanda', 'ticket_venta', 'sticker', 'factura_electronica', 'own', 'none'),
        document: fc.constantFrom(...documents),
        isIdempotent: fc.boolean(),
      })
      .map(({ qr, type, document, isIdempotent }) => ({
        JobId: 'a job',
        PrinterId: 'PRINTER_001',
        DocumentType: type,
        Document: document,
        Images: [{ Id: 'logo', Base64: picture, Align: 'Center', WidthMm: 20 }],
        Barcodes: [{ Type: 'EAN13', Value: '750123456789', Height: 80, Width: 2, Hri: true }],
        QRs: [{ Value: qr, Size: 4 }],
        Idempotent: isIdempotent,
      }))
    const template = fc.constant({
      Action: 'UpdateTemplate',
      Template: { DocumentType: 'own', Sections: sections, Settings: {} },
    })
    const command = fc
      .constantFrom('Cut', 'Drawer', 'Beep')
      .map((Command) => ({ Action: 'ExecuteCommand', PrinterId: 'PRINTER_001', Command, JobId: 'a command' }))
    return fc.oneof(
      { weight: 5, arbitrary: job },
      { weight: 3, arbitrary: template },
      { weight: 1, arbitrary: command },
    )
  }

  it('are answered in the one form, or the connection is closed', async function () {
    this.timeout(timeoutMsOf('WebSocket'))
    const cases = fc
      .record({
        message: mutated(messages()),
        changes: oftenOf(fc.constant<readonly ByteChange[]>([]), byteChanges(3)),
      })
      .map(({ message, changes }) => changeBytes(Buffer.from(toJsonText(message)), changes))
    const frames = fc.record({ message: messages(), changes: byteChanges(4) })
    const batches = fc.oneof(
      { weight: 3, arbitrary: batchesOf(cases, BATCH).map((texts) => ({ texts })) },
      { weight: 1, arbitrary: batchesOf(frames, BATCH).map((each) => ({ frames: each })) },
    )
    let count = 0
    await fuzz('WebSocket', {
      cases: batches,
      goals: { DONE: 3, ERROR: 3, template: 1, 'no template': 1, 'closed by the server': 2, frames: 10 },
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
  async function converse(texts: readonly Buffer[], note: Reach['note']): Promise<void> {
    const client = await openThermalClient(doorOf(subject))
    const closed = once(client.socket, 'close').then(([code]) => code as number)
    for (const text of texts) client.socket.send(text, { binary: false })
    client.send(LAST)
    const isOver = () => client.heard.some(({ JobId }) => JobId === LAST.JobId)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), ANSWER_MS)
    try {
      while (!isOver()) {
        const heard = once(client.socket, 'heard', { signal: late.signal }).then(() => null)
        const code = await Promise.race([closed, heard])
        if (code === null) continue
        note('closed by the server')
        return void expect(code).to.be.oneOf(PROTOCOL_CLOSES)
      }
    } finally {
      clearTimeout(timer)
      for (const message of client.heard) {
        assertResult(message)
        if (message['JobId'] !== LAST.JobId) note(wordOf(message))
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
