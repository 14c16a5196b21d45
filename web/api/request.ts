/** Calls of the public interfaces, with the session's cookie: a script with a key can make every one of them. */
export const BASE = document.documentElement.dataset['base'] ?? ''

/** Beside the cookie: docs/administration.md, "Sessions of the pages". */
export const PAGE_HEADERS = { 'X-Packhouse-Page': '1' } as const

const ANSWER_MS = 10_000
/** The server is there and can't do it now: it drains, is asked too often, or its proxy lost it. */
const LATER = [429, 502, 503, 504]

/** Nobody can tell whether the server did it: whoever asks again must know that it can be asked twice. */
export class Unreachable extends Error {}

/** The server understood and refused. */
export class Refused extends Error {
  /** `validation_error` of REST, or the number of a fault of JSON-RPC. */
  readonly code: string | number
  readonly details: Readonly<Record<string, unknown>>
  constructor(message: string, code: string | number, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}

let hasLeft = false

/** The page goes by itself: nobody is asked whether that is meant. */
export function isLeaving(): boolean {
  return hasLeft
}

/** The session has ended: every page but the first has nothing to show. */
export function leave(): void {
  hasLeft = true
  if (location.pathname !== `${BASE}/`) location.assign(`${BASE}/`)
}

/** Throws Unreachable. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...PAGE_HEADERS, ...(init.headers as Record<string, string> | undefined) }
  const signal = init.signal ?? AbortSignal.timeout(ANSWER_MS)
  const answer = await fetch(BASE + path, { ...init, headers, signal, cache: 'no-store' }).catch(
    (error: unknown) => {
      throw new Unreachable('no answer', { cause: error })
    },
  )
  if (LATER.includes(answer.status)) throw new Unreachable(`status ${answer.status}`)
  return answer
}

/** An answer that breaks off is no answer. */
export async function readJson<Body>(answer: Response): Promise<Body> {
  try {
    return (await answer.json()) as Body
  } catch (error) {
    throw new Unreachable('the answer broke off', { cause: error })
  }
}
