import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from 'mocha'
import type { Connection } from '../../lib/delivery/connection.ts'
import { startIppPrinter } from '../helpers/ippeveprinter.ts'
import { type SocketSink, type SocketSinkOptions, startSocketSink } from '../helpers/socket-sink.ts'
import { type Silence, startRememberingPrinter } from './remembering-printer.ts'

/** A printer that is asked afterwards what it was given: the side on which paper comes out. */
export interface Witness {
  readonly connection: Connection
  readonly takes: 'pdf' | 'escpos'
  /** How many whole copies of that document came to it. */
  copiesOf(document: Buffer): Promise<number>
  close(): Promise<void>
}

export interface SocketWitness extends Witness {
  readonly sink: SocketSink
}

export async function startSocketWitness(
  options: SocketSinkOptions & { readonly takes?: Witness['takes'] } = {},
): Promise<SocketWitness> {
  const { takes = 'escpos' } = options
  const sink = await startSocketSink(options)
  const { host, port } = sink
  return {
    sink,
    connection: { type: 'socket', host, port, language: takes === 'pdf' ? 'pdf' : 'raw' },
    takes,
    copiesOf: (document) =>
      Promise.resolve(sink.perConnection.reduce((sum, bytes) => sum + occurrences(bytes, document), 0)),
    close: () => sink.close(),
  }
}

/** An IPP printer of ours that keeps its jobs and answers truly about them. */
export async function startIppWitness(options: {
  readonly canCreateJob: boolean
  readonly silence?: Silence
  readonly printsParts?: boolean
}): Promise<Witness> {
  const printer = await startRememberingPrinter(options)
  return {
    connection: { type: 'ipp', uri: printer.uri },
    takes: 'pdf',
    copiesOf: (document) =>
      Promise.resolve(
        printer.printed
          .filter(({ bytes }) => bytes.equals(document))
          .reduce((sum, { copies }) => sum + copies, 0),
      ),
    close: () => printer.close(),
  }
}

/** CUPS's own IPP printer. Each sheet is a file. */
export async function startIppEveWitness(context: Context): Promise<Witness> {
  const printer = await startIppPrinter(context, {
    script:
      'copy=0; while [ $copy -lt "$IPP_COPIES" ]; do cp "$1" "$FOLDER/sheet-$$-$copy"; copy=$((copy + 1)); done',
  })
  return {
    connection: { type: 'ipp', uri: printer.uri },
    takes: 'pdf',
    copiesOf: (document) => copiesIn(printer.folder, (name) => name.startsWith('sheet-'), document),
    close: () => printer.close(),
  }
}

/** A virtual printer's folder: one file per delivery, whose copies are the printer's own matter. */
export function virtualWitness(dataDir: string, printerName: string, copies: number): Witness {
  const folder = join(dataDir, 'virtual-printers', printerName)
  return {
    connection: { type: 'virtual' },
    takes: 'pdf',
    copiesOf: async (document) =>
      copies * (await copiesIn(folder, (name) => name.endsWith('.pdf'), document)),
    close: () => Promise.resolve(),
  }
}

async function copiesIn(
  folder: string,
  isSheet: (name: string) => boolean,
  document: Buffer,
): Promise<number> {
  const names = (await readdir(folder).catch(() => [])).filter(isSheet)
  const files = await Promise.all(names.map((name) => readFile(join(folder, name))))
  return files.filter((file) => file.equals(document)).length
}

function occurrences(bytes: Buffer, document: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(document); at !== -1; at = bytes.indexOf(document, at + document.length))
    count += 1
  return count
}
