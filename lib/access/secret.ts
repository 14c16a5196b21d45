import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { randomBase62 } from '../ids.ts'

const API_KEY_LENGTH = 40
const SESSION_BYTES = 16

/** 40 base62 characters, some 238 bits. */
export function newApiKey(): string {
  return randomBase62(API_KEY_LENGTH)
}

/** 32 lower-case hexadecimal digits (contracts/rpc.md, section 4). */
export function newSessionId(): string {
  return randomBytes(SESSION_BYTES).toString('hex')
}

/**
 * How keys and session ids are stored. A plain hash suffices for what is random and long: a slow one protects guessable
 * passwords, and would cost every Basic request its tenth of a second.
 */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest()
}

export function last4(secret: string): string {
  return secret.slice(-4)
}

/** Constant time; hashes are of one length. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
