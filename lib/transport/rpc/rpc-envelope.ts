import { type JsonText, jsonText } from '../http/long-text.ts'
import { isJsonObject } from '../../json-object.ts'
import { isSameNumber } from './exact-id.ts'
import { invalidRequest, type RpcError } from './rpc-error.ts'

/**
 * The form of the reply follows the request's `jsonrpc`: contracts/rpc.md, section 2. `standard` is JSON-RPC 2.0;
 * `numeric` (the number 2) and `bare` (no such member) are what older clients of this API send and expect back.
 */
type Dialect = 'standard' | 'numeric' | 'bare'
type RpcId = string | number | null

export interface Envelope {
  readonly dialect: Dialect
  readonly id: RpcId
}

export interface RpcRequest extends Envelope {
  readonly isNotification: boolean
  readonly method: string
  /** By position, or by name. */
  readonly params: readonly unknown[] | Readonly<Record<string, unknown>>
}

export const NO_ENVELOPE: Envelope = { dialect: 'standard', id: null }

/** A request, or what is wrong with it and in which form to say so. `isNotification`: it gets no reply. */
export type ReadRequest =
  | { readonly request: RpcRequest }
  | { readonly envelope: Envelope; readonly isNotification: boolean; readonly error: RpcError }

/** Pure: contracts/rpc.md, section 3. `idText`: the `id` as it was written, where it is a number. */
export function readRequest(value: unknown, idText: string | undefined): ReadRequest {
  if (!isJsonObject(value)) return malformed(NO_ENVELOPE, 'a request is an object')
  const id = readId(value, idText)
  const dialect = readDialect(value)
  const envelope = { dialect: dialect ?? 'standard', id: id ?? null }
  if (dialect === undefined) return malformed(envelope, 'jsonrpc is neither "2.0" nor 2.0')
  if (id === undefined) return malformed(envelope, 'id is neither string, exact number nor null')
  const method = own(value, 'method')
  if (typeof method !== 'string') return malformed(envelope, 'method is not a string')
  const isNotification = !Object.hasOwn(value, 'id')
  const params = own(value, 'params') ?? []
  if (typeof params !== 'object') {
    const error = { code: -32602, message: 'Invalid params: neither array nor object' }
    return { envelope, isNotification, error }
  }
  return { request: { ...envelope, isNotification, method, params: params as RpcRequest['params'] } }
}

function malformed(envelope: Envelope, why: string): ReadRequest {
  return { envelope, isNotification: false, error: invalidRequest(why) }
}

function readDialect(value: Readonly<Record<string, unknown>>): Dialect | undefined {
  if (!Object.hasOwn(value, 'jsonrpc')) return 'bare'
  if (value['jsonrpc'] === '2.0') return 'standard'
  return value['jsonrpc'] === 2 ? 'numeric' : undefined
}

/** Whether the `id` must be compared with how it was written. */
export function hasNumericId(value: unknown): boolean {
  return isJsonObject(value) && typeof own(value, 'id') === 'number'
}

/** Undefined for an id that can't be echoed as it was sent. */
function readId(value: Readonly<Record<string, unknown>>, written: string | undefined): RpcId | undefined {
  const id = own(value, 'id') ?? null
  if (id === null || typeof id === 'string') return id
  if (typeof id !== 'number' || !Number.isFinite(id)) return undefined
  if (Number.isInteger(id) && !Number.isSafeInteger(id)) return undefined
  return written !== undefined && isSameNumber(written, idText(id)) ? id : undefined
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined
}

const OPENING = {
  standard: '{"jsonrpc":"2.0",',
  numeric: '{"jsonrpc":2.0,',
  bare: '{',
} as const satisfies Record<Dialect, string>

/** JSON text, since `2.0` can't be told from `2` in JavaScript. */
export function successReply({ dialect, id }: Envelope, result: unknown): JsonText {
  const noError = dialect === 'standard' ? '' : '"error":null,'
  return [`${OPENING[dialect]}"id":${idText(id)},${noError}"result":`, ...jsonText(result ?? null), '}']
}

export function failureReply({ dialect, id }: Envelope, error: RpcError): string {
  return `${OPENING[dialect]}"id":${idText(id)},"error":${JSON.stringify(error)}}`
}

/** JSON.stringify would make 0 of -0. */
function idText(id: RpcId): string {
  return Object.is(id, -0) ? '-0' : JSON.stringify(id)
}
