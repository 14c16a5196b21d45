import type { Response } from 'express'
import { createRateLimiter, type RateLimit, type RateVerdict } from '../http/rate-limiter.ts'
import { RestRefusal } from './rest-refusal.ts'

/**
 * contracts/cloud-printing.md, section 1: a bucket per API key, and one per address for signing in. A wrong key is 401 however
 * often it comes, and a signed link is its own right: a limit per address would keep stations that share one from their
 * documents.
 */
export interface RestRateLimits {
  /** Sets the headers that every answer to a key carries. Throws RestRefusal `rate_limited`. */
  takeForKey(response: Response, keyId: string): void
  /** Throws RestRefusal `rate_limited`. */
  takeForAddress(address: string): void
}

const SECOND_MS = 1_000

/** Each keeps a bounded number of buckets: addresses can't push keys out. */
export function createRestRateLimits(limit: RateLimit): RestRateLimits {
  const keys = createRateLimiter(limit)
  const addresses = createRateLimiter(limit)
  return {
    takeForKey(response, keyId) {
      const verdict = keys?.take(keyId, 1)
      if (!verdict) return
      response.set('RateLimit-Limit', String(limit.burst))
      response.set('RateLimit-Remaining', String(verdict.remaining))
      response.set('RateLimit-Reset', String(Math.ceil(verdict.resetMs / SECOND_MS)))
      assertAllowed(verdict)
    },
    takeForAddress(address) {
      const verdict = addresses?.take(address, 1)
      if (verdict) assertAllowed(verdict)
    },
  }
}

function assertAllowed({ isAllowed, retryAfterMs }: RateVerdict): void {
  if (isAllowed) return
  const seconds = Math.max(1, Math.ceil(retryAfterMs / SECOND_MS))
  throw new RestRefusal('rate_limited', `Too many requests: try again in ${seconds} s`, {
    headers: { 'Retry-After': String(seconds) },
  })
}
