/** The one guarded way out to a URL that somebody else chose: contracts/rpc.md, section 9. */
export interface Egress {
  /** GET. Resolves on a final 200 alone; throws EgressError otherwise. */
  download(request: DownloadRequest): Promise<Download>
}

export interface DownloadRequest {
  readonly url: string
  /** Sent as Basic in UTF-8, to the first origin alone. */
  readonly auth?: readonly [string, string] | undefined
  /** Sent to the first origin alone. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
}

export interface Download {
  readonly bytes: Buffer
  /** From Content-Disposition of the last answer: `filename*`, then `filename`, unreduced. */
  readonly dispositionFileNames: readonly string[]
  readonly contentType: string | null
}

export type EgressReason =
  | 'invalid'
  | 'blocked'
  | 'unreachable'
  | 'timeout'
  | 'status'
  | 'redirects'
  | 'too_large'

/** Messages name the URL's host and what was wrong, never a credential, a header value or a query. */
export class EgressError extends Error {
  override readonly name = 'EgressError'
  readonly reason: EgressReason
  readonly status: number | null
  constructor(reason: EgressReason, message: string, status: number | null = null, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
    this.status = status
  }
}
