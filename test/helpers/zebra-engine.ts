/** How a label printer is, or answers. */
export type ZebraMode =
  | 'healthy'
  /** Prints, and says nothing. */
  | 'mute'
  | 'garbage'
  /** Answers late, and takes its time over each label. */
  | 'slow'
  | 'paper out'
  | 'paused'
  | 'head up'
  | 'ribbon out'
  | 'buffer full'
  | 'corrupt RAM'
  | 'too hot'
  | 'too cold'

const STOPPING: ReadonlySet<ZebraMode> = new Set([
  'paper out',
  'paused',
  'head up',
  'ribbon out',
  'corrupt RAM',
  'too hot',
])
const FORMAT = /\^XA[\s\S]*?\^XZ/g
const STEP_MS = 5
const SLOW_STEP_MS = 60
const STX = '\x02'
const ETX = '\x03\r\n'

/** What goes on inside: formats become labels, labels become paper, one step at a time. */
export class ZebraEngine {
  mode: ZebraMode
  /** Formats on paper, oldest first; once for each copy. */
  readonly printed: string[] = []
  readonly #formats: string[] = []
  #labels: string[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(mode: ZebraMode) {
    this.mode = mode
    this.#schedule()
  }

  /** Formats and labels that aren't on paper yet. */
  get waiting(): number {
    return this.#formats.length + this.#labels.length
  }

  /** Takes the whole formats at the beginning of the text; answers what is left of it. */
  take(text: string): string {
    let end = 0
    for (const found of text.matchAll(FORMAT)) {
      this.#formats.push(found[0])
      end = found.index + found[0].length
    }
    return text.slice(end)
  }

  /** `~HS`, as the ZPL II Programming Guide has it. */
  answer(isPartial: boolean): string {
    const flag = (...modes: readonly ZebraMode[]) => (modes.includes(this.mode) ? '1' : '0')
    const formats = String(this.#formats.length).padStart(3, '0')
    const labels = String(this.#labels.length).padStart(8, '0')
    const first = [
      '030',
      flag('paper out'),
      flag('paused', 'head up', 'paper out', 'ribbon out'),
      '1218',
      formats,
      flag('buffer full'),
      '0',
      isPartial ? '1' : '0',
      '000',
      flag('corrupt RAM'),
      flag('too cold'),
      flag('too hot'),
    ]
    const second = ['000', '0', flag('head up'), flag('ribbon out'), '1', '2', '4', '0', labels, '1', '000']
    return [first.join(), second.join(), '1234,0'].map((line) => `${STX}${line}${ETX}`).join('')
  }

  /** As after a power cut. */
  forget(): void {
    this.#formats.length = 0
    this.#labels = []
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#step(), this.mode === 'slow' ? SLOW_STEP_MS : STEP_MS)
  }

  /** Between a format that has left the buffer and its labels there is a moment in which neither counts. */
  #step(): void {
    this.#schedule()
    if (STOPPING.has(this.mode)) return
    const [label] = this.#labels
    if (label !== undefined) {
      this.printed.push(label)
      this.#labels.shift()
      return
    }
    const format = this.#formats.shift()
    if (format === undefined) return
    const copies = Number(/\^PQ(\d+)/.exec(format)?.[1] ?? 1)
    this.#labels = Array.from({ length: copies }, () => format)
  }
}
