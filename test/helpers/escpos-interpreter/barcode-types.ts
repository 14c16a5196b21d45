/** What each barcode system of GS k takes, by Epson's table, and how many modules wide it is. */

export class UnprintableBarcode extends Error {}

interface BarcodeType {
  readonly name: string
  readonly read: (data: Uint8Array) => { readonly value: string; readonly modules: number }
}

/** A wide bar of ITF, CODE39 and CODABAR in modules, as Epson prints it. */
const WIDE = 2.5
const CODE_128_WORD = 11
const CODE_128_STOP = 13

/** In the order of their numbers, 0 to 6 and 65 to 73. */
export const BARCODES: readonly BarcodeType[] = [
  { name: 'UPC-A', read: (data) => numbers(data, { lengths: [11, 12], full: 12, modules: 95 }) },
  { name: 'UPC-E', read: (data) => numbers(data, { lengths: [6, 7, 8, 11, 12], modules: 51 }) },
  { name: 'EAN-13', read: (data) => numbers(data, { lengths: [12, 13], full: 13, modules: 95 }) },
  { name: 'EAN-8', read: (data) => numbers(data, { lengths: [7, 8], full: 8, modules: 67 }) },
  {
    name: 'CODE39',
    read: (data) => matching(data, /^\*?[0-9A-Z $%+\-./]+\*?$/, (count) => (count + 2) * (6 + 3 * WIDE + 1)),
  },
  { name: 'ITF', read: (data) => matching(data, /^(\d\d)+$/, (count) => count * (3 + 2 * WIDE) + 6 + WIDE) },
  {
    name: 'CODABAR',
    read: (data) => matching(data, /^[A-Da-d][0-9$+\-./:]+[A-Da-d]$/, (count) => count * (5 + 2 * WIDE)),
  },
  { name: 'CODE93', read: (data) => matching(data, /^[\0-\x7f]+$/, (count) => (count + 4) * 9 + 1) },
  { name: 'CODE128', read: code128 },
]

function numbers(
  data: Uint8Array,
  rule: { readonly lengths: readonly number[]; readonly full?: number; readonly modules: number },
): { value: string; modules: number } {
  const value = latin1(data)
  if (!/^\d+$/.test(value)) throw new UnprintableBarcode(`'${value}' is not made of digits`)
  if (!rule.lengths.includes(value.length)) throw new UnprintableBarcode(`${value.length} digits`)
  if (value.length === rule.full && withCheckDigit(value.slice(0, -1)) !== value) {
    throw new UnprintableBarcode(`the check digit of ${value} is wrong`)
  }
  return { value: value.length + 1 === rule.full ? withCheckDigit(value) : value, modules: rule.modules }
}

/** Digits weigh 3 and 1 from the right; with the check digit the sum is a multiple of 10. */
function withCheckDigit(value: string): string {
  const digits = [...value].reverse().map(Number)
  const sum = digits.reduce((total, digit, at) => total + digit * (at % 2 === 0 ? 3 : 1), 0)
  return `${value}${(10 - (sum % 10)) % 10}`
}

function matching(data: Uint8Array, form: RegExp, modulesOf: (count: number) => number) {
  const value = latin1(data)
  if (!form.test(value)) throw new UnprintableBarcode(`${JSON.stringify(value)} has what the system lacks`)
  return { value, modules: modulesOf(data.length) }
}

/** `{A`, `{B` and `{C` select a code set, `{{` is a brace, `{1` to `{4` are functions, `{S` shifts; in set C a byte is two digits. */
function code128(data: Uint8Array): { value: string; modules: number } {
  const codes = latin1(data).match(/\{[ABCS1234{]|[^{]/gs) ?? []
  if (codes.join('').length < data.length) throw new UnprintableBarcode('a brace without its code')
  if (!/^\{[ABC]$/.test(codes[0] ?? '')) throw new UnprintableBarcode('it does not begin with a code set')
  let set = ''
  let value = ''
  for (const code of codes) {
    if (/^\{[ABC]$/.test(code)) set = code.charAt(1)
    else if (code === '{{') value += '{'
    else if (code.length === 1) value += charactersOf(code.charCodeAt(0), set)
  }
  if (value === '') throw new UnprintableBarcode('it holds nothing')
  // The first selection is the start, and a check symbol is added.
  return { value, modules: CODE_128_WORD * (codes.length + 1) + CODE_128_STOP }
}

function charactersOf(byte: number, set: string): string {
  if (byte > 0x7f) throw new UnprintableBarcode(`byte ${byte} is above 127`)
  if (set !== 'C') {
    const isIn = set === 'A' ? byte < 0x60 : byte >= 0x20
    if (!isIn) throw new UnprintableBarcode(`code set ${set} has no byte ${byte}`)
    return String.fromCharCode(byte)
  }
  if (byte > 99) throw new UnprintableBarcode(`code set C has no pair ${byte}`)
  return String(byte).padStart(2, '0')
}

function latin1(data: Uint8Array): string {
  return Buffer.from(data).toString('latin1')
}
