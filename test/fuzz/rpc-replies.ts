import { expect } from 'chai'
import type { Goals, Reach } from './reach.ts'

interface Exchange {
  readonly sent: Buffer
  readonly status: number
  readonly text: string
}

type Json = Record<string, unknown>

/** contracts/rpc.md, section 6: never the answer to what a caller sent. */
const DEFECTS = new Set([-32_000, -32_001, -32_603])
const BATCH_MAX = 50
const NESTING_MAX = 64

/** Holds a reply against what was sent: contracts/rpc.md, sections 1 to 3. */
export function assertReplied({ sent, status, text }: Exchange): void {
  expect(status, text).to.be.oneOf([200, 204, 413])
  if (status === 413) return
  const request = parsed(sent)
  const reply = text === '' ? undefined : (JSON.parse(text) as Json | Json[])
  expect(status === 204, 'nothing is said with 204 alone').to.equal(reply === undefined)
  for (const one of [reply ?? []].flat()) assertForm(one)
  if (isUnread(request)) assertRefused(reply)
  else if (Array.isArray(request)) assertBatchAnswer(request, reply)
  else assertAnswer(request, reply as Json | undefined)
}

function isUnread(request: unknown): boolean {
  if (request === undefined || depthOf(request) > NESTING_MAX) return true
  return Array.isArray(request) && (request.length === 0 || request.length > BATCH_MAX)
}

function assertBatchAnswer(requests: readonly unknown[], reply: Json | Json[] | undefined): void {
  const answered = requests.filter((each) => !isNotification(each))
  if (answered.length === 0) return void expect(reply).to.equal(undefined)
  expect(reply).to.be.an('array').with.length(answered.length)
  for (const [index, each] of answered.entries()) assertAnswer(each, (reply as Json[])[index])
}

/** Decided before the method that was called has its say: contracts/rpc.md, section 1, and the faults of session and rights. */
const BEFORE_THE_METHOD = new Set([
  -32_600, -32_601, -32_700, -32_002, -32_003, -32_004, -32_005, -32_009, -32_013, -32_029,
])

const NO_SESSION = -32_005

/** What a method must be reached with: as itself, with a refusal of its own, and without a session where it takes one. */
export function callGoals(methods: readonly string[]): Goals {
  return Object.fromEntries(
    methods.flatMap((name) => [
      [name, 3],
      ...(OPEN.has(name)
        ? []
        : [
            [`${name} refused`, 1],
            [`${name} without a session`, 1],
          ]),
    ]),
  ) as Goals
}

/** They take any session, or none, and what they are given is refused before, or never. */
const OPEN = new Set(['login', 'call', 'multiCall', 'endSession'])

/** Notes the method of a single call that came as far as that, and what it said. */
export function noteCall({ sent, text }: Pick<Exchange, 'sent' | 'text'>, note: Reach['note']): void {
  const name = methodOf(parsed(sent))
  if (name === undefined || text === '') return
  const { error, result } = JSON.parse(text) as { error?: { readonly code: number } | null; result?: unknown }
  if (error?.code === NO_SESSION) note(`${name} without a session`)
  if (error && BEFORE_THE_METHOD.has(error.code)) return
  note(name)
  note(result === undefined ? 'refused' : 'succeeded')
  if (result === undefined) note(`${name} refused`)
}

/** What is called, by its own name or through `call`. */
function methodOf(request: unknown): string | undefined {
  if (!isObject(request)) return undefined
  const { method, params } = request
  const name = method === 'call' && Array.isArray(params) ? (params[1] as unknown) : method
  return typeof name === 'string' ? name : undefined
}

function parsed(bytes: Buffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function assertRefused(reply: Json | Json[] | undefined): void {
  expect(reply).to.be.an('object')
  expect((reply as { error?: { code: number } }).error?.code).to.be.oneOf([-32_600, -32_700])
}

function assertForm(reply: Json): void {
  const { error } = reply as { error?: { code: number; message: string } | null }
  expect(Object.keys(reply), 'either of them').to.satisfy(
    (keys: string[]) =>
      keys.includes('id') && keys.includes('result') !== (error !== undefined && error !== null),
  )
  for (const { code } of codesIn(reply)) expect(DEFECTS.has(code), JSON.stringify(reply)).to.equal(false)
}

/** Of the reply, and of the calls of a `multiCall`. */
function codesIn({ error, result }: Json): { readonly code: number }[] {
  const own = error as { readonly code: number } | null | undefined
  const faults = Array.isArray(result)
    ? result.flatMap((each: Json | null) =>
        each?.['isFault'] === true ? [{ code: -32_000 - Number(each['faultCode']) }] : [],
      )
    : []
  return own ? [own, ...faults] : faults
}

function assertAnswer(request: unknown, reply: Json | undefined): void {
  if (isNotification(request)) return void expect(reply).to.equal(undefined)
  expect(reply).to.be.an('object')
  const sentId = isObject(request) && Object.hasOwn(request, 'id') ? request['id'] : null
  const isEchoed = Object.is(reply?.['id'], sentId)
  const code = (reply as { error?: { code?: number } } | undefined)?.error?.code
  expect(isEchoed || (reply?.['id'] === null && code === -32_600), JSON.stringify([request, reply])).to.equal(
    true,
  )
}

/** Well-formed, and without an id. */
function isNotification(request: unknown): boolean {
  if (!isObject(request) || Object.hasOwn(request, 'id')) return false
  const dialect = Object.hasOwn(request, 'jsonrpc') ? request['jsonrpc'] : undefined
  const isDialect = !Object.hasOwn(request, 'jsonrpc') || dialect === '2.0' || dialect === 2
  return isDialect && Object.hasOwn(request, 'method') && typeof request['method'] === 'string'
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
