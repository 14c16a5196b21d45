import { randomBytes } from 'node:crypto'

/** Standard Webhooks 1.0.0, "Signature scheme": 24 to 64 bytes, in base64 after this prefix. */
const PREFIX = 'whsec_'
const NEW_SECRET_BYTES = 32
const BYTES_MIN = 24
const BYTES_MAX = 64
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export function newWebhookSecret(): string {
  return PREFIX + randomBytes(NEW_SECRET_BYTES).toString('base64')
}

/** Whether it is one of those that Standard Webhooks describes. */
export function isStandardSecret(secret: string): boolean {
  const bytes = decodedAfterPrefix(secret)
  return bytes !== null && bytes.length >= BYTES_MIN && bytes.length <= BYTES_MAX
}

/** The key of `webhook-signature`: what the base64 after `whsec_` means, else the bytes of the secret. */
export function signatureKey(secret: string): Buffer {
  return decodedAfterPrefix(secret) ?? Buffer.from(secret, 'utf8')
}

function decodedAfterPrefix(secret: string): Buffer | null {
  const text = secret.slice(PREFIX.length)
  if (!secret.startsWith(PREFIX) || text === '' || !BASE64.test(text)) return null
  return Buffer.from(text, 'base64')
}
