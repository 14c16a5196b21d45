import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { type HttpLogger, pinoHttp } from 'pino-http'
import { continueTrace, withTrace } from '../../trace-context.ts'

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/

/** Takes up the caller's trace, or begins one, before the request is logged. */
export function traceRequests(request: IncomingMessage, _response: ServerResponse, next: () => void): void {
  const trace = continueTrace(headerOf(request))
  traceIds.set(request, trace.traceId)
  withTrace(trace, next)
}

const traceIds = new WeakMap<IncomingMessage, string>()

function headerOf({ headers }: IncomingMessage): string | undefined {
  const { traceparent } = headers
  return typeof traceparent === 'string' ? traceparent : undefined
}

/** Gives each request its id (the caller's own, if fit) and its logger; neither headers nor bodies are logged. */
export function requestLogging(log: Logger): HttpLogger<IncomingMessage, ServerResponse> {
  return pinoHttp({
    logger: log,
    // Ours take the request as it is; the wrapped ones get a copy with all headers, made for each.
    wrapSerializers: false,
    genReqId(request, response) {
      const given = request.headers['x-request-id']
      const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
      response.setHeader('X-Request-Id', id)
      return id
    },
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        url: url.split('?')[0],
      }),
      // Null: the client went away before it was answered.
      res: ({ headersSent, statusCode }: ServerResponse) => ({ statusCode: headersSent ? statusCode : null }),
    },
    customProps: (request) => ({ traceId: traceIds.get(request) }),
    customLogLevel: (_request, { statusCode }, error) => levelOf(statusCode, error !== undefined),
  })
}

const UNAVAILABLE = 503

/** A 503 is a state that passes, told to whoever asks every few seconds; other 5xx need a person. */
function levelOf(statusCode: number, isFailed: boolean): 'info' | 'warn' | 'error' {
  if (statusCode === UNAVAILABLE) return 'warn'
  return isFailed || statusCode >= 500 ? 'error' : 'info'
}
