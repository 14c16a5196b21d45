import { createHmac } from 'node:crypto'
import { signatureKey } from './webhook-secret.ts'

export interface SignedMessage {
  /** The event's id, the same in every attempt. */
  readonly id: string
  readonly at: Date
  readonly body: string
}

/** The headers of Standard Webhooks 1.0.0, with one signature per secret. */
export function standardHeaders(message: SignedMessage, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(message.at.getTime() / 1_000))
  const signed = `${message.id}.${timestamp}.${message.body}`
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${hmacOf(signatureKey(secret), signed)}`).join(' '),
  }
}

/** ShipStream's signature: of the body alone, with the secret as it was given. */
export function pluginHeaders(body: string, secret: string): Record<string, string> {
  return { 'x-plugin-hmac-sha256': hmacOf(Buffer.from(secret, 'utf8'), body) }
}

function hmacOf(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text, 'utf8').digest('base64')
}
