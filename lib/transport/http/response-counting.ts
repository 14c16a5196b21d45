import type { RequestHandler } from 'express'
import type { Door, Observe } from '../../observation.ts'

/** Tells each request's answer by its status; a stream is told at its end, and who hangs up unanswered isn't. */
export function countResponses(observe: Observe, basePath: string): RequestHandler {
  return (request, response, next) => {
    const door = doorOf(request.path, basePath)
    response.once('close', () => {
      if (response.headersSent) observe({ what: 'response', door, status: response.statusCode })
    })
    next()
  }
}

function doorOf(path: string, basePath: string): Door {
  if (path.startsWith(`${basePath}/api/jsonrpc`)) return 'rpc'
  return path.startsWith(`${basePath}/v1/`) ? 'rest' : 'other'
}
