import type { IncomingHttpHeaders } from 'node:http'
import type { Db } from '../../db/database.ts'
import type {
  IdempotencyService,
  IdempotentRequest,
  StoredAnswer,
} from '../../idempotency/idempotency-service.ts'
import { RestRefusal } from './rest-refusal.ts'

const HEADERS = ['idempotency-key', 'x-idempotency-key'] as const
const KEY_LENGTH_MAX = 255

export type ReadIdempotencyKey = { readonly key: string | null } | { readonly error: string }

/** `"a"` is `a`: a structured string (RFC 8941) or bare. Null without the header. */
export function readIdempotencyKey(headers: IncomingHttpHeaders): ReadIdempotencyKey {
  const name = HEADERS.find((header) => headers[header] !== undefined)
  if (name === undefined) return { key: null }
  const given = String(headers[name]).trim()
  const key = /^"(.*)"$/s.exec(given)?.[1] ?? given
  if (key.length >= 1 && key.length <= KEY_LENGTH_MAX) return { key }
  return { error: `${name} must have 1 to ${KEY_LENGTH_MAX} characters` }
}

export interface IdempotentAnswer extends StoredAnswer {
  readonly isReplayed: boolean
}

/** Stores the answer within the transaction of its effect. Throws RestRefusal when another request has the key by now. */
export type AnswerRecorder = (trx: Db, answer: StoredAnswer) => Promise<void>

/**
 * Runs `answer` unless the same request was answered before: contracts/cloud-printing.md, section 1, "Idempotency".
 * What `answer` records beside its effect is the answer; else the answer is stored after it, and a crash in between lets
 * the request run again. Throws RestRefusal `idempotency_key_reused` and `idempotency_in_progress`, and whatever `answer`
 * throws.
 */
export async function answerOnce(
  idempotency: IdempotencyService,
  request: IdempotentRequest,
  answer: (record: AnswerRecorder) => Promise<StoredAnswer>,
): Promise<IdempotentAnswer> {
  const verdict = await idempotency.begin(request)
  if (verdict.kind === 'replay') return { ...verdict.answer, isReplayed: true }
  if (verdict.kind === 'reused') {
    throw new RestRefusal('idempotency_key_reused', 'The idempotency key was used with another body')
  }
  if (verdict.kind === 'in_progress') throw inProgress()
  const { lease } = verdict
  const recorded: { answer: StoredAnswer | null } = { answer: null }
  try {
    const given = await answer(async (trx, beside) => {
      if (!(await lease.keepWithin(trx, beside))) throw inProgress()
      recorded.answer = beside
    })
    if (recorded.answer) return { ...recorded.answer, isReplayed: false }
    await lease.keep(given)
    return { ...given, isReplayed: false }
  } catch (error) {
    await lease.free()
    throw error
  }
}

function inProgress(): RestRefusal {
  return new RestRefusal(
    'idempotency_in_progress',
    'A request with this idempotency key is still in progress',
  )
}
