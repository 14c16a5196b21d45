import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

/** Where a request comes from, by W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context-1/). */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** `00-<trace id>-<span id>-<flags>`, its span being what Packhouse does. */
  readonly traceparent: string
}

/** Version 00 has nothing after the flags; what later ones append, after a dash, isn't known and isn't read. */
const TRACEPARENT =
  /^(?:00(?=.{53}$)|(?!00|ff)[0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-|$)/
/** The one flag that version 00 has; the others are to be sent as 0. */
const SAMPLED_BIT = 1
const TRACE_BYTES = 16
const SPAN_BYTES = 8

const storage = new AsyncLocalStorage<Trace>()

/** Goes on with the caller's trace, with a span of our own; a missing or broken header starts a new trace. */
export function continueTrace(header: string | undefined): Trace {
  const [, callersTrace, callersFlags = '00'] = TRACEPARENT.exec(header ?? '') ?? []
  // One draw for both: each costs more than what is made of it.
  const random = randomBytes(TRACE_BYTES + SPAN_BYTES).toString('hex')
  const traceId = callersTrace ?? random.slice(0, 2 * TRACE_BYTES)
  const flags = (Number.parseInt(callersFlags, 16) & SAMPLED_BIT) === 0 ? '00' : '01'
  return { traceId, traceparent: `00-${traceId}-${random.slice(2 * TRACE_BYTES)}-${flags}` }
}

/**
 * What is made within `work` belongs to the trace. It is ambient, since it is no part of what anything means: a job
 * and an event keep it beside themselves, for whoever follows a request through the logs.
 */
export function withTrace<T>(trace: Trace, work: () => T): T {
  return storage.run(trace, work)
}

/** The traceparent to keep; null where nothing was asked for by a request. */
export function currentTraceparent(): string | null {
  return storage.getStore()?.traceparent ?? null
}

/** For log lines. */
export function traceIdOf(traceparent: string | null): string | undefined {
  return traceparent?.split('-')[1]
}
