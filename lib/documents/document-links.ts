import { createHmac, timingSafeEqual } from 'node:crypto'

/** Links to documents that work without a key: contracts/cloud-printing.md, section 4, `data_url`. */
export interface DocumentLinks {
  /** Good for an hour from `now`. */
  urlOf(documentId: string, now?: Date): string
  /** False for a wrong, missing or expired signature. Both come from a query: anything may be in them. */
  verify(documentId: string, signed: { expires: unknown; signature: unknown }, now?: Date): boolean
}

const LIFE_SECONDS = 3600
const EXPIRES = /^[1-9]\d{0,11}$/
const SIGNATURE = /^[0-9a-f]{64}$/

export function createDocumentLinks(options: {
  readonly key: Buffer
  /** Without a slash at its end. Asked each time: a server on a free port learns its address late. */
  readonly baseUrl: () => string
}): DocumentLinks {
  const { key, baseUrl } = options
  /** The id can't hold a line break, so no other pair of id and expiry gives the same text. */
  const sign = (documentId: string, expires: string): Buffer =>
    createHmac('sha256', key).update(`${documentId}\n${expires}`).digest()

  return {
    urlOf(documentId, now = new Date()) {
      const expires = String(Math.floor(now.getTime() / 1000) + LIFE_SECONDS)
      const signature = sign(documentId, expires).toString('hex')
      return `${baseUrl()}/v1/documents/${documentId}?expires=${expires}&signature=${signature}`
    },

    verify(documentId, { expires, signature }, now = new Date()) {
      if (typeof expires !== 'string' || typeof signature !== 'string') return false
      if (documentId.includes('\n') || !EXPIRES.test(expires) || !SIGNATURE.test(signature)) return false
      const isRight = timingSafeEqual(sign(documentId, expires), Buffer.from(signature, 'hex'))
      return isRight && Number(expires) * 1000 > now.getTime()
    },
  }
}
