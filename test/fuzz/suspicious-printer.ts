import fc from 'fast-check'
import { startRememberingPrinter } from '../faults/remembering-printer.ts'
import type { FakeRequest } from '../helpers/fake-ipp-printer.ts'
import { type ByteChange, byteChanges, changeBytes, oftenOf } from './mutation.ts'
import { ENDLESS_CHUNK, pour } from './odd-pace.ts'

export const USERNAME = 'packhouse "ü" \\'
/** Looked for in all that is told of a job. */
export const PASSWORD = 'pass:word-that-nobody-may-read'

/** How a printer asks who is there, and how often, before it believes it. */
export interface Challenging {
  /** Values of `WWW-Authenticate`, each a line of its own. */
  readonly offers: readonly string[]
  readonly changes: readonly ByteChange[]
  readonly times: number
  /** Every request from the document on alone: the questions before it are let through. */
  readonly isLate: boolean
  /** It answers before it has read the request. */
  readonly isHasty: boolean
  readonly end: 'keep' | 'close' | 'endless body' | 'reset'
}

const digest = (...parameters: readonly string[]) => `Digest ${parameters.join(', ')}`
const nonce = 'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"'
const BASIC = 'Basic realm="print"'
const SOUND: readonly string[] = [
  BASIC,
  digest('realm="print"', 'qop="auth"', 'algorithm=MD5', nonce, 'opaque="FQhe"'),
  digest('realm="print"', 'qop="auth,auth-int"', 'algorithm=SHA-256', nonce),
  digest('realm="print"', 'qop="auth"', 'algorithm=SHA-512-256', nonce, 'userhash=true'),
  digest('realm="print"', 'qop="auth"', 'algorithm=SHA-256-sess', nonce, 'charset=UTF-8'),
  digest('realm="print"', nonce),
]
const ODD: readonly string[] = [
  '',
  ',',
  'Basic',
  'Digest',
  'Negotiate',
  'Bearer realm="x", error="invalid_token"',
  'Digest realm="unclosed',
  'Digest realm="a\\',
  '"'.repeat(999),
  '='.repeat(999),
  ','.repeat(9_999),
  ' '.repeat(9_999),
  'a '.repeat(4_999),
  'Basic,'.repeat(999),
  `Digest ${'a=b, '.repeat(999)}`,
  `Digest realm="${'\\"'.repeat(4_000)}", ${nonce}`,
  digest(`nonce="${'n'.repeat(12_000)}"`, 'qop="auth"'),
  digest(`realm="${'r'.repeat(20_000)}"`, nonce),
  digest('realm="print"', nonce, 'algorithm=SHA-1'),
  digest('realm="print"', nonce, 'algorithm=__proto__', 'qop="auth"'),
  digest('realm="print"', nonce, 'qop="auth-int"'),
  digest('realm="print"', nonce, 'qop=""'),
  digest('realm="print"', 'nonce=""', 'qop="auth"'),
  digest('realm="print"', 'qop="auth"'),
  digest('realm="print"', nonce, 'qop="auth"', 'stale=true'),
  digest('realm="print"', nonce, 'stale=TRUE', 'algorithm=MD5-sess'),
  digest('realm="b\u00e4\u00ff"', nonce, 'domain="http://127.0.0.1:1/ http://[::1/"', 'opaque="\u0080"'),
  digest('__proto__="a"', 'constructor="b"', nonce, 'realm="c"', 'realm="d"'),
]

/**
 * Where each of them is sound, a password in clear must not be sent to a printer that takes a digest, too. An answer that comes
 * amid the request may be lost with the connection.
 */
export function isSound({ offers: given, changes, isHasty, end }: Challenging): boolean {
  if (isHasty || end === 'reset') return false
  return changes.length === 0 && given.every((offer) => SOUND.includes(offer))
}

const offers = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(
      fc.oneof(fc.constantFrom(...SOUND), fc.constantFrom(...SOUND), fc.constantFrom(...ODD)),
      { maxLength: 3 },
    ),
  },
  // Beside anything else the password in clear is the last choice.
  { weight: 1, arbitrary: fc.constant([BASIC]) },
)

export const challengings: fc.Arbitrary<Challenging> = fc.record({
  offers,
  changes: oftenOf(fc.constant<readonly ByteChange[]>([]), byteChanges(2)),
  times: fc.constantFrom(1, 1, 1, 2, 2, 4),
  isLate: fc.boolean(),
  isHasty: fc.boolean(),
  end: fc.constantFrom('keep', 'keep', 'close', 'endless body', 'reset'),
})

export interface SuspiciousPrinter {
  readonly uri: string
  /** Forgets what was asked so far. */
  suspect(challenging: Challenging): void
  /** Requests since then that it didn't believe, and all of them. */
  readonly challenged: number
  readonly requests: number
  /** The most of them that it didn't believe one right after the other, without a pause. */
  readonly streak: number
  /** Schemes of the proofs that it was given since it asked for one: `Basic`, `Digest`. */
  readonly proofs: ReadonlySet<string>
  copiesOf(document: Buffer): number
  close(): Promise<void>
}

/** An IPP printer that asks for a proof in odd ways, takes any after that, prints and remembers. */
export async function startSuspiciousPrinter(canCreateJob: boolean): Promise<SuspiciousPrinter> {
  let challenging: Challenging | undefined
  const seen = newSight()
  const gate = (operation: string, request: FakeRequest): boolean => {
    seen.requests += 1
    const [scheme] = (request.http.headers.authorization ?? '').split(' ')
    // What came before is the answer to what was asked for in an earlier case.
    if (scheme && seen.challenged > 0) seen.proofs.add(scheme)
    const isDocument = operation === 'sendDocument' || operation === 'printJob'
    const isDue = challenging && seen.challenged < challenging.times && (isDocument || !challenging.isLate)
    if (!challenging || !isDue) return true
    noteChallenge(seen)
    void challenge(request, challenging).then(() => {
      seen.at = performance.now()
    })
    return false
  }
  const printer = await startRememberingPrinter({ canCreateJob, gate })
  return {
    uri: printer.uri,
    suspect(next) {
      challenging = next
      Object.assign(seen, newSight())
    },
    get challenged() {
      return seen.challenged
    },
    get requests() {
      return seen.requests
    },
    get streak() {
      return seen.streak
    },
    get proofs() {
      return seen.proofs
    },
    copiesOf: (document) => printer.printed.filter(({ bytes }) => bytes.equals(document)).length,
    close: () => printer.close(),
  }
}

/** A try that failed is followed by a longer one. */
const PAUSE_MS = 50

function newSight() {
  return { challenged: 0, requests: 0, proofs: new Set<string>(), run: 0, streak: 0, at: 0 }
}

function noteChallenge(seen: ReturnType<typeof newSight>): void {
  seen.challenged += 1
  seen.run = performance.now() - seen.at < PAUSE_MS ? seen.run + 1 : 1
  seen.streak = Math.max(seen.streak, seen.run)
}

async function challenge(request: FakeRequest, how: Challenging): Promise<void> {
  const { http, response } = request
  const { offers: given, changes, isHasty, end } = how
  if (!isHasty) await request.readBody().catch(() => undefined)
  if (end === 'reset') return void http.socket.resetAndDestroy()
  if (end === 'keep' && !isHasty && changes.length === 0) {
    // Another request may come on this connection: what is written past Node would keep its answer waiting.
    const headers = given.flatMap((offer) => ['WWW-Authenticate', offer])
    return void response.writeHead(401, [...headers, 'Content-Length', '5']).end('wrong')
  }
  const isEndless = end === 'endless body'
  const lines = [
    'HTTP/1.1 401 Unauthorized',
    ...given.map((offer) => `WWW-Authenticate: ${offer}`),
    isEndless ? 'Transfer-Encoding: chunked' : 'Content-Length: 5',
    'Connection: close',
  ]
  http.socket.write(changeBytes(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), changes))
  if (isEndless) pour(http.socket, ENDLESS_CHUNK)
  else http.socket.end('wrong')
}
