import { type Command, isSameCommand } from './command.ts'

/** A quarter of an hour of scanning, and few enough to be done within a minute. */
export const COMMANDS_MAX = 200

export interface Waiting {
  readonly command: Command
  /** Whether it was sent and no answer came: the server may have done it. */
  readonly isAsked: boolean
}

/** Of the browser's `Storage`. */
export interface Memory {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export interface QueueOptions {
  /** Sends one. `later`: no answer came; it stays the first. */
  readonly run: (command: Command, isAgain: boolean) => Promise<'done' | 'later'>
  /** Outlives the tab. What is taken out of it there isn't this queue's any more: another tab does it. */
  readonly storage: Memory
  readonly key: string
  readonly onChange: (waiting: readonly Waiting[]) => void
}

/** Commands one after the other, in the order in which they were asked for, each until the server has answered it. */
export class CommandQueue {
  readonly #options: QueueOptions
  #waiting: readonly Waiting[]
  #isRunning = false
  /** False where the browser has no room, or keeps nothing: then what waits is lost with the tab. */
  #isStored = true

  constructor(options: QueueOptions) {
    this.#options = options
    this.#waiting = readWaiting(options.storage.getItem(options.key))
    options.onChange(this.#waiting)
  }

  get waiting(): readonly Waiting[] {
    return this.#waiting
  }

  /** `full`: it wasn't taken. `known`: the same is waiting already. */
  push(command: Command): 'taken' | 'known' | 'full' {
    this.#forgetTaken()
    if (this.#isKnown(command)) return 'known'
    if (this.#waiting.length >= COMMANDS_MAX) return 'full'
    this.#keep([...this.#waiting, { command, isAsked: false }])
    void this.run()
    return 'taken'
  }

  /** Goes on with the first one, as far as answers come. */
  async run(): Promise<void> {
    if (this.#isRunning) return
    this.#forgetTaken()
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
    const { storage, key, onChange } = this.#options
    this.#waiting = waiting
    try {
      if (waiting.length === 0) storage.removeItem(key)
      else storage.setItem(key, JSON.stringify(waiting))
      this.#isStored = true
    } catch {
      this.#isStored = false
    }
    onChange(waiting)
  }

  /** This tab was asleep, and another one took it for gone. */
  #forgetTaken(): void {
    const { storage, key, onChange } = this.#options
    if (this.#waiting.length === 0 || !this.#isStored || storage.getItem(key) !== null) return
    this.#waiting = []
    onChange([])
  }
}

/** Of a text in the storage; nothing that can be read is nothing. */
export function readWaiting(kept: string | null): readonly Waiting[] {
  try {
    const read: unknown = JSON.parse(kept ?? '[]')
    return Array.isArray(read) ? (read as Waiting[]).slice(0, COMMANDS_MAX) : []
  } catch {
    return []
  }
}
