import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Request, Response } from 'express'

const COOKIE = 'packhouse_session'
const SESSION_ID = /^[0-9a-f]{32}$/

/**
 * A cookie counts only beside this header. No page of another origin can send it: that takes a preflight, which is never
 * answered. SameSite alone wouldn't do, since another port of the same host is the same site.
 */
export const PAGE_HEADER = 'x-packhouse-page'

export function isFromPage(headers: IncomingHttpHeaders): boolean {
  return headers[PAGE_HEADER] !== undefined
}

/** The session in the cookie of a page's request; undefined without one. */
export function pageSessionOf({ headers }: IncomingMessage): string | undefined {
  if (!isFromPage(headers)) return undefined
  const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
  const value = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1)
  return value !== undefined && SESSION_ID.test(value) ? value : undefined
}

/** Until the browser is closed; the server ends the session after SESSION_TTL_HOURS in any case. */
export function setPageSession(
  request: Request,
  response: Response,
  { sessionId, basePath }: { readonly sessionId: string; readonly basePath: string },
): void {
  response.cookie(COOKIE, sessionId, cookieOptions(request, basePath))
}

export function clearPageSession(request: Request, response: Response, basePath: string): void {
  response.clearCookie(COOKIE, cookieOptions(request, basePath))
}

function cookieOptions(request: Request, basePath: string) {
  return {
    httpOnly: true,
    sameSite: 'strict',
    secure: request.secure,
    path: basePath === '' ? '/' : basePath,
  } as const
}
