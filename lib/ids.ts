import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ID_LENGTH = 22
/** The largest multiple of 62 that fits a byte: above it, a byte would favour the first letters. */
const UNBIASED_BYTE_LIMIT = 248

/** Prefix and 22 base62 characters, some 131 bits (contracts/cloud-printing.md, section 1). */
export type IdPrefix =
  | 'prnt_job'
  | 'prnt_stn'
  | 'loc'
  | 'key'
  | 'usr'
  | 'mrch'
  | 'whk'
  | 'evt'
  | 'doc'
  | 'dlv'
  | 'command'

export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomBase62(ID_LENGTH)}`
}

export function randomBase62(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < UNBIASED_BYTE_LIMIT && text.length < length) text += ALPHABET[byte % ALPHABET.length]
    }
  }
  return text
}
