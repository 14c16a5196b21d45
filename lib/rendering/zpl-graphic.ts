import { deflateSync } from 'node:zlib'
import type { Bitmap } from './bitmap.ts'

/** `z64` is zlib in Base64 with a checksum; old firmware knows only `ascii`, which compresses by repeats. */
export type ZplGraphics = 'z64' | 'ascii'

export interface ZplOptions {
  readonly copies: number
  readonly graphics: ZplGraphics
}

/** 20 to 400, in steps of 20, then 1 to 19: ZPL II, "Alternative data compression scheme". */
const TWENTIES = 'ghijklmnopqrstuvwxyz'
const ONES = 'GHIJKLMNOPQRSTUVWXY'
const REPEAT_MAX = 400

/**
 * Labels, one after the other. What an earlier document may have set for good (turned, mirrored, inverted, moved) is set
 * back: it would spoil this one. Pure.
 */
export function toZpl(labels: readonly Bitmap[], { copies, graphics }: ZplOptions): Buffer {
  return Buffer.from(labels.map((label) => toLabel(label, { copies, graphics })).join(''), 'latin1')
}

function toLabel(bitmap: Bitmap, { copies, graphics }: ZplOptions): string {
  const { widthDots, heightDots, widthBytes, bits } = bitmap
  const data = graphics === 'z64' ? z64(bits) : asciiCompressed(bitmap)
  const size = `${bits.length},${bits.length},${widthBytes}`
  const start = `^XA^PON^PMN^LRN^LH0,0^PW${widthDots}^LL${heightDots}`
  return `${start}^FO0,0^GFA,${size},${data}^FS^PQ${copies}^XZ\n`
}

function z64(bits: Uint8Array): string {
  const base64 = deflateSync(bits).toString('base64')
  return `:Z64:${base64}:${crc16(base64).toString(16).toUpperCase().padStart(4, '0')}`
}

/** CRC-16/CCITT, polynomial 0x1021, from 0, over the characters of the Base64 text. */
function crc16(text: string): number {
  let crc = 0
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index) << 8
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
    crc &= 0xffff
  }
  return crc
}

/** `:` is the row before again, `,` is white to the end of the row, `!` is black. */
function asciiCompressed({ widthBytes, heightDots, bits }: Bitmap): string {
  const hex = Buffer.from(bits.buffer, bits.byteOffset, bits.byteLength).toString('hex').toUpperCase()
  const rowLength = widthBytes * 2
  let previous = ''
  let text = ''
  for (let y = 0; y < heightDots; y += 1) {
    const row = hex.slice(y * rowLength, (y + 1) * rowLength)
    text += row === previous ? ':' : compressedRow(row)
    previous = row
  }
  return text
}

function compressedRow(row: string): string {
  const tail = /0+$|F+$/.exec(row)?.[0] ?? ''
  const body = row.slice(0, row.length - tail.length)
  const end = tail === '' ? '' : tail.startsWith('0') ? ',' : '!'
  return body.replace(/(.)\1*/g, (run, digit: string) => repeats(run.length) + digit) + end
}

function repeats(count: number): string {
  if (count < 2) return ''
  const full = 'z'.repeat(Math.floor(count / REPEAT_MAX))
  const rest = count % REPEAT_MAX
  return full + (TWENTIES[Math.floor(rest / 20) - 1] ?? '') + (ONES[(rest % 20) - 1] ?? '')
}
