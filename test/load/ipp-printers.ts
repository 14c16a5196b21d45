/** IPP printers that remember their jobs, and print what they have the whole of. */
import { startRememberingPrinter } from '../faults/remembering-printer.ts'
import type { Paper } from './paper.ts'

export interface IppPrinters {
  /** In the order of the names. */
  readonly uris: readonly string[]
  /** Tells of every sheet. Once. */
  collect(paper: Paper): void
  close(): Promise<void>
}

export async function openIppPrinters(names: readonly string[]): Promise<IppPrinters> {
  // Every other one takes a document with the job, as older printers do.
  const printers = await Promise.all(
    names.map((_, index) => startRememberingPrinter({ canCreateJob: index % 2 === 0 })),
  )
  return {
    uris: printers.map(({ uri }) => uri),
    collect(paper) {
      for (const [index, { printed }] of printers.entries()) {
        const sheets = printed.flatMap(({ bytes, copies }) => Array<Buffer>(copies).fill(bytes))
        for (const bytes of sheets) paper.take(bytes, 0, names[index] ?? '')
      }
    },
    async close() {
      await Promise.all(printers.map((printer) => printer.close()))
    },
  }
}
