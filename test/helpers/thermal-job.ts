/**
 * Reads a thermal job back from its bytes, as a printer prints it, and holds it to contracts/thermal.md, section 7: no other
 * commands, the start and the end in their order, nothing wider than the paper, nothing left on.
 */
import { codePage } from './escpos-interpreter/code-pages.ts'
import { interpret } from './escpos-interpreter/interpret.ts'
import type { Paper, Printed } from './escpos-interpreter/paper.ts'

export interface PrintedJob extends Paper {
  /** What was printed between the start and the end. */
  readonly items: readonly Printed[]
  /** Text, an empty line for each line feed alone. */
  readonly lines: readonly string[]
  /** `feed`, then what follows it: `full`, `partial`, `beep`, `drawer 2`, `drawer 5`. */
  readonly end: readonly string[]
}

interface JobSettings {
  readonly paper_width_mm?: number | null | undefined
  readonly code_page?: number | null | undefined
  readonly encoding?: string | null | undefined
}

const START = /^1b 40,1c 2e,1b 52 00,1b 4d 00,1b 74 ..$/
const END = /^1b 64 08(,1d 56 0[01])?(,1b 42 03 02)?(,1b 70 0[01] 32 32)?$/
const START_COMMANDS = 5
const START_LAST_OFFSET = 10
const QR_PRINT = '1d 28 6b 03 00 31 51 30'
const QR_PRINT_BYTES = 8
const END_FEED = '1b 64 08'
const QR_SIZE = '1d 28 6b 03 00 31 43'
const BODY = [
  /^0a$/,
  /^1b (45|2d|4d) 0[01]$/,
  /^1b 61 0[012]$/,
  /^1b 33 (0f|14|19|1e|32|46|5a|6e|82|96)$/,
  /^1b 32$/,
  /^1d 21 [0-7][0-7]$/,
  /^1d 76 30 00 /,
  /^1d 28 6b 04 00 31 41 32 00$/,
  new RegExp(`^${QR_SIZE} (0.|10)$`),
  /^1d 28 6b 03 00 31 45 30$/,
  /^1d 28 6b .. .. 31 50 30 /,
  new RegExp(`^${QR_PRINT}$`),
]
const PLAIN = { bold: false, underline: 0, widthFactor: 1, heightFactor: 1, font: 'A', inverted: false }
const DEFAULT_SPACING_DOTS = 30

export function readJob(bytes: Uint8Array, settings: JobSettings = {}): PrintedJob {
  const paper = interpret(bytes, optionsOf(settings))
  const endOffset = checkFrame(paper)
  checkLooks(paper, endOffset)
  const items = paper.printed.filter(({ kind, offset }) => kind !== 'initialise' && offset < endOffset)
  const end = paper.printed.filter(({ offset }) => offset >= endOffset)
  return { ...paper, items, lines: linesOf(items), end: end.map(endOf) }
}

/** Gives where the end begins. */
function checkFrame({ commands, printed }: Paper): number {
  const hexes = commands.map(({ hex }) => hex)
  const endAt = hexes.lastIndexOf(END_FEED)
  if (!START.test(hexes.slice(0, START_COMMANDS).join())) throw new Error('the job has not its start')
  if (commands[START_COMMANDS - 1]?.offset !== START_LAST_OFFSET) throw new Error('text in the start')
  if (endAt < START_COMMANDS || !END.test(hexes.slice(endAt).join()))
    throw new Error('the job has not its end')
  const foreign = hexes.slice(START_COMMANDS, endAt).find((hex) => !BODY.some((form) => form.test(hex)))
  if (foreign !== undefined) throw new Error(`not in section 7: ${foreign}`)
  const endOffset = commands[endAt]?.offset ?? 0
  // With text before it, it would print that.
  const isFeed = ({ kind, offset }: Printed) => kind === 'feed' && offset === endOffset
  if (!printed.some(isFeed)) throw new Error('text without a line feed')
  return endOffset
}

function checkLooks({ printed, leftOn, commands }: Paper, endOffset: number): void {
  for (const item of printed) {
    if (item.kind === 'line' && item.isBroken) throw new Error(`wider than the paper: ${item.text}`)
    if (item.kind === 'line' && item.offset > endOffset) throw new Error('text after the end')
    if (item.kind === 'picture' && item.justification !== 'left')
      throw new Error('a picture is not at the left')
  }
  if (JSON.stringify(leftOn.style) !== JSON.stringify(PLAIN)) throw new Error('a style was left on')
  if (leftOn.spacingDots !== DEFAULT_SPACING_DOTS) throw new Error('the line spacing was left on')
  commands.forEach(({ hex, offset }, at) => {
    const next = commands[at + 1]
    const isEnded = next?.hex === '0a' && next.offset === offset + QR_PRINT_BYTES
    if (hex === QR_PRINT && !isEnded) throw new Error('no line feed after a QR code')
  })
}

/** Printers number their code pages as they like: a job says `code_page`, and `encoding` what the printer means by it. */
function optionsOf(settings: JobSettings): Parameters<typeof interpret>[1] {
  const paperDots = settings.paper_width_mm === 58 ? 384 : 576
  if (!settings.encoding) return { paperDots }
  const name = settings.encoding.replace('windows', 'cp') as Parameters<typeof codePage>[0]
  return {
    paperDots,
    codePages: new Map([
      [0, codePage('cp437')],
      [settings.code_page ?? 16, codePage(name)],
    ]),
  }
}

function linesOf(items: readonly Printed[]): readonly string[] {
  return items.flatMap((item) => {
    if (item.kind === 'feed') return ['']
    return item.kind === 'line' ? [item.text.replace(/ +$/, '')] : []
  })
}

function endOf(item: Printed): string {
  if (item.kind === 'cut') return item.isPartial ? 'partial' : 'full'
  return item.kind === 'drawer' ? `drawer ${item.pin}` : item.kind
}
