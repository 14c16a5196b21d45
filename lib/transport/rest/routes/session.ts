import type { Request, Response } from 'express'
import { type SessionCreateBody, sessionAnswer, sessionCreateBody } from '../../../../schemas/session.ts'
import type { AccessService } from '../../../access/access-service.ts'
import type { Caller } from '../../../access/caller.ts'
import { clearPageSession, isFromPage, pageSessionOf, setPageSession } from '../../http/page-session.ts'
import { type Noun, resourceAnswer } from '../rest-answer.ts'
import { invalidRequest, RestRefusal } from '../rest-refusal.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'

const NOUN: Noun = { one: 'session', many: 'sessions' }
const PATH = '/v1/session'
/** A name and a key are some hundred. Who sends them isn't known yet, so a body must not need room. */
const BODY_BYTES_MAX = 4_096
const TAG = 'Session'

/** Signing in on the pages: contracts/packing.md, "The pages in the browser". The same sessions as JSON-RPC's `login`. */
export const sessionRoutes = (access: AccessService, basePath: string): readonly RestRoute[] => [
  signInRoute(access, basePath),
  defineRoute({
    method: 'GET',
    path: PATH,
    scope: 'session',
    summary: 'Tell who is signed in',
    tag: TAG,
    answer: { status: 200, schema: sessionAnswer },
    handle: ({ caller }) => Promise.resolve(resourceAnswer(NOUN, 'retrieved', sessionView(caller))),
  }),
  defineRoute({
    method: 'DELETE',
    path: PATH,
    scope: 'session',
    summary: 'Sign out',
    tag: TAG,
    answer: { status: 200, schema: sessionAnswer },
    async handle({ caller, http }) {
      const sessionId = pageSessionOf(http)
      if (sessionId !== undefined) await access.endSession(sessionId)
      clearPageSession(http, responseOf(http), basePath)
      return resourceAnswer(NOUN, 'deleted', sessionView(caller))
    },
  }),
]

const signInRoute = (access: AccessService, basePath: string): RestRoute =>
  defineRoute<SessionCreateBody>({
    method: 'POST',
    path: PATH,
    scope: 'public',
    summary: 'Sign in on the pages',
    description:
      'Sets an HttpOnly cookie. Until the browser is closed, it stands for the user in requests with the header ' +
      '`X-Packhouse-Page` (any value), here and at JSON-RPC. For packers and supervisors.',
    tag: TAG,
    body: sessionCreateBody,
    bodyBytesMax: BODY_BYTES_MAX,
    answer: { status: 201, schema: sessionAnswer },
    refusals: ['invalid_api_key', 'missing_scope'],
    async handle({ body: { username, api_key: apiKey }, http }) {
      if (!isFromPage(http.headers)) throw invalidRequest(['header X-Packhouse-Page is missing'])
      const caller = await access.authenticate(username, apiKey)
      if (!caller) throw new RestRefusal('invalid_api_key', 'No such user, or not that key')
      if (caller.role === 'merchant')
        throw new RestRefusal('missing_scope', 'The pages are not for merchants')
      setPageSession(http, responseOf(http), { sessionId: await access.openSession(caller), basePath })
      return resourceAnswer(NOUN, 'created', sessionView(caller))
    },
  })

function sessionView({ id, name, role, locationId }: Caller) {
  return { object: 'session', user: { id, username: name, role, location_id: locationId } }
}

function responseOf(request: Request): Response {
  if (!request.res) throw new Error('Express gives every request its response')
  return request.res
}
