import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * An answer may hold a secret that is stored nowhere else but as a hash, such as a new API key. It is kept so that only
 * the API key of the request opens it again: NIST SP 800-38D, with a key by RFC 5869.
 */
export function sealAnswer(text: string, secret: string, salt: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, keyOf(secret, salt), iv)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed])
}

/** Throws for another secret, another salt or changed bytes. */
export function openAnswer(sealed: Buffer, secret: string, salt: Buffer): string {
  const decipher = createDecipheriv(CIPHER, keyOf(secret, salt), sealed.subarray(0, IV_BYTES))
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  const opened = [decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]
  return Buffer.concat(opened).toString('utf8')
}

function keyOf(secret: string, salt: Buffer): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, 'packhouse idempotency answer', KEY_BYTES))
}
