import type { Db } from '../db/database.ts'
import type { Connection } from '../delivery/connection.ts'
import type { ProbeFinding } from '../delivery/printer-probe.ts'
import { countPrinters, listPrinterFacts, type PrinterFacts } from './examination-store.ts'
import type { Finding } from './finding.ts'

type Probe = (connection: Connection, signal: AbortSignal) => Promise<ProbeFinding | undefined>

const PRINTERS_MAX = 1000
/** A network that is down makes each take its whole time: a thousand printers are then through in less than a minute. */
const PROBES_AT_ONCE = 100
const PROBE_MS = 5_000
/** contracts/cloud-printing.md, section 3: a silent station counts as offline. */
const SILENT_SECONDS_MAX = 90

/** Asks every printer how it is, a hundred at a time. A document is sent to none. */
export async function examinePrinters(db: Db, probe: Probe): Promise<readonly Finding[]> {
  const printers = await listPrinterFacts(db, PRINTERS_MAX)
  if (printers.length === 0) {
    return [
      {
        what: 'printers',
        state: 'doubtful',
        text: 'there is none',
        advice: 'docs/printers.md tells how to connect one',
      },
    ]
  }
  const findings: Finding[] = []
  for (let first = 0; first < printers.length; first += PROBES_AT_ONCE) {
    const some = printers.slice(first, first + PROBES_AT_ONCE)
    findings.push(...(await Promise.all(some.map((printer) => examinePrinter(printer, probe)))))
  }
  return [...findings, ...unseenFinding((await countPrinters(db)) - printers.length)]
}

function unseenFinding(unseen: number): readonly Finding[] {
  if (unseen <= 0) return []
  const text = `${unseen} more, behind the first ${PRINTERS_MAX} by name, were not looked at`
  return [{ what: 'printers', state: 'doubtful', text, advice: '/floor shows them all' }]
}

async function examinePrinter(printer: PrinterFacts, probe: Probe): Promise<Finding> {
  const what = `printer ${printer.name}`
  const waiting = printer.queueDepth === 0 ? '' : `, ${printer.queueDepth} jobs wait`
  if (printer.isPaused) {
    // What to do of all that are held is told once, by the finding `hold`.
    if (printer.isHeld) return { what, state: 'doubtful', text: `held by packhouse hold${waiting}` }
    const advice = 'resume it at /floor when it may print again'
    return { what, state: 'doubtful', text: `paused${waiting}`, advice }
  }
  const trouble = (await findTrouble(printer, probe)) ?? reasonsTrouble(printer.stateReasons)
  if (trouble === undefined)
    return { what, state: 'good', text: `${addressOf(printer.connection)}${waiting}` }
  return { what, state: 'bad', text: `${trouble.text}${waiting}`, advice: trouble.advice }
}

interface Trouble {
  readonly text: string
  readonly advice: string
}

async function findTrouble(
  { connection, silentSeconds, queueDepth }: PrinterFacts,
  probe: Probe,
): Promise<Trouble | undefined> {
  if (connection.type === 'station') return stationTrouble(silentSeconds, queueDepth)
  const found = await probe(connection, AbortSignal.timeout(PROBE_MS)).catch(() => undefined)
  if (found === undefined) return connection.type === 'virtual' ? undefined : unanswered(connection)
  if (!found.isReachable) return unanswered(connection)
  return reasonsTrouble(found.stateReasons)
}

/** Where nobody waits for paper, a client may still be to come. */
function stationTrouble(silentSeconds: number | null, queueDepth: number): Trouble | undefined {
  if (silentSeconds === null ? queueDepth === 0 : silentSeconds <= SILENT_SECONDS_MAX) return undefined
  return {
    text:
      silentSeconds === null
        ? "its station's client has never called"
        : `its station's client was last heard ${silentSeconds} s ago`,
    advice: 'see that packhouse-station runs there and reaches this server (docs/stations.md)',
  }
}

function unanswered(connection: Connection): Trouble {
  return {
    text: `does not answer at ${addressOf(connection)}`,
    advice: 'see that it is on and in the network, and that its address is still the same',
  }
}

/** What is only low still prints. */
function reasonsTrouble(reasons: readonly string[]): Trouble | undefined {
  const grave = reasons.filter((reason) => !reason.endsWith('-low'))
  if (grave.length === 0) return undefined
  return { text: grave.join(', '), advice: 'what to do at the printer is in docs/printers.md' }
}

function addressOf(connection: Connection): string {
  switch (connection.type) {
    case 'ipp':
      return connection.uri
    case 'socket':
      return `${connection.host}:${connection.port}`
    case 'virtual':
      return 'a folder'
    case 'station':
      return 'by a station client'
  }
}
