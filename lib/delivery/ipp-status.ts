/** Operations that we ask for: RFC 8011, section 5.4.15, and PWG 5100.13, section 4.1. */
export const OPERATION = {
  printJob: 0x0002,
  validateJob: 0x0004,
  createJob: 0x0005,
  sendDocument: 0x0006,
  cancelJob: 0x0008,
  getJobAttributes: 0x0009,
  getJobs: 0x000a,
  getPrinterAttributes: 0x000b,
  identifyPrinter: 0x003c,
} as const

/** RFC 8011, appendix B. */
const STATUS_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0000, 'successful-ok'],
  [0x0001, 'successful-ok-ignored-or-substituted-attributes'],
  [0x0002, 'successful-ok-conflicting-attributes'],
  [0x0400, 'client-error-bad-request'],
  [0x0401, 'client-error-forbidden'],
  [0x0402, 'client-error-not-authenticated'],
  [0x0403, 'client-error-not-authorized'],
  [0x0404, 'client-error-not-possible'],
  [0x0405, 'client-error-timeout'],
  [0x0406, 'client-error-not-found'],
  [0x0407, 'client-error-gone'],
  [0x0408, 'client-error-request-entity-too-large'],
  [0x0409, 'client-error-request-value-too-long'],
  [0x040a, 'client-error-document-format-not-supported'],
  [0x040b, 'client-error-attributes-or-values-not-supported'],
  [0x040c, 'client-error-uri-scheme-not-supported'],
  [0x040d, 'client-error-charset-not-supported'],
  [0x040e, 'client-error-conflicting-attributes'],
  [0x040f, 'client-error-compression-not-supported'],
  [0x0410, 'client-error-compression-error'],
  [0x0411, 'client-error-document-format-error'],
  [0x0412, 'client-error-document-access-error'],
  [0x0500, 'server-error-internal-error'],
  [0x0501, 'server-error-operation-not-supported'],
  [0x0502, 'server-error-service-unavailable'],
  [0x0503, 'server-error-version-not-supported'],
  [0x0504, 'server-error-device-error'],
  [0x0505, 'server-error-temporary-error'],
  [0x0506, 'server-error-not-accepting-jobs'],
  [0x0507, 'server-error-busy'],
  [0x0508, 'server-error-job-canceled'],
  [0x0509, 'server-error-multiple-document-jobs-not-supported'],
])

export const STATUS = {
  forbidden: 0x0401,
  notAuthenticated: 0x0402,
  notAuthorized: 0x0403,
  notPossible: 0x0404,
  notFound: 0x0406,
  gone: 0x0407,
  formatNotSupported: 0x040a,
  formatError: 0x0411,
  internalError: 0x0500,
  operationNotSupported: 0x0501,
  versionNotSupported: 0x0503,
  deviceError: 0x0504,
  busy: 0x0507,
  jobCanceled: 0x0508,
} as const

/** Printers that say so take the same job later: unavailable, temporary error, not accepting, busy. */
const RETRY = new Set([0x0502, 0x0505, 0x0506, 0x0507])

/** `retry` holds the queue and asks again; a `permanent` one will be answered the same way for ever. */
export type StatusClass = 'ok' | 'retry' | 'permanent'

export function statusClass(status: number): StatusClass {
  if (status < 0x0100) return 'ok'
  return RETRY.has(status) ? 'retry' : 'permanent'
}

/** `server-error-busy (0x0507)`; the number alone when the standard has no name for it. */
export function statusText(status: number): string {
  const code = `0x${status.toString(16).padStart(4, '0')}`
  const name = STATUS_NAMES.get(status)
  return name === undefined ? `IPP status ${code}` : `${name} (${code})`
}
