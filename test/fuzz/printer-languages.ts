import fc from 'fast-check'
import type { Language } from './defiance.ts'

const STX = '\x02'
const ETX = '\x03\r\n'
/** `~HS` of a Zebra at rest: ZPL II Programming Guide, "~HS Host Status Return". */
const HOST_STATUS = [
  ['030', '0', '0', '1218', '000', '0', '0', '0', '000', '0', '0', '0'],
  ['000', '0', '0', '0', '1', '2', '4', '0', '00000000', '1', '000'],
  ['1234', '0'],
] as const
const FIELDS = HOST_STATUS.flatMap((line, index) => line.map((_, field) => [index, field] as const))
/** What a field says: flags, counts, and what no field says. */
const VALUES = ['0', '1', '1', '1', '2', '999', '00000007', '', ' ', '-1', '1 2', '9'.repeat(40), 'x', '1.5']

function hostStatus(lines: readonly (readonly string[])[]): Buffer {
  return Buffer.from(lines.map((line) => `${STX}${line.join()}${ETX}`).join(''), 'latin1')
}

export const ZPL: Language = {
  question: /~HS/,
  answerTo: () => hostStatus(HOST_STATUS),
  odd: fc
    .array(fc.tuple(fc.constantFrom(...FIELDS), fc.constantFrom(...VALUES)), { minLength: 1, maxLength: 3 })
    .map((changes) => {
      const lines = HOST_STATUS.map((line) => [...line] as string[])
      for (const [[line, field], value] of changes) lines[line]?.splice(field, 1, value)
      return hostStatus(lines)
    }),
}

/** `DLE EOT n` of a receipt printer at rest; the fixed bits of an answer are those of 0x12. */
const AT_REST = 0x12
const FREE_BITS = [0x04, 0x08, 0x20, 0x40] as const

export const ESCPOS: Language = {
  question: /\x10\x04[\x02\x04]/,
  answerTo: () => Buffer.of(AT_REST),
  odd: fc
    .array(fc.oneof(fc.subarray([...FREE_BITS]).map(withBits), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((bytes) => Uint8Array.from(bytes)),
}

function withBits(bits: readonly number[]): number {
  return bits.reduce((sum, bit) => sum | bit, AT_REST)
}
