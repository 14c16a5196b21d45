import { EgressError } from './egress.ts'
import { startDeadline } from './egress-deadline.ts'
import { codeOf, createEgressGuard, type EgressGuard, type EgressGuardOptions } from './egress-guard.ts'
import { sendEgressRequest } from './egress-request.ts'
import { parseEgressUrl } from './egress-url.ts'
import { KeptConnections } from './kept-connections.ts'

/** contracts/cloud-printing.md, section 7, "request": for everything, the name's lookup included. */
const TIMEOUT_MS = 5_000

export interface Post {
  readonly url: string
  /** In lower case: a name that is given twice in different cases would be sent twice. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface PostAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
}

/** Sends to a URL that somebody else chose, under the same address check as downloads. Follows no redirect. */
export interface EgressPoster {
  /** Resolves with the head of the answer, whatever its status. Throws EgressError: invalid, blocked, unreachable, timeout. */
  post(post: Post): Promise<PostAnswer>
}

export interface EgressPosterOptions extends EgressGuardOptions {
  readonly timeoutMs?: number | undefined
}

export function createEgressPoster(options: EgressPosterOptions): EgressPoster {
  const guard = createEgressGuard(options)
  const connections = new KeptConnections()
  const { timeoutMs = TIMEOUT_MS, log } = options
  return {
    async post(post) {
      const { url, fault } = parseEgressUrl(post.url)
      if (fault !== null) throw new EgressError('invalid', `the URL cannot be used: ${fault}`)
      const deadline = startDeadline({
        timeoutMs,
        expired: () => new EgressError('timeout', `${url.host} did not answer within ${timeoutMs / 1_000} s`),
      })
      try {
        return await send({ guard, connections }, url, { post, signal: deadline.signal })
      } catch (error) {
        if (error instanceof EgressError) throw error
        if (deadline.signal.aborted) throw deadline.signal.reason
        const code = codeOf(error)
        if (code === null) throw error
        // got's errors stay here: their text holds the resolved address, and they hold the request with its headers.
        log?.info({ host: url.host, code }, 'egress failed')
        throw new EgressError('unreachable', `${url.host} could not be reached`)
      } finally {
        deadline.release()
      }
    },
  }
}

/** What the answer says beside its status is of no interest. */
async function send(
  { guard, connections }: { readonly guard: EgressGuard; readonly connections: KeptConnections },
  url: URL,
  { post, signal }: { readonly post: Post; readonly signal: AbortSignal },
): Promise<PostAnswer> {
  const target = await guard.admit(url, signal)
  const response = await sendEgressRequest({
    method: 'POST',
    target,
    headers: post.headers,
    body: Buffer.from(post.body, 'utf8'),
    signal,
    agents: connections.agentsFor(target),
  })
  const { status, headers } = response
  response.finish()
  return { status, retryAfter: headers['retry-after'] }
}
