import type { Logger } from 'pino'
import { EgressError } from '../egress/egress.ts'
import type { EgressPoster, PostAnswer } from '../egress/egress-poster.ts'
import type { DeliveryClaim, DeliveryOutcome } from './delivery.ts'
import { deliveryMessage, type EventViews } from './delivery-message.ts'
import { readRetryAfterMs, retryDelayMs } from './retry-schedule.ts'

export interface AttemptOptions {
  readonly poster: EgressPoster
  readonly views: EventViews
  /** Between the first attempt and the second, and so on. */
  readonly retryDelaysMs: readonly number[]
  readonly log: Logger
}

const GONE = 410

/** One request, and what follows from its outcome. Never throws: whatever goes wrong is an attempt that failed. */
export async function attemptDelivery(
  claim: DeliveryClaim,
  options: AttemptOptions,
): Promise<DeliveryOutcome> {
  const at = new Date()
  const startedAt = performance.now()
  const answer = await send(claim, options, at)
  const durationMs = Math.round(performance.now() - startedAt)
  if ('error' in answer) return outcomeOf(claim, options, { at, durationMs, statusCode: null, ...answer })
  const { status, retryAfter } = answer
  const isSuccess = status >= 200 && status < 300
  return outcomeOf(claim, options, {
    at,
    durationMs,
    statusCode: status,
    error: isSuccess ? null : `answered with status ${status}`,
    retryAfterMs: readRetryAfterMs(status, retryAfter, new Date()),
  })
}

interface Finished {
  readonly at: Date
  readonly durationMs: number
  readonly statusCode: number | null
  readonly error: string | null
  readonly retryAfterMs?: number | null
}

async function send(
  claim: DeliveryClaim,
  { poster, views, log }: AttemptOptions,
  at: Date,
): Promise<PostAnswer | { readonly error: string }> {
  try {
    return await poster.post({ url: claim.webhook.url, ...deliveryMessage(claim, views, at) })
  } catch (error) {
    if (error instanceof EgressError) return { error: `${error.reason}: ${error.message}` }
    log.error({ err: error, deliveryId: claim.deliveryId }, 'a webhook delivery could not be made')
    return { error: 'internal error' }
  }
}

function outcomeOf(
  { tries }: DeliveryClaim,
  { retryDelaysMs }: AttemptOptions,
  { retryAfterMs = null, ...attempt }: Finished,
): DeliveryOutcome {
  const ended = { attempt, nextAttemptAt: null, disabledReason: null }
  if (attempt.error === null) return { ...ended, status: 'delivered' }
  if (attempt.statusCode === GONE) {
    return { ...ended, status: 'failed', disabledReason: 'the receiver answered 410 Gone' }
  }
  const delayMs = retryDelayMs({ tries: tries + 1, retryAfterMs }, retryDelaysMs)
  if (delayMs === null) return { ...ended, status: 'failed' }
  return { ...ended, status: 'pending', nextAttemptAt: new Date(Date.now() + delayMs) }
}
