import type { PrinterTrouble } from './socket-sending.ts'

/** What a Zebra answers to `~HS`: ZPL II Programming Guide, "~HS Host Status Return". Pure. */
export interface ZebraStatus {
  /** What stops it, as IPP keywords, most telling first; empty when it prints. */
  readonly stateReasons: readonly string[]
  /** The same for a person: `the head is up, out of labels`. */
  readonly words: string
  /** Received and not yet turned into labels. */
  readonly formatsWaiting: number
  /** The end of a format is still to come. */
  readonly isFormatOpen: boolean
  readonly labelsWaiting: number
}

export function isStopped({ stateReasons }: ZebraStatus): boolean {
  return stateReasons.length > 0
}

/** What keeps it from taking a document; null when it takes one. */
export function troubleOf(status: ZebraStatus): PrinterTrouble | null {
  const [reason] = status.stateReasons
  return reason === undefined ? null : { reason, detail: status.words, stateReasons: status.stateReasons }
}

/** Three lines between STX and ETX; the last one holds nothing that is needed here. */
const ANSWER = /\x02([\d, ]{20,99})\x03\s*\x02([\d, ]{20,99})\x03\s*\x02[^\x02\x03]{0,99}\x03/
/** An answer has some 90 bytes: what is longer is none. */
const HEARD_LENGTH_MAX = 512

interface Flag {
  readonly line: 0 | 1
  /** Place among the commas, from 0. */
  readonly field: number
  readonly reason: string
  readonly words: string
}

/**
 * A ribbon is a marker supply (RFC 8011, 5.4.12). Nothing in IPP's list names a print head that is too hot, so that it
 * goes by the keyword of the nearest kin. A head that is too cold (field 10) prints all the same.
 */
const FLAGS: readonly Flag[] = [
  { line: 1, field: 2, reason: 'cover-open', words: 'the head is up' },
  { line: 0, field: 1, reason: 'media-empty', words: 'out of labels' },
  { line: 1, field: 3, reason: 'marker-supply-empty', words: 'out of ribbon' },
  { line: 0, field: 11, reason: 'fuser-over-temp', words: 'the print head is too hot' },
  { line: 0, field: 9, reason: 'other', words: 'it lost its configuration (corrupt RAM)' },
  { line: 0, field: 5, reason: 'spool-area-full', words: 'its receive buffer is full' },
  { line: 0, field: 2, reason: 'paused', words: 'paused at the printer' },
]
const FORMATS_WAITING = 4
const PARTIAL_FORMAT = 7
const LABELS_WAITING = 8
const FIELDS_MIN = [12, 9] as const

/** Collects what a printer says, in whatever pieces, and hands on each whole answer. */
export class ZebraAnswers {
  #heard = ''

  /** The whole answers that these bytes complete, oldest first. */
  read(chunk: Uint8Array): readonly ZebraStatus[] {
    this.#heard += Buffer.from(chunk).toString('latin1')
    const answers: ZebraStatus[] = []
    for (let found = ANSWER.exec(this.#heard); found; found = ANSWER.exec(this.#heard)) {
      this.#heard = this.#heard.slice(found.index + found[0].length)
      const status = toStatus([fieldsOf(found[1]), fieldsOf(found[2])])
      if (status) answers.push(status)
    }
    this.#heard = this.#heard.slice(-HEARD_LENGTH_MAX)
    return answers
  }
}

type Lines = readonly [readonly string[], readonly string[]]

function fieldsOf(line = ''): readonly string[] {
  return line.split(',').map((field) => field.trim())
}

function toStatus(lines: Lines): ZebraStatus | undefined {
  const [first, second] = lines
  if (first.length < FIELDS_MIN[0] || second.length < FIELDS_MIN[1]) return undefined
  const raised = FLAGS.filter(({ line, field }) => lines[line][field] === '1')
  return {
    stateReasons: raised.map(({ reason }) => reason),
    words: raised.map(({ words }) => words).join(', '),
    formatsWaiting: Number(first[FORMATS_WAITING]),
    isFormatOpen: first[PARTIAL_FORMAT] === '1',
    labelsWaiting: Number(second[LABELS_WAITING]),
  }
}
