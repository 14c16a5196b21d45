import { expect } from 'chai'
import { aReceipt, untruthsOf } from '../faults/floor.ts'
import { eventually } from '../helpers/eventually.ts'
import { type Defiance, defiances, type Language } from './defiance.ts'
import { type DefiantPrinter, startDefiantPrinter } from './defiant-printer.ts'
import type { Door } from './door.ts'
import { batchesOf, type Fuzzing } from './fuzzing.ts'
import type { PrintDesk } from './print-desk.ts'
import { ESCPOS, ZPL } from './printer-languages.ts'
import type { Goals, Reach } from './reach.ts'
import type { Subject } from './subject.ts'

const PRINTERS = 20
/** The longest silence that a label printer is granted after a document, and what a busy machine adds. */
const SETTLE_MS = 100_000
/** A try costs one; receipt printers are tried every quarter of a second, for three seconds. */
const CONNECTIONS_MAX = 40
/** A printer that pours out what nobody asked for must not fill the server. */
const GROWTH_MIB_MAX = 500

interface Dialect {
  readonly name: string
  readonly connection: 'zpl' | 'escpos'
  readonly language: Language
  readonly phases: readonly Defiance['phase'][]
  readonly mediaType: string
  document(name: string): Buffer
  readonly goals: Goals
}

const DIALECTS = {
  'label printers': {
    name: 'Label printer',
    connection: 'zpl',
    language: ZPL,
    phases: ['before', 'after'],
    mediaType: 'application/vnd.zebra-zpl',
    document: (name) => Buffer.from(`^XA^FO20,20^A0N,32,32^FD${name}^FS^XZ`),
    goals: { before: 6, after: 6, completed: 10, unknown: 1, 'sent again': 1 },
  },
  'receipt printers': {
    name: 'Receipt printer',
    connection: 'escpos',
    language: ESCPOS,
    phases: ['before'],
    mediaType: 'application/vnd.escpos',
    document: aReceipt,
    goals: { before: 12, completed: 10, 'sent again': 1 },
  },
} as const satisfies Record<string, Dialect>

/** Printers behind a socket that answer questions as none would: each label comes out once, or may have, as it is told. */
export async function openDialogueDoor(
  kind: keyof typeof DIALECTS,
  subject: Subject,
  desk: PrintDesk,
): Promise<Door<readonly Defiance[]>> {
  const dialect: Dialect = DIALECTS[kind]
  const printers = await Promise.all(
    Array.from({ length: PRINTERS }, () => startDefiantPrinter(dialect.language)),
  )
  const nameOf = (index: number) => `${dialect.name} ${index}`
  for (const [index, { port }] of printers.entries()) {
    const connection = { type: 'socket', host: '127.0.0.1', port, language: dialect.connection }
    await desk.addPrinter(nameOf(index), connection)
  }
  const atRestMib = await subject.residentMib()
  let count = 0

  async function printAt(defiance: Defiance, index: number, note: Reach['note']): Promise<void> {
    const printer = printers[index] as DefiantPrinter
    printer.defy(defiance)
    const name = `${kind} ${count++}`
    const document = dialect.document(name)
    const asked = { printerName: nameOf(index), name, mediaType: dialect.mediaType, document }
    const job = await desk.print(asked, SETTLE_MS)
    if (printer.defied > 0) note(defiance.phase)
    note(job.outcomes.at(-1) === 'unknown' ? 'unknown' : job.status)
    if (job.outcomes[0] === 'not_sent' && job.status === 'completed') note('sent again')
    const copiesNow = () => printer.received.reduce((sum, text) => sum + occurrences(text, document), 0)
    // The last of it may be on its way through the kernel.
    if (job.status === 'completed')
      await eventually('it is printed', () => copiesNow() > 0 || undefined).catch(() => 0)
    const copies = copiesNow()
    if (throwsAway(defiance) && copies === 0 && job.status === 'completed') return
    expect(untruthsOf(job, copies, 1), JSON.stringify([job, printer.received])).to.deep.equal([])
    expect(printer.connections, 'connections').to.be.at.most(CONNECTIONS_MAX)
  }

  const fuzzing: Fuzzing<readonly Defiance[]> = {
    cases: batchesOf(defiances(dialect.language, dialect.phases), PRINTERS),
    goals: dialect.goals,
    async judge(batch, note) {
      await subject.allEnded(batch.map((defiance, index) => printAt(defiance, index, note)))
      await subject.assertSound()
      const grown = (await subject.residentMib()) - atRestMib
      expect(grown, 'MiB more than at first').to.be.lessThan(GROWTH_MIB_MAX)
      return batch.length
    },
  }
  return { fuzzing, close: async () => void (await Promise.all(printers.map((printer) => printer.close()))) }
}

function occurrences(text: string, document: Buffer): number {
  return text.split(document.toString('latin1')).length - 1
}

/**
 * What the printer hasn't read goes with a connection that is reset: one that is closed amid what its printer pours, or one
 * that the printer resets when the document may be on its way already.
 */
function throwsAway({ words, pace, end }: Defiance): boolean {
  return words.kind === 'endless' || (pace === 'late' && end === 'resets')
}
