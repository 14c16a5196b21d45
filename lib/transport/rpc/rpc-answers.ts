import { type JsonText, lengthOf } from '../http/long-text.ts'
import type { AnswerCode } from '../../observation.ts'
import type { AnswerTelling } from './answer-telling.ts'
import { ANSWERS_LENGTH_MAX, ANSWERS_TOO_LARGE } from './reply-size.ts'
import { failureReply, NO_ENVELOPE, type ReadRequest, type RpcRequest, successReply } from './rpc-envelope.ts'
import { answerCodeOf, type RpcError } from './rpc-error.ts'
import { explain } from './rpc-failure.ts'
import type { CallContext } from './rpc-method.ts'
import type { RpcOutcome, RpcServer } from './rpc-server.ts'

/** What one HTTP request asks for. */
export interface Asked {
  readonly isBatch: boolean
  readonly requests: readonly ReadRequest[]
}

export interface Answering {
  readonly server: RpcServer
  readonly telling: AnswerTelling
}

const LOGGED_CHARACTERS_MAX = 100

/** One after the other, in order: a later request may rely on an earlier one's effect. Null: there is nothing to say. */
export async function answerAll(by: Answering, asked: Asked, context: CallContext): Promise<JsonText | null> {
  const replies: JsonText[] = []
  let length = 0
  for (const read of asked.requests) {
    const isFull = length > ANSWERS_LENGTH_MAX
    const reply = isFull ? [refuseOne(by.telling, read, ANSWERS_TOO_LARGE)] : await answer(by, read, context)
    if (reply === null) continue
    length += lengthOf(reply)
    replies.push(reply)
  }
  if (replies.length === 0) return null
  if (!asked.isBatch) return replies[0] ?? null
  return ['[', ...replies.flatMap((reply, index) => (index === 0 ? reply : [',', ...reply])), ']']
}

/** The reply as JSON text; null for a notification. */
async function answer(
  { server, telling }: Answering,
  read: ReadRequest,
  context: CallContext,
): Promise<JsonText | null> {
  if ('error' in read) {
    const reply = refuseOne(telling, read, read.error)
    return read.isNotification ? null : [reply]
  }
  const { request } = read
  const since = performance.now()
  const calling = callContext(context, request)
  const { reply, code } = replyTo(request, await server.execute(request, calling), calling)
  telling.answered(request, code, since)
  return request.isNotification ? null : reply
}

function replyTo(
  request: RpcRequest,
  outcome: RpcOutcome,
  context: CallContext,
): { readonly reply: JsonText; readonly code: AnswerCode } {
  const refusal = (error: RpcError) => ({ reply: [failureReply(request, error)], code: answerCodeOf(error) })
  if ('error' in outcome) return refusal(outcome.error)
  try {
    return { reply: request.isNotification ? [] : successReply(request, outcome.result), code: 0 }
  } catch (error) {
    return refusal(explain(error, request.method, context))
  }
}

/** A refusal of the whole: of its one request, or of the batch. */
export function refuseAll(telling: AnswerTelling, { isBatch, requests }: Asked, error: RpcError): string {
  const [only] = requests
  return isBatch || !only ? refuseUnreadable(telling, error) : refuseOne(telling, only, error)
}

function refuseOne(telling: AnswerTelling, read: ReadRequest, error: RpcError): string {
  if (!('request' in read)) {
    telling.unread(answerCodeOf(error))
    return failureReply(read.envelope, error)
  }
  telling.answered(read.request, answerCodeOf(error), null)
  return failureReply(read.request, error)
}

/** Where there is no request to answer. */
export function refuseUnreadable(telling: AnswerTelling, error: RpcError): string {
  telling.unread(answerCodeOf(error))
  return failureReply(NO_ENVELOPE, error)
}

/** With a log of its own, made when there is something to tell: of most calls there isn't. */
function callContext({ requestId, identities, log }: CallContext, { method, id }: RpcRequest): CallContext {
  let own: CallContext['log'] | undefined
  return {
    requestId,
    identities,
    get log() {
      own ??= log.child({ rpcMethod: cut(method), rpcId: cut(id) })
      return own
    },
  }
}

/** The log isn't there to keep what a caller puts into 40 MiB of id. */
function cut<T>(value: T): T | string {
  return typeof value === 'string' ? value.slice(0, LOGGED_CHARACTERS_MAX) : value
}
