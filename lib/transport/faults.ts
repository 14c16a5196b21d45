import { isDatabaseUnavailable, whyDatabaseUnavailable } from '../db/database-availability.ts'
import { DomainError, type ErrorCode } from '../errors.ts'

/** A refusal as JSON-RPC's `error` says it; the wire code is -(32000 + fault). */
export interface Fault {
  readonly fault: number
  readonly message: string
}

/** Faults 0 to 6 mean the same in every resource: contracts/rpc.md, section 6. */
export const GLOBAL_FAULTS = {
  internal: { fault: 1, message: 'Internal Error' },
  denied: { fault: 2, message: 'Access denied.' },
  path: { fault: 3, message: 'Invalid api path.' },
  notCallable: { fault: 4, message: 'Resource path is not callable.' },
  session: { fault: 5, message: 'Session expired. Try to relogin.' },
  required: { fault: 6, message: 'Required parameter is missing.' },
} as const satisfies Record<string, Fault>

/** The codes of the REST interface with their statuses: contracts/cloud-printing.md, section 1, "Errors". */
export const REST_ERRORS = {
  not_found: 404,
  method_not_allowed: 405,
  invalid_api_key: 401,
  invalid_signature: 403,
  rate_limited: 429,
  missing_scope: 403,
  payload_too_large: 413,
  unsupported_media_type: 415,
  invalid_json: 400,
  validation_error: 400,
  idempotency_key_reused: 422,
  idempotency_in_progress: 409,
  location_access: 403,
  unauthorized: 403,
  invalid_status_transition: 400,
  already_exists: 409,
  document_unreachable: 400,
  document_too_large: 400,
  unsupported_document: 400,
  no_compatible_printer: 400,
  internal_error: 500,
  unavailable: 503,
} as const
export type RestErrorCode = keyof typeof REST_ERRORS

interface ErrorRow {
  /** The code in the REST interface, where `REST_CODES` has no more precise row. */
  readonly rest: RestErrorCode
  /** The fault where the resource's own table has no row. */
  readonly fault: Fault
}

/** THE table: what a caller can do about an error, in every transport. A new code doesn't compile without its row. */
export const FAULTS: Readonly<Record<ErrorCode, ErrorRow>> = {
  invalid: { rest: 'validation_error', fault: GLOBAL_FAULTS.internal },
  not_found: { rest: 'not_found', fault: GLOBAL_FAULTS.internal },
  conflict: { rest: 'validation_error', fault: GLOBAL_FAULTS.internal },
  forbidden: { rest: 'unauthorized', fault: GLOBAL_FAULTS.denied },
  unauthenticated: { rest: 'invalid_api_key', fault: GLOBAL_FAULTS.session },
  no_printer: { rest: 'no_compatible_printer', fault: GLOBAL_FAULTS.internal },
  unavailable: { rest: 'unavailable', fault: GLOBAL_FAULTS.internal },
  internal: { rest: 'internal_error', fault: GLOBAL_FAULTS.internal },
}

/** `code`, or `code:subject`, or `code:reason`; the more precise row counts. */
type FaultKey = ErrorCode | `${ErrorCode}:${string}`

/** What a refusal is called in the REST interface when its reason says more than its code. */
const REST_CODES: Partial<Readonly<Record<FaultKey, RestErrorCode>>> = {
  'conflict:taken': 'already_exists',
  'conflict:invalid_status_transition': 'invalid_status_transition',
  'forbidden:location': 'location_access',
  'forbidden:scope': 'missing_scope',
  'forbidden:signature': 'invalid_signature',
  'invalid:document_unreachable': 'document_unreachable',
  'invalid:document_too_large': 'document_too_large',
  'invalid:unsupported_document': 'unsupported_document',
}

type FaultRows = Partial<Readonly<Record<FaultKey, Fault>>>

const INVALID = 'Invalid data given. Details in error message.'

/** Keys are resources, or single methods where one differs from its resource: contracts/rpc.md and packing.md. */
const RESOURCE_FAULTS: Readonly<Record<string, FaultRows>> = {
  order_instruction: {
    invalid: { fault: 100, message: INVALID },
    conflict: { fault: 100, message: INVALID },
    'not_found:instruction': { fault: 101, message: 'Requested packing instruction does not exist.' },
    'not_found:order': { fault: 102, message: 'Requested order does not exist.' },
  },
  'order.create': {
    invalid: { fault: 102, message: INVALID },
    conflict: { fault: 102, message: INVALID },
    'conflict:taken': { fault: 104, message: 'That order exists already.' },
  },
  'order.info': {
    invalid: { fault: 100, message: INVALID },
    'not_found:order': { fault: 100, message: 'Requested order does not exist.' },
  },
  'order.cancel': {
    invalid: { fault: 102, message: INVALID },
    'not_found:order': { fault: 100, message: 'Requested order does not exist.' },
    'conflict:canceled': { fault: 103, message: 'The order is already canceled.' },
  },
  'order.search': {
    invalid: { fault: 101, message: INVALID },
  },
  'shipment.search': {
    invalid: { fault: 101, message: INVALID },
  },
  'package.search': {
    invalid: { fault: 101, message: INVALID },
  },
  'shipment.create': {
    invalid: { fault: 102, message: INVALID },
    conflict: { fault: 102, message: INVALID },
    'not_found:order': { fault: 103, message: 'Requested order does not exist.' },
  },
  'shipment.info': {
    invalid: { fault: 100, message: INVALID },
    'not_found:shipment': { fault: 100, message: 'Requested shipment does not exist.' },
  },
  print_job: {
    invalid: { fault: 100, message: INVALID },
    'not_found:print_job': { fault: 101, message: 'Requested print job does not exist.' },
    not_found: { fault: 100, message: INVALID },
    no_printer: { fault: 102, message: 'No compatible printer.' },
    'forbidden:unauthorized': { fault: 103, message: 'No access to that station.' },
    'forbidden:location': { fault: 104, message: 'No access to that location.' },
    'conflict:invalid_status_transition': { fault: 105, message: 'Status cannot change so.' },
  },
  packing: {
    invalid: { fault: 100, message: INVALID },
    'not_found:package': { fault: 101, message: 'Nothing to pack has that code.' },
    'not_found:instruction': { fault: 102, message: 'That instruction does not apply to this package.' },
    'conflict:blocked': { fault: 103, message: 'Instructions are still unconfirmed.' },
    'not_found:station': { fault: 104, message: 'Unknown station, or not yours.' },
    no_printer: { fault: 105, message: 'No printer can print this document.' },
    'conflict:already_packed': { fault: 106, message: 'The package is already packed.' },
    'conflict:canceled': { fault: 100, message: INVALID },
    'conflict:changed': { fault: 107, message: 'The instruction changed since you saw it.' },
  },
  webhook: {
    invalid: { fault: 101, message: INVALID },
    conflict: { fault: 101, message: INVALID },
    'not_found:webhook': { fault: 103, message: 'Requested webhook does not exist.' },
  },
}

/** The fault that `error` means to a caller of `path`, such as `order_instruction.create`. */
export function faultOf(path: string, error: DomainError): Fault {
  const resource = path.slice(0, path.indexOf('.'))
  for (const key of keysOf(error)) {
    const row = RESOURCE_FAULTS[path]?.[key] ?? RESOURCE_FAULTS[resource]?.[key]
    if (row) return row
  }
  return FAULTS[error.code].fault
}

/** The fault of that number, which means the same in every resource. */
export function globalFault(number: number): Fault {
  const found = Object.values(GLOBAL_FAULTS).find(({ fault }) => fault === number)
  if (!found) throw new RangeError(`fault ${number} means nothing to every resource`)
  return found
}

/** What the table has for `path` and for its resource, by rising number. */
export function resourceFaults(path: string): readonly Fault[] {
  const resource = path.slice(0, path.indexOf('.'))
  const rows: FaultRows = { ...RESOURCE_FAULTS[resource], ...RESOURCE_FAULTS[path] }
  return Object.values(rows as Record<string, Fault>).toSorted((one, other) => one.fault - other.fault)
}

/** What `error` is called in the REST interface. */
export function restCodeOf(error: DomainError): RestErrorCode {
  for (const key of keysOf(error)) {
    const code = REST_CODES[key]
    if (code !== undefined) return code
  }
  return FAULTS[error.code].rest
}

function keysOf({ code, details }: DomainError): FaultKey[] {
  const keys: FaultKey[] = []
  if (details.reason !== undefined) keys.push(`${code}:${details.reason}`)
  if (details.subject !== undefined) keys.push(`${code}:${details.subject}`)
  return [...keys, code]
}

/** The one funnel: whatever isn't a refusal is a bug, and says nothing to the caller. */
export function toDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown
  if (isDatabaseUnavailable(thrown)) {
    return new DomainError('unavailable', whyDatabaseUnavailable(thrown), {}, { cause: thrown })
  }
  return new DomainError('internal', 'internal error', {}, { cause: thrown })
}
