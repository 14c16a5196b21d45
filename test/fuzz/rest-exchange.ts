import { expect } from 'chai'
import { ENVELOPE_MEMBERS } from '../helpers/envelope.ts'
import { toJsonText } from './hostile-values.ts'

/** Node reads heads of 16 KiB at most; a longer one is no request of ours. */
const URL_LENGTH_MAX = 12_000

/** `ids` stand in the place of `{id}` or `:id`. */
export function urlOf(
  path: string,
  ids: readonly unknown[],
  query: Readonly<Record<string, unknown>>,
): string {
  let index = 0
  const filled = path.replaceAll(/\{\w+\}|:\w+/g, () =>
    encoded(textOf(ids[index++ % Math.max(1, ids.length)])),
  )
  const parts = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(textOf(value))}`)
  return `${filled}?${parts.join('&')}`.slice(0, URL_LENGTH_MAX)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : toJsonText(value)
}

function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))
}

/** What `fetch` lets through. */
export function headerText(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[\0-\x1f\x7f]/g, ' ')
    .trim()
}

/** Holds an answer against contracts/cloud-printing.md, section 1. */
export function assertAnswer({ status, headers }: Response, text: string): void {
  if (status >= 500) expect([status, text]).to.deep.equal([503, text])
  const isJson = headers.get('content-type')?.startsWith('application/json') === true
  if (status < 400 && !isJson) return
  const json = JSON.parse(text) as Record<string, unknown>
  if (Object.hasOwn(json, 'openapi')) return
  expect(Object.keys(json), text).to.have.members(ENVELOPE_MEMBERS)
  expect(json['status'], text).to.equal(status)
  expect(json['code'], text).to.equal(json['error_code'])
  expect(json['code'] === null, text).to.equal(status < 400)
  expect(headers.get('x-request-id')).to.match(/^[A-Za-z0-9._-]{1,128}$/)
}
