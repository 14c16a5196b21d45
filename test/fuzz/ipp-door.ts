import { expect } from 'chai'
import { aPdf, untruthsOf } from '../faults/floor.ts'
import { batchesOf, type Fuzzing } from './fuzzing.ts'
import { type Garbling, type GarblingPrinter, garblings, startGarblingPrinter } from './garbling-printer.ts'
import { HOSTILE_TEXTS } from './hostile-texts.ts'
import type { PrintDesk } from './print-desk.ts'
import type { Reach } from './reach.ts'
import type { Door } from './door.ts'
import type { Subject } from './subject.ts'

const PRINTERS = 24
const SETTLE_MS = 90_000

/** Answers that no IPP printer would give. They lose no job, print none twice, and leave the ledger true. */
export async function openIppDoor(subject: Subject, desk: PrintDesk): Promise<Door<readonly Garbling[]>> {
  const printers = await Promise.all(
    Array.from({ length: PRINTERS }, (_, index) => startGarblingPrinter({ canCreateJob: index % 2 === 0 })),
  )
  for (const [index, { uri }] of printers.entries())
    await desk.addPrinter(nameOf(index), { type: 'ipp', uri })
  let count = 0

  async function printThrough(garbling: Garbling, index: number, note: Reach['note']): Promise<void> {
    const printer = printers[index] as GarblingPrinter
    printer.garble(garbling)
    const number = count++
    const document = aPdf(`IPP job ${number}`)
    const name = `${number} ${HOSTILE_TEXTS[number % HOSTILE_TEXTS.length]?.flavour}`
    const asked = { printerName: nameOf(index), name, mediaType: 'application/pdf', document }
    const job = await desk.print(asked, SETTLE_MS)
    if (printer.garbled > 0) note(garbling.operation)
    note(job.outcomes.at(-1) === 'unknown' ? 'unknown' : job.status)
    // What the printer itself calls refused or ended may be sent again, or called failed.
    if (printer.hasSaidNo) return
    expect(untruthsOf(job, printer.copiesOf(document), 1), JSON.stringify(job)).to.deep.equal([])
  }

  const fuzzing: Fuzzing<readonly Garbling[]> = {
    cases: batchesOf(garblings, PRINTERS),
    goals: {
      getPrinterAttributes: 3,
      validateJob: 3,
      createJob: 1,
      sendDocument: 1,
      printJob: 1,
      getJobAttributes: 3,
      completed: 12,
      unknown: 1,
    },
    async judge(batch, note) {
      await subject.allEnded(batch.map((garbling, index) => printThrough(garbling, index, note)))
      await subject.assertSound()
      return batch.length
    },
  }
  return { fuzzing, close: async () => void (await Promise.all(printers.map((printer) => printer.close()))) }
}

function nameOf(index: number): string {
  return `IPP printer ${index}`
}
