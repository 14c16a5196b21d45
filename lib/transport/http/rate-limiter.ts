import { TokenBucket } from 'limiter'
import { LRUCache } from 'lru-cache'

/** A token bucket per caller, in this process. */
export interface RateLimiter {
  /** Tokens an hour's quiet would leave a caller: per minute, what `RateLimit-Limit` says. */
  readonly perMinute: number
  readonly burst: number
  /** What `take` would answer, without taking. */
  peek(caller: string, count: number): RateVerdict
  /** Takes that many tokens, or none at all. */
  take(caller: string, count: number): RateVerdict
}

export interface RateVerdict {
  readonly isAllowed: boolean
  /** Whole tokens left. */
  readonly remaining: number
  /** Until that many could be taken; 0 when they were. */
  readonly retryAfterMs: number
  /** Until the bucket is full again. */
  readonly resetMs: number
}

export interface RateLimit {
  readonly requestsPerSecond: number
  readonly burst: number
}

/** Those that have been quiet the longest are forgotten first: their buckets are full again anyway. */
const CALLERS_MAX = 10_000
const SECOND_MS = 1_000

/** Null for a rate or a burst of 0: nothing is limited. */
export function createRateLimiter({ requestsPerSecond, burst }: RateLimit): RateLimiter | null {
  if (requestsPerSecond === 0 || burst === 0) return null
  const buckets = new LRUCache<string, TokenBucket>({ max: CALLERS_MAX })
  const bucketOf = (caller: string): TokenBucket => {
    const known = buckets.get(caller)
    if (known) return known
    const bucket = new TokenBucket({
      bucketSize: burst,
      tokensPerInterval: requestsPerSecond,
      interval: SECOND_MS,
    })
    // The library starts buckets empty; a caller's first requests are its burst.
    bucket.content = burst
    buckets.set(caller, bucket)
    return bucket
  }
  const verdict = (bucket: TokenBucket, count: number, isAllowed: boolean): RateVerdict => ({
    isAllowed,
    remaining: Math.floor(bucket.content),
    // More than a burst never fits: the wait for a full bucket is the most that can be said.
    retryAfterMs: isAllowed ? 0 : bucket.getWaitTime(Math.min(count, burst)),
    resetMs: Math.ceil(((burst - bucket.content) / requestsPerSecond) * SECOND_MS),
  })
  return {
    perMinute: requestsPerSecond * 60,
    burst,
    peek(caller, count) {
      const bucket = bucketOf(caller)
      bucket.drip()
      return verdict(bucket, count, count <= bucket.content)
    },
    take(caller, count) {
      const bucket = bucketOf(caller)
      return verdict(bucket, count, bucket.tryRemoveTokens(count))
    },
  }
}
