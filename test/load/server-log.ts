/** What a server writes to its standard output. */

/** Begins a line of collect-garbage.mjs. */
const COLLECTED = 'collected '

/** After a collection: what is in use on the heap of the server's own thread and off it, and what the process occupies. */
export interface Collected {
  readonly heapBytes: number
  /** Documents, mostly. */
  readonly externalBytes: number
  readonly rssBytes: number
}

/** Level 50 is an error: a person must act. Levels above are worse. */
const ERROR_LINE = /^\{"level":[56]0,/
/** A call that was refused for want of a connection, among warnings. */
const BUSY_LINE = /^\{"level":40,.*"msg":"call failed"/
const LINE_LENGTH_MAX = 100_000
const KEPT_LENGTH = 600
const KEPT_MAX = 1_000

interface ErrorLine {
  readonly msg?: string
  readonly requestId?: string
  readonly err?: { readonly code?: string }
}

export class ServerLog {
  readonly #errors: string[] = []
  readonly #busy = new Set<string>()
  #rest = ''
  #onCollected: (collected: Collected) => void = () => undefined

  take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = (lines.pop() ?? '').slice(0, LINE_LENGTH_MAX)
    for (const line of lines) this.#read(line)
  }

  /** Lines of errors but those that `isBusy` tells of; the first thousand. */
  get errors(): readonly string[] {
    return this.#errors
  }

  /** JSON-RPC answers fault 1 both for a defect and where REST says 503; the log alone tells which it was. */
  isBusy(requestId: string): boolean {
    return this.#busy.has(requestId)
  }

  /** The next one that comes. */
  nextCollected(): Promise<Collected> {
    return new Promise((resolve) => {
      this.#onCollected = resolve
    })
  }

  #read(line: string): void {
    if (line.startsWith(COLLECTED)) return this.#onCollected(JSON.parse(line.slice(COLLECTED.length)))
    if (!ERROR_LINE.test(line) && !BUSY_LINE.test(line)) return
    const { msg, requestId, err } = parse(line)
    if (msg === 'call failed' && err?.code === 'unavailable' && requestId !== undefined)
      this.#busy.add(requestId)
    else if (this.#errors.length < KEPT_MAX) this.#errors.push(line.slice(0, KEPT_LENGTH))
  }
}

/** A line that was cut is an error without members. */
function parse(line: string): ErrorLine {
  try {
    return JSON.parse(line) as ErrorLine
  } catch {
    return {}
  }
}
