import type { ByteReader } from './byte-reader.ts'
import type { CodePage } from './code-pages.ts'
import type { Event, Justification, Paper, Printed, TextStyle, Understood } from './paper.ts'
import {
  isOverprinted,
  type PrintArea,
  PrintLine,
  readAcross,
  shiftOf,
  type TakenLine,
} from './print-line.ts'

/** One sixth of an inch, as printers of 8 dots a millimetre round it. */
const DEFAULT_SPACING_DOTS = 30
const PLAIN: TextStyle = {
  bold: false,
  underline: 0,
  widthFactor: 1,
  heightFactor: 1,
  font: 'A',
  inverted: false,
}

/** What ESC @ puts back. */
function powerOn(paperDots: number) {
  return {
    style: PLAIN,
    justification: 'left' as Justification,
    spacingDots: DEFAULT_SPACING_DOTS,
    characterSpacingDots: 0,
    codePage: 0,
    area: { leftDots: 0, widthDots: paperDots } as PrintArea,
    /** In characters of the font that was selected when they were set. */
    tabDots: Array.from({ length: 32 }, (_, at) => (at + 1) * 8 * 12) as readonly number[],
    barcode: { heightDots: 162, moduleDots: 3, hri: 0, hriFont: 'A' as 'A' | 'B' },
    qr: { model: 2 as 1 | 2, moduleDots: 3, level: 0, data: new Uint8Array() },
    graphics: undefined as StoredGraphics | undefined,
  }
}

export interface StoredGraphics {
  readonly widthDots: number
  readonly rows: readonly Uint8Array[]
}

type Settings = ReturnType<typeof powerOn>

/** The printer in standard mode: its settings, its print buffer and the paper that has come out. */
export class Printer {
  readonly reader: ByteReader
  readonly paperDots: number
  readonly line = new PrintLine()
  settings: Settings
  readonly #codePages: ReadonlyMap<number, CodePage>
  readonly #printed: Printed[] = []
  readonly #commands: Understood[] = []
  #yDots = 0

  constructor(reader: ByteReader, options: { paperDots: number; codePages: ReadonlyMap<number, CodePage> }) {
    this.reader = reader
    this.paperDots = options.paperDots
    this.#codePages = options.codePages
    this.settings = powerOn(options.paperDots)
  }

  set(changed: Partial<Settings>): void {
    this.settings = { ...this.settings, ...changed }
  }

  setStyle(changed: Partial<TextStyle>): void {
    this.set({ style: { ...this.settings.style, ...changed } })
  }

  reset(): void {
    this.settings = powerOn(this.paperDots)
  }

  hasCodePage(number: number): boolean {
    return this.#codePages.has(number)
  }

  /** Of the selected code table; below 80h it is ASCII in all of them. */
  characterOf(byte: number): string | undefined {
    if (byte < 0x7f) return String.fromCharCode(byte)
    return byte === 0x7f ? undefined : this.#codePages.get(this.settings.codePage)?.(byte)
  }

  /** The command works at the beginning of a line alone; elsewhere a printer ignores it or prints its bytes. */
  needLineStart(name: string): void {
    if (!this.line.isAtStart) throw this.reader.error(`${name} in the middle of a line`)
  }

  /** Where something of this width would stand; wider than the print area it would be cut or not printed. */
  place(name: string, widthDots: number): { xDots: number; justification: Justification } {
    const { area, justification } = this.settings
    if (widthDots > area.widthDots) {
      throw this.reader.error(`${name} of ${widthDots} dots is wider than the line of ${area.widthDots}`)
    }
    return { xDots: shiftOf(area, widthDots, justification), justification }
  }

  /** The buffer goes on the paper, which moves on by `dots`, at least by what was printed. */
  printLine(dots: number, isBroken = false): void {
    const { area, justification } = this.settings
    if (this.line.isEmpty) {
      this.line.clear()
      this.feed(dots)
      return
    }
    const line = this.line.take(area, justification)
    this.#addLine(line, isBroken)
    this.#yDots += Math.max(dots, line.heightDots)
  }

  feed(dots: number): void {
    this.#printed.push({ kind: 'feed', offset: this.reader.commandAt, yDots: this.#yDots, dots })
    this.#yDots += dots
  }

  /** Something as high as `heightDots` on a line of its own. */
  add<Item extends Printed>(item: Omit<Item, 'offset' | 'yDots'>, heightDots = 0): void {
    this.#printed.push({ ...item, offset: this.reader.commandAt, yDots: this.#yDots } as Item)
    this.#yDots += heightDots
  }

  event<Kind extends Event['kind']>(event: Omit<Extract<Event, { kind: Kind }>, 'offset' | 'yDots'>): void {
    this.add(event)
  }

  noteCommand(bytes: Uint8Array): void {
    const hex = Buffer.from(bytes)
      .toString('hex')
      .replace(/..(?=.)/g, '$& ')
    this.#commands.push({ offset: this.reader.commandAt, hex })
  }

  paper(): Paper {
    const { style, spacingDots } = this.settings
    return {
      printed: this.#printed,
      commands: this.#commands,
      codePage: this.settings.codePage,
      leftOn: { style, spacingDots },
      heightDots: this.#yDots,
    }
  }

  #addLine(line: TakenLine, isBroken: boolean): void {
    const { justification } = this.settings
    const { offset, runs, pictures, ...size } = line
    const at = { offset, yDots: this.#yDots, justification }
    if (runs.length > 0) {
      if (isOverprinted(runs)) throw this.reader.error('characters are printed on top of each other')
      const text = readAcross(runs, size.xDots)
      this.#printed.push({ kind: 'line', ...at, text, runs, ...size, isBroken })
    }
    for (const { rows, ...place } of pictures) {
      const widthBytes = rows[0]?.length ?? 0
      const bits = new Uint8Array(Buffer.concat(rows))
      this.#printed.push({ kind: 'picture', source: 'columns', ...at, ...place, widthBytes, bits })
    }
  }
}
