import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { type ByteChange, byteChanges, changeBytes, oftenOf } from './mutation.ts'

/** What an HTTP server answers that means ill, or nothing. */
export interface HostileAnswer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: 'none' | 'short' | 'endless' | 'broken chunks' | 'packed' | 'untold'
  /** Of the head. */
  readonly changes: readonly ByteChange[]
  /** Interim answers before it. */
  readonly interims: number
  readonly pace: 'at once' | 'byte by byte' | 'early' | 'never'
  readonly end: 'keeps' | 'ends' | 'resets'
}

/** Where nothing may be asked for. */
export const FOLLOWED = '/followed'

const HEADERS: readonly string[] = [
  ...['0', '1', '-1', '1e9', '99999999999', '9'.repeat(400), '120, 240', '', ' ', 'NaN', 'soon'].map(
    retryAfter,
  ),
  ...['Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', '2099-01-01', '+275760-09-13'].map(
    retryAfter,
  ),
  `Location: ${FOLLOWED}`,
  'Location: //[::1/',
  'Content-Encoding: gzip',
  'Content-Encoding: none-such',
  'Set-Cookie: a=b; Domain=127.0.0.1',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Connection: close, x, x',
  'Transfer-Encoding: gzip, chunked',
  'Content-Length: 7\r\nContent-Length: 8',
  'Content-Length: -1',
  'WWW-Authenticate: Basic realm="a"',
  `X-Long: ${'x'.repeat(15_000)}`,
  `X-Longer: ${'x'.repeat(20_000)}`,
  'X-Byte: \x80\xff\x01',
  'X Space: x',
  ': x',
  '__proto__: x',
]

function retryAfter(value: string): string {
  return `Retry-After: ${value}`
}

const STATUSES = [
  200, 200, 201, 204, 299, 300, 301, 307, 400, 401, 404, 407, 408, 410, 429, 429, 500, 503, 503, 599,
]
const ODD_STATUSES = [100, 101, 103, 199, 304, 99, 999, 0, 1000]

export const hostileAnswers: fc.Arbitrary<HostileAnswer> = fc.record({
  status: oftenOf(fc.constantFrom(...STATUSES), fc.constantFrom(...ODD_STATUSES)),
  headers: fc.array(fc.constantFrom(...HEADERS), { maxLength: 3 }),
  body: fc.constantFrom('none', 'none', 'short', 'endless', 'broken chunks', 'packed', 'untold'),
  changes: oftenOf(fc.constant<readonly ByteChange[]>([]), byteChanges(3)),
  interims: oftenOf(fc.constant(0), fc.constantFrom(1, 3, 2_000)),
  pace: oftenOf(fc.constant('at once' as const), fc.constantFrom('byte by byte', 'early', 'never')),
  end: fc.constantFrom('ends', 'ends', 'keeps', 'resets'),
})

const BODIES: Readonly<Record<HostileAnswer['body'], { readonly header: string; readonly bytes: Buffer }>> = {
  none: { header: 'Content-Length: 0', bytes: Buffer.alloc(0) },
  short: { header: 'Content-Length: 1000', bytes: Buffer.from('short') },
  endless: { header: 'Transfer-Encoding: chunked', bytes: Buffer.alloc(0) },
  'broken chunks': { header: 'Transfer-Encoding: chunked', bytes: Buffer.from('zz\r\nx\r\n-5\r\n\r\n') },
  packed: { header: 'Content-Encoding: gzip', bytes: gzipSync(Buffer.alloc(8_000_000)) },
  untold: { header: 'X-Nothing: told', bytes: Buffer.from('until the end') },
}

/** The bytes of it, head and body. */
export function bytesOfAnswer({ status, headers, body, changes, interims }: HostileAnswer): Buffer {
  const { header, bytes } = BODIES[body]
  const head = [`HTTP/1.1 ${status} Status`, header, ...headers].join('\r\n')
  const interim = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'.repeat(interims)
  const changed = changeBytes(Buffer.from(`${interim}${head}\r\n\r\n`, 'latin1'), changes)
  return Buffer.concat([changed, bytes])
}
