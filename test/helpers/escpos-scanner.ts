/**
 * Reads a job as a printer would, knowing the commands of contracts/thermal.md, section 7, and no others. It shares no
 * code with what writes them. Throws for any byte that is not one of those commands or text.
 */

export interface ScannedStyle {
  bold: boolean
  underline: boolean
  font: 'A' | 'B'
  width: number
  height: number
}

export interface ScannedLine {
  kind: 'line'
  text: string
  /** Dots that the characters take. */
  dots: number
  align: number
  runs: { text: string; style: ScannedStyle }[]
  /** null: the printer's default. */
  spacing: number | null
}

export interface ScannedPicture {
  kind: 'picture'
  align: number
  widthBytes: number
  rows: number
  bits: Buffer
}

export interface ScannedQr {
  kind: 'qr'
  align: number
  size: number
  data: string
}

export interface ScannedEnd {
  kind: 'end'
  commands: string[]
}

export type Scanned = ScannedLine | ScannedPicture | ScannedQr | ScannedEnd

const START = /^1b401c2e1b52001b4d001b74(..)/
const PLAIN: ScannedStyle = { bold: false, underline: false, font: 'A', width: 1, height: 1 }

export function scanEscpos(job: Buffer): { codePage: number; items: Scanned[] } {
  const start = START.exec(job.toString('hex'))
  if (!start) throw new Error('the job does not begin as section 7 says')
  const scanner = new Scanner(job, 13)
  return { codePage: Number.parseInt(start[1] ?? '', 16), items: scanner.scan() }
}

class Scanner {
  readonly #job: Buffer
  #at: number
  #style = { ...PLAIN }
  #align = 0
  #spacing: number | null = null
  #runs: ScannedLine['runs'] = []
  #qr: { size: number; data: string } = { size: 0, data: '' }
  readonly #items: Scanned[] = []

  constructor(job: Buffer, at: number) {
    this.#job = job
    this.#at = at
  }

  scan(): Scanned[] {
    while (this.#at < this.#job.length) this.#scanNext(this.#byte())
    if (this.#runs.length > 0) throw new Error('text after the last line feed')
    if (this.#items.at(-1)?.kind !== 'end') throw new Error('the job has no end')
    return this.#items
  }

  #scanNext(byte: number): void {
    if (byte === 0x0a) this.#endLine()
    else if (byte === 0x1b) this.#escape(this.#byte())
    else if (byte === 0x1d) this.#group(this.#byte())
    else if ((byte >= 0x20 && byte <= 0x7e) || byte >= 0x80) this.#character(byte)
    else throw this.#unknown()
  }

  #byte(): number {
    const byte = this.#job[this.#at++]
    if (byte === undefined) throw new Error('the job ends within a command')
    return byte
  }

  #oneOf(...allowed: number[]): number {
    const byte = this.#byte()
    if (!allowed.includes(byte)) throw this.#unknown()
    return byte
  }

  #expect(...bytes: number[]): void {
    for (const byte of bytes) this.#oneOf(byte)
  }

  #unknown(): Error {
    return new Error(
      `not in section 7: ${this.#job.subarray(Math.max(0, this.#at - 4), this.#at).toString('hex')} at ${this.#at}`,
    )
  }

  #character(byte: number): void {
    if (this.#items.at(-1)?.kind === 'end') throw new Error('text after the end')
    const last = this.#runs.at(-1)
    const character = String.fromCharCode(byte)
    if (last && JSON.stringify(last.style) === JSON.stringify(this.#style)) last.text += character
    else this.#runs.push({ text: character, style: { ...this.#style } })
  }

  #endLine(): void {
    const dots = this.#runs.reduce(
      (total, { text, style }) => total + text.length * style.width * (style.font === 'A' ? 12 : 9),
      0,
    )
    const text = this.#runs.map((run) => run.text).join('')
    const line = { text, dots, align: this.#align, runs: this.#runs, spacing: this.#spacing }
    this.#items.push({ kind: 'line', ...line })
    this.#runs = []
  }

  #escape(command: number): void {
    switch (command) {
      case 0x45:
        this.#style.bold = this.#oneOf(0, 1) === 1
        break
      case 0x2d:
        this.#style.underline = this.#oneOf(0, 1) === 1
        break
      case 0x4d:
        this.#style.font = this.#oneOf(0, 1) === 1 ? 'B' : 'A'
        break
      case 0x61:
        // Printers heed it at the beginning of a line alone.
        if (this.#runs.length > 0) throw new Error('alignment within a line')
        this.#align = this.#oneOf(0, 1, 2)
        break
      case 0x33:
        this.#spacing = this.#oneOf(15, 20, 25, 30, 50, 70, 90, 110, 130, 150)
        break
      case 0x32:
        this.#spacing = null
        break
      default:
        this.#end(command)
    }
  }

  #end(command: number): void {
    switch (command) {
      case 0x64:
        this.#expect(8)
        if (this.#items.at(-1)?.kind === 'end') throw new Error('two ends')
        if (JSON.stringify(this.#style) !== JSON.stringify(PLAIN)) throw new Error('a style was left on')
        this.#items.push({ kind: 'end', commands: ['feed'] })
        break
      case 0x42:
        this.#expect(3, 2)
        this.#ending('beep', ['feed', 'full', 'partial'])
        break
      case 0x70: {
        const pin = this.#oneOf(0, 1)
        this.#expect(0x32, 0x32)
        this.#ending(`drawer${pin}`, ['feed', 'full', 'partial', 'beep'])
        break
      }
      default:
        throw this.#unknown()
    }
  }

  #ending(command: string, after: string[]): void {
    const end = this.#items.at(-1)
    if (end?.kind !== 'end' || !after.includes(end.commands.at(-1) ?? ''))
      throw new Error(`${command} out of order`)
    end.commands.push(command)
  }

  #group(command: number): void {
    switch (command) {
      case 0x21: {
        const size = this.#byte()
        if ((size & 0x88) !== 0) throw this.#unknown()
        this.#style.width = (size >> 4) + 1
        this.#style.height = (size & 7) + 1
        break
      }
      case 0x56:
        this.#ending(this.#oneOf(0, 1) === 0 ? 'full' : 'partial', ['feed'])
        break
      case 0x76:
        this.#picture()
        break
      case 0x28:
        this.#expect(0x6b)
        this.#qrFunction()
        break
      default:
        throw this.#unknown()
    }
  }

  #picture(): void {
    this.#expect(0x30, 0)
    if (this.#runs.length > 0) throw new Error('a picture within a line')
    const widthBytes = this.#byte() + 256 * this.#byte()
    const rows = this.#byte() + 256 * this.#byte()
    const bits = this.#job.subarray(this.#at, this.#at + widthBytes * rows)
    if (bits.length < widthBytes * rows || bits.length === 0) throw new Error('a picture without its rows')
    this.#at += bits.length
    this.#items.push({ kind: 'picture', align: this.#align, widthBytes, rows, bits })
  }

  #qrFunction(): void {
    const length = this.#byte() + 256 * this.#byte()
    const parameters = this.#job.subarray(this.#at, this.#at + length)
    if (parameters.length < length) throw new Error('the job ends within a QR code')
    this.#at += length
    const text = parameters.toString('latin1')
    if (/^1C[\x01-\x10]$/.test(text)) this.#qr.size = parameters[2] ?? 0
    else if (text.startsWith('1P0') && length > 3) this.#qr.data = parameters.subarray(3).toString()
    else if (text === '1Q0') this.#printQr()
    else if (text !== '1A2\x00' && text !== '1E0') throw this.#unknown()
  }

  #printQr(): void {
    if (this.#runs.length > 0) throw new Error('a QR code within a line')
    if (this.#job[this.#at] !== 0x0a) throw new Error('no line feed after a QR code')
    this.#items.push({ kind: 'qr', align: this.#align, ...this.#qr })
  }
}

/** The lines of a job, without the spaces at their ends. */
export function scannedTexts(job: Buffer): string[] {
  return scanEscpos(job).items.flatMap((item) => (item.kind === 'line' ? [item.text.replace(/ +$/, '')] : []))
}
