/** The status table of contracts/cloud-printing.md, section 3 ("Status", "Reasons"), as data. Pure. */
export const JOB_STATUSES = ['queued', 'processing', 'completed', 'failed', 'canceled'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

/** `same`: 200, and nothing changes but the lease. `refused`: 400 `invalid_status_transition`. */
export type TransitionVerdict = 'same' | 'yes' | 'refused'

export interface TransitionContext {
  /** The job's printer is a `socket`, `ipp` or `virtual` one: Packhouse itself knows how the job is doing. */
  readonly printerDrivenByUs: boolean
  /**
   * Why Packhouse failed the job. Null when it didn't fail, and when a caller reported the failure: a caller's words may
   * begin with any keyword, and a report that it didn't print leaves no doubt to be settled later.
   */
  readonly failureReason: string | null
}

export const TRANSITIONS = {
  queued: { queued: 'same', processing: 'yes', completed: 'refused', failed: 'yes', canceled: 'yes' },
  processing: { queued: 'refused', processing: 'same', completed: 'yes', failed: 'yes', canceled: 'refused' },
  completed: {
    queued: 'refused',
    processing: 'refused',
    completed: 'same',
    failed: 'refused',
    canceled: 'refused',
  },
  failed: {
    queued: 'refused',
    processing: 'refused',
    completed: 'refused',
    failed: 'same',
    canceled: 'refused',
  },
  canceled: {
    queued: 'refused',
    processing: 'refused',
    completed: 'refused',
    failed: 'refused',
    canceled: 'same',
  },
} as const satisfies Record<JobStatus, Record<JobStatus, TransitionVerdict>>

/** Failures that may have printed: a late report, or a person who found the paper, settles them. */
const DOUBTFUL_FAILURES: ReadonlySet<ReasonKeyword> = new Set(['claim-timeout', 'outcome-unknown'])

/** Whether a caller's `{status}` may take a job from one status to another. What Packhouse does itself isn't asked here. */
export function transition(from: JobStatus, to: JobStatus, context: TransitionContext): TransitionVerdict {
  if (from === 'failed' && to === 'completed') return isDoubtful(context.failureReason) ? 'yes' : 'refused'
  // Nobody else reports on a printer that Packhouse drives, not even what is true already.
  if (context.printerDrivenByUs && to !== 'canceled') return 'refused'
  return TRANSITIONS[from][to]
}

/** No document leaves any more, and a reprint may be asked for. */
export function isEnded(status: JobStatus): boolean {
  return status !== 'queued' && status !== 'processing'
}

/** Statuses in which each of Packhouse's own reasons may stand; `queued` means that it holds the job back. */
export const REASON_STATUSES = {
  'media-empty': ['queued', 'failed'],
  'media-needed': ['queued', 'failed'],
  'media-jam': ['queued', 'failed'],
  'cover-open': ['queued', 'failed'],
  'door-open': ['queued', 'failed'],
  'output-area-full': ['queued', 'failed'],
  'input-tray-missing': ['queued', 'failed'],
  'toner-empty': ['queued', 'failed'],
  'marker-supply-empty': ['queued', 'failed'],
  paused: ['queued'],
  'printer-offline': ['queued', 'failed'],
  'connecting-to-device': ['queued', 'failed'],
  'document-access-error': ['failed'],
  'document-format-error': ['failed'],
  'submission-interrupted': ['failed'],
  'aborted-by-system': ['failed'],
  'claim-timeout': ['failed'],
  'outcome-unknown': ['failed'],
  'job-canceled-by-user': ['canceled'],
  'job-canceled-at-device': ['canceled'],
  'job-expired': ['canceled'],
  'printer-removed': ['canceled'],
} as const satisfies Record<string, readonly JobStatus[]>
export type ReasonKeyword = keyof typeof REASON_STATUSES

/** False for one of Packhouse's own reasons that no queued job may have. */
export function mayHold(reason: string): boolean {
  const keyword = reasonKeyword(reason)
  const statuses: readonly JobStatus[] = keyword === null ? ['queued'] : REASON_STATUSES[keyword]
  return statuses.includes('queued')
}

/** In Unicode code points, as all lengths of the interface are. */
const REASON_LENGTH_MAX = 1023

/** `keyword: text`, cut to what a reason may hold. */
export function reasonText(keyword: ReasonKeyword, text: string): string {
  return [...`${keyword}: ${text}`].slice(0, REASON_LENGTH_MAX).join('')
}

/** The keyword that one of Packhouse's own reasons begins with; null for other words. */
export function reasonKeyword(reason: string): ReasonKeyword | null {
  const keyword = reason.split(':', 1)[0] ?? ''
  return Object.hasOwn(REASON_STATUSES, keyword) ? (keyword as ReasonKeyword) : null
}

function isDoubtful(failureReason: string | null): boolean {
  const keyword = failureReason === null ? null : reasonKeyword(failureReason)
  return keyword !== null && DOUBTFUL_FAILURES.has(keyword)
}
