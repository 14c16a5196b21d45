import { startWatchdog, type Watchdog } from './watchdog.ts'
import { stopSharedSubject } from './subject.ts'

/** Seconds of all the fuzzing together; starting servers comes on top. */
const SECONDS_DEFAULT = 300
/** On top of the fuzzing: starts, stops, the last batch of each part, and what has not reached its goals in its time. */
const OVERHEAD_SECONDS = 300
/** What the goals of the parts are meant for. */
const GOAL_SECONDS = 120

const totalSeconds = Number(process.env['FUZZ_SECONDS'] ?? SECONDS_DEFAULT)
export const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000)
/** Goals are made smaller and larger by that. */
export const goalPart = totalSeconds / GOAL_SECONDS

/** What the doors outwards get, all at once: mostly they wait. */
const OUTWARDS = 24

/** Of a hundred: how much of the time each part gets. The rest is for the texts and questions that leave nothing to chance. */
const SHARES = {
  'JSON-RPC': 8,
  'lives of orders': 9,
  REST: 12,
  'lives of stations': 7,
  'bytes of HTTP': 5,
  WebSocket: 5,
  documents: 10,
  'file names': 4,
  URLs: 4,
  'IPP answers': OUTWARDS,
  challenges: OUTWARDS,
  'label printers': OUTWARDS,
  'receipt printers': OUTWARDS,
  'webhook answers': OUTWARDS,
  'station client': OUTWARDS,
} as const

/** For one case of a part with all its waits, on a busy machine; a minute where nothing is printed. */
const CASE_SECONDS: Readonly<Partial<Record<keyof typeof SHARES, number>>> = {
  'lives of orders': 90,
  'lives of stations': 90,
  'IPP answers': 120,
  challenges: 120,
  'label printers': 120,
  'receipt printers': 120,
  'webhook answers': 90,
  'station client': 180,
  documents: 240,
  'file names': 90,
  WebSocket: 90,
}
const CASE_SECONDS_DEFAULT = 60

export type FuzzedPart = keyof typeof SHARES

export function caseSecondsOf(part: FuzzedPart): number {
  return CASE_SECONDS[part] ?? CASE_SECONDS_DEFAULT
}

export function budgetMs(part: FuzzedPart): number {
  return totalSeconds * 10 * SHARES[part]
}

/** How much longer a part may go on that hasn't reached its goals. */
export const EXTRA_MS = 60_000

/** For mocha: a part that hangs is a failure, long before that of the whole. */
export function timeoutMsOf(part: FuzzedPart): number {
  return budgetMs(part) + EXTRA_MS + 90_000
}

export let watchdog: Watchdog | undefined

export async function mochaGlobalSetup(): Promise<void> {
  watchdog = await startWatchdog(totalSeconds + OVERHEAD_SECONDS)
}

/** Of a failure: the case that was found stands at its beginning. */
const TOLD_LENGTH_MAX = 20_000

export const mochaHooks = {
  /** At once: the watchdog may end the run before mocha tells of its failures. */
  afterEach(this: Mocha.Context): void {
    const { state, err, title = '' } = this.currentTest ?? {}
    if (state === 'failed') console.error(`${title}: ${err?.message.slice(0, TOLD_LENGTH_MAX)}`)
  },
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(60_000)
    await stopSharedSubject()
  },
}
