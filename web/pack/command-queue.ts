import { type Command, isSameCommand } from './command.ts'

/** More than anybody scans while a connection is lost, and few enough to be done in seconds. */
export const COMMANDS_MAX = 50

export interface Waiting {
  readonly command: Command
  /** Whether it was sent and no answer came: the server may have done it. */
  readonly isAsked: boolean
}

export interface QueueOptions {
  /** Sends one. `later`: no answer came; it stays the first. */
  readonly run: (command: Command, isAgain: boolean) => Promise<'done' | 'later'>
  /** Kept with the tab, so that a reload loses nothing. */
  readonly storage: {
    getItem(key: string): string | null
    setItem(key: string, value: string): void
  }
  readonly key: string
  readonly onChange: (waiting: readonly Waiting[]) => void
}

/** Commands one after the other, in the order in which they were asked for, each until the server has answered it. */
export class CommandQueue {
  readonly #options: QueueOptions
  #waiting: readonly Waiting[]
  #isRunning = false

  constructor(options: QueueOptions) {
    this.#options = options
    this.#waiting = read(options)
    options.onChange(this.#waiting)
  }

  get waiting(): readonly Waiting[] {
    return this.#waiting
  }

  /** `full`: it wasn't taken. `known`: the same is waiting already. */
  push(command: Command): 'taken' | 'known' | 'full' {
    if (this.#isKnown(command)) return 'known'
    if (this.#waiting.length >= COMMANDS_MAX) return 'full'
    this.#keep([...this.#waiting, { command, isAsked: false }])
    void this.run()
    return 'taken'
  }

  /** Goes on with the first one, as far as answers come. */
  async run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
        this.#keep([{ ...first, isAsked: true }, ...this.#waiting.slice(1)])
        if ((await this.#options.run(first.command, first.isAsked)) === 'later') return
        this.#keep(this.#waiting.slice(1))
      }
    } finally {
      this.#isRunning = false
    }
  }

  /** A package that is scanned after another one is to be on the screen last, though it has been scanned before. */
  #isKnown(command: Command): boolean {
    const among = command.kind === 'open' ? this.#waiting.slice(-1) : this.#waiting
    return among.some((waiting) => isSameCommand(waiting.command, command))
  }

  #keep(waiting: readonly Waiting[]): void {
    this.#waiting = waiting
    this.#options.storage.setItem(this.#options.key, JSON.stringify(waiting))
    this.#options.onChange(waiting)
  }
}

function read({ storage, key }: QueueOptions): readonly Waiting[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? (kept as Waiting[]).slice(0, COMMANDS_MAX) : []
  } catch {
    return []
  }
}
