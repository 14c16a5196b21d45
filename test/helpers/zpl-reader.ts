/** Reads pictures in ZPL as a printer does, sharing nothing with what wrote them. */
import { inflateSync } from 'node:zlib'
import { ready } from 'zpl-renderer-js'

export interface ZplGraphic {
  readonly widthBytes: number
  readonly heightDots: number
  /** Rows from the top, most significant bit left, 1 is black. */
  readonly bits: Buffer
}

const MM_PER_INCH = 25.4

/** Every `^GFA`, in the order of printing. Throws for a checksum that is wrong and for data of another length. */
export function readZplGraphic(zpl: string): readonly ZplGraphic[] {
  return [...zpl.matchAll(/\^GFA,(\d+),(\d+),(\d+),([^^]*)/g)].map(([, , total, width, data = '']) => {
    const widthBytes = Number(width)
    const bits = data.startsWith(':Z64:') ? fromZ64(data) : fromAscii(data, widthBytes, Number(total))
    if (bits.length !== Number(total)) throw new Error(`${bits.length} bytes of ${total}`)
    return { widthBytes, heightDots: bits.length / widthBytes, bits }
  })
}

function fromZ64(data: string): Buffer {
  const [, , base64 = '', checksum = ''] = data.split(':')
  if (crc(Buffer.from(base64, 'latin1')) !== Number.parseInt(checksum, 16)) throw new Error('wrong checksum')
  return inflateSync(Buffer.from(base64, 'base64'))
}

/** CRC-16/XMODEM, by table. */
function crc(bytes: Buffer): number {
  const table = Array.from({ length: 256 }, (_, index) => {
    let value = index << 8
    for (let bit = 0; bit < 8; bit += 1) value = ((value << 1) ^ (value & 0x8000 ? 0x1021 : 0)) & 0xffff
    return value
  })
  return bytes.reduce((value, byte) => ((value << 8) & 0xffff) ^ (table[(value >> 8) ^ byte] ?? 0), 0)
}

function fromAscii(data: string, widthBytes: number, total: number): Buffer {
  const rows: string[] = []
  let row = ''
  let count = 0
  const end = (filling: string) => {
    rows.push(row.padEnd(widthBytes * 2, filling))
    row = ''
  }
  for (const character of data) {
    if (character === ':') rows.push(rows.at(-1) ?? '')
    else if (character === ',') end('0')
    else if (character === '!') end('F')
    else if (/[G-Y]/.test(character)) count += character.charCodeAt(0) - 'F'.charCodeAt(0)
    else if (/[g-z]/.test(character)) count += (character.charCodeAt(0) - 'f'.charCodeAt(0)) * 20
    else {
      row += character.repeat(count || 1)
      count = 0
      if (row.length === widthBytes * 2) end('')
    }
  }
  return Buffer.from(rows.join(''), 'hex').subarray(0, total)
}

/** PNG of a 4 x 6 in label at 8 dots per mm, by zebrash. */
export async function drawZpl(zpl: string): Promise<Buffer> {
  const { api } = await ready
  const base64 = await api.zplToBase64Async(zpl, 4 * MM_PER_INCH, 6 * MM_PER_INCH, 8)
  return Buffer.from(base64, 'base64')
}
