import { expect } from 'chai'
import { COMMAND_CODES } from '../../web/pack/command.ts'
import { code128 } from '../../web/parts/code128.ts'
import { type Dots, readSymbols } from '../helpers/symbol-reader.ts'

const QUIET = 10
const SCALE = 3
const HEIGHT = 60

function draw(text: string): Dots {
  const { bars, width } = code128(text)
  const widthBytes = Math.ceil(((width + 2 * QUIET) * SCALE) / 8)
  const row = new Uint8Array(widthBytes)
  for (const bar of bars) {
    for (let at = (bar.x + QUIET) * SCALE; at < (bar.x + QUIET + bar.width) * SCALE; at += 1) {
      row[at >> 3] = (row[at >> 3] ?? 0) | (0x80 >> (at & 7))
    }
  }
  const bits = new Uint8Array(widthBytes * HEIGHT)
  for (let y = 0; y < HEIGHT; y += 1) bits.set(row, y * widthBytes)
  return { widthBytes, heightDots: HEIGHT, bits }
}

describe('the symbols of the printed codes', () => {
  for (const code of [...Object.values(COMMAND_CODES), 'ab ~{}!"09', '0']) {
    it(`hold ${code} for a reader that knows nothing of them`, async () => {
      expect(await readSymbols(draw(code))).to.deep.equal([{ format: 'Code128', text: code }])
    })
  }
})
