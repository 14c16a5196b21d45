import { dispositionFileNames } from './disposition-file-name.ts'
import { type Download, type DownloadRequest, type Egress, EgressError } from './egress.ts'
import { type Deadline, startDeadline } from './egress-deadline.ts'
import {
  codeOf,
  createEgressGuard,
  type EgressGuard,
  type EgressGuardOptions,
  type EgressLog,
} from './egress-guard.ts'
import { type EgressResponse, sendEgressRequest } from './egress-request.ts'
import { parseEgressUrl } from './egress-url.ts'
import { isRedirect, redirectTarget } from './redirect-target.ts'
import { checkRequestHeaders } from './request-headers.ts'
import { ACCEPT_ENCODING, readBody } from './response-body.ts'

/** contracts/rpc.md, section 9: redirects and time. */
const REDIRECTS_MAX = 5
const FIRST_BYTE_TIMEOUT_MS = 10_000
const TOTAL_TIMEOUT_MS = 60_000

const ACCEPT = 'application/pdf,image/png,image/jpeg;q=0.9,*/*;q=0.5'

export interface EgressOptions extends EgressGuardOptions {
  /** Default: `Packhouse`. */
  readonly userAgent?: string | undefined
  /** For each hop, from the name's lookup to the head of the answer. */
  readonly firstByteTimeoutMs?: number | undefined
  /** For the whole chain, the body included. */
  readonly totalTimeoutMs?: number | undefined
  /** PEM certificates to trust instead of the usual authorities. */
  readonly certificateAuthority?: string | undefined
}

/**
 * The guarded downloader. What `download` throws, by reason:
 * - `invalid`: the URL or a header that may not be sent; nothing was sent
 * - `blocked`: an address that is refused, or a redirect to a scheme other than http and https
 * - `redirects`: more than five, or one without a usable Location
 * - `unreachable`: name, connection, TLS, an answer cut short or not decodable
 * - `timeout`: 10 s to the head of an answer, 60 s in all, or `signal`
 * - `status`: a final status other than 200; `too_large`: over `maxBytes` after decoding
 */
export function createEgress(options: EgressOptions): Egress {
  const guard = createEgressGuard(options)
  return { download: (request) => new DownloadChain(guard, options, request).run() }
}

/** One download over all its redirects. */
class DownloadChain {
  readonly #guard: EgressGuard
  readonly #options: EgressOptions
  readonly #request: DownloadRequest
  readonly #log: EgressLog | undefined

  constructor(guard: EgressGuard, options: EgressOptions, request: DownloadRequest) {
    this.#guard = guard
    this.#options = options
    this.#request = request
    this.#log = options.log
  }

  async run(): Promise<Download> {
    const url = admissibleUrl(this.#request)
    const { signal } = this.#request
    const total = startDeadline({
      timeoutMs: this.#options.totalTimeoutMs ?? TOTAL_TIMEOUT_MS,
      expired: () => new EgressError('timeout', `the download from ${url.host} took too long`),
      parent: signal,
    })
    try {
      return await this.#follow(url, total.signal)
    } catch (error) {
      if (signal?.aborted !== true) throw error
      throw new EgressError('timeout', `the download from ${url.host} was called off`, null, {
        cause: signal.reason,
      })
    } finally {
      total.release()
    }
  }

  async #follow(first: URL, signal: AbortSignal): Promise<Download> {
    let url = first
    // Once dropped they stay dropped, even if the chain comes back: whoever redirects could have it carry them anywhere.
    let ownHeaders = callerHeaders(this.#request)
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
      const outcome = await this.#hop(url, ownHeaders, signal)
      if (!(outcome instanceof URL)) return outcome
      if (outcome.origin !== url.origin) ownHeaders = {}
      url = outcome
    }
    throw new EgressError('redirects', `${first.host} redirects more than ${REDIRECTS_MAX} times`)
  }

  /** One request: the download, or where it redirects to. */
  async #hop(url: URL, ownHeaders: Record<string, string>, parent: AbortSignal): Promise<Download | URL> {
    const deadline = startDeadline({
      timeoutMs: this.#options.firstByteTimeoutMs ?? FIRST_BYTE_TIMEOUT_MS,
      expired: () => new EgressError('timeout', `${url.host} did not answer in time`),
      parent,
    })
    try {
      const response = await this.#send(url, ownHeaders, deadline)
      try {
        return isRedirect(response.status)
          ? redirectTarget(response.headers, url)
          : await this.#read(response, url)
      } finally {
        response.close()
      }
    } catch (error) {
      throw this.#toEgressError(error, url, deadline.signal)
    } finally {
      deadline.release()
    }
  }

  async #send(url: URL, ownHeaders: Record<string, string>, deadline: Deadline): Promise<EgressResponse> {
    const { signal } = deadline
    const response = await sendEgressRequest({
      method: 'GET',
      target: await this.#guard.admit(url, signal),
      headers: {
        accept: ACCEPT,
        'accept-encoding': ACCEPT_ENCODING,
        'user-agent': this.#options.userAgent ?? 'Packhouse',
        ...ownHeaders,
      },
      signal,
      certificateAuthority: this.#options.certificateAuthority,
    })
    deadline.lift()
    return response
  }

  async #read(response: EgressResponse, url: URL): Promise<Download> {
    const { status, headers } = response
    if (status !== 200) throw new EgressError('status', `${url.host} answered with status ${status}`, status)
    const disposition = headers['content-disposition']
    return {
      bytes: await readBody(response, this.#request.maxBytes, url.host),
      dispositionFileNames: disposition === undefined ? [] : dispositionFileNames(disposition),
      contentType: headers['content-type'] ?? null,
    }
  }

  /**
   * NOTE: got's errors stay here, not even as a cause: their text holds the resolved address, and they hold the request with
   * its headers.
   */
  #toEgressError(error: unknown, url: URL, signal: AbortSignal): unknown {
    if (error instanceof EgressError) return error
    if (signal.aborted) return signal.reason
    const code = codeOf(error)
    if (code === null) return error
    this.#log?.info({ host: url.host, code }, 'egress failed')
    return new EgressError('unreachable', `${url.host} could not be reached, or broke off its answer`)
  }
}

function admissibleUrl({ url: text, auth, headers = {} }: DownloadRequest): URL {
  const { url, fault } = parseEgressUrl(text)
  if (fault !== null) throw new EgressError('invalid', `the URL cannot be used: ${fault}`)
  const mistake = checkRequestHeaders(headers, auth !== undefined)
  if (mistake !== null) throw new EgressError('invalid', mistake.message)
  return url
}

function callerHeaders({ auth, headers = {} }: DownloadRequest): Record<string, string> {
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  if (auth === undefined) return own
  // RFC 7617, section 2.1: UTF-8.
  return { ...own, authorization: `Basic ${Buffer.from(auth.join(':'), 'utf8').toString('base64')}` }
}
