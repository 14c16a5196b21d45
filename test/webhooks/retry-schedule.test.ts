import { expect } from 'chai'
import { RETRY_DELAYS_MS, readRetryAfterMs, retryDelayMs } from '../../lib/webhooks/retry-schedule.ts'

describe('the schedule of retries', () => {
  const HOUR_MS = 3_600_000
  const MIDDLE = 0.5

  it('is that of the contract', () => {
    const delays = Array.from({ length: 10 }, (_, index) =>
      retryDelayMs({ tries: index + 1, retryAfterMs: null }, RETRY_DELAYS_MS, MIDDLE),
    )
    expect(delays).to.deep.equal([
      5_000,
      30_000,
      120_000,
      600_000,
      1_800_000,
      2 * HOUR_MS,
      6 * HOUR_MS,
      12 * HOUR_MS,
      24 * HOUR_MS,
      null,
    ])
  })

  it('moves each delay by a fifth at most, either way', () => {
    const delay = (random: number) => retryDelayMs({ tries: 1, retryAfterMs: null }, RETRY_DELAYS_MS, random)
    expect(delay(0)).to.equal(4_000)
    expect(delay(0.999_999)).to.be.closeTo(6_000, 1)
  })

  it('takes a longer wish of the receiver, up to a day, and no shorter one', () => {
    const delay = (retryAfterMs: number) => retryDelayMs({ tries: 2, retryAfterMs }, RETRY_DELAYS_MS, MIDDLE)
    expect(delay(1_000)).to.equal(30_000)
    expect(delay(HOUR_MS)).to.equal(HOUR_MS)
    expect(delay(48 * HOUR_MS)).to.equal(24 * HOUR_MS)
    expect(retryDelayMs({ tries: 10, retryAfterMs: HOUR_MS })).to.equal(null)
  })

  it('reads seconds and dates, of 429 and 503 alone', () => {
    const now = new Date('2026-11-25T12:00:00Z')
    expect(readRetryAfterMs(429, '120', now)).to.equal(120_000)
    expect(readRetryAfterMs(503, 'Wed, 25 Nov 2026 12:01:00 GMT', now)).to.equal(60_000)
    expect(readRetryAfterMs(503, 'Wed, 25 Nov 2026 11:00:00 GMT', now)).to.equal(0)
    for (const [status, header] of [
      [500, '120'],
      [503, 'soon'],
      [503, undefined],
      [429, '-1'],
    ] as const)
      expect(readRetryAfterMs(status, header, now) ?? 0).to.equal(0)
  })
})
