import { DomainError } from '../errors.ts'

/**
 * Looks for jobs, few at a time. A look holds a connection of the database, and may wait for the station's lock with it:
 * two thousand clients that come in one instant would have all of them, and whoever only reads would have none.
 *
 * Of those who look for the same, one looks and the others stand behind it. What it doesn't find nobody of those who stood
 * there when it began would have found; where it finds something, the next one looks.
 */
export interface SharedLook<Found> {
  /** `isWanted`: a caller who has gone finds nothing, and says nothing to others. Throws what the look throws. */
  look(what: string, looking: Looking<Found>): Promise<Found | null>
}

export interface Looking<Found> {
  readonly isWanted: () => boolean
  find(): Promise<Found | null>
}

type Turn =
  | { readonly kind: 'look' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; error: unknown }

interface Waiting {
  take(turn: Turn): void
}

export function createSharedLook<Found>({ atOnceMax }: { readonly atOnceMax: number }): SharedLook<Found> {
  const lines = new Map<string, Waiting[]>()
  const slots = new Slots(atOnceMax)

  const passOn = (what: string, line: Waiting[]): void => {
    const next = line.shift()
    if (next) next.take({ kind: 'look' })
    else lines.delete(what)
  }

  const lookAs = async (line: Waiting[], { isWanted, find }: Looking<Found>): Promise<Found | null> => {
    await slots.take()
    const before = line.length
    const tell = (turn: Turn): void => {
      for (const waiting of line.splice(0, before)) waiting.take(turn)
    }
    try {
      if (!isWanted()) return null
      const found = await find()
      if (found === null && isWanted()) tell({ kind: 'nothing' })
      return found
    } catch (error) {
      // What the database doesn't do now it wouldn't do for them, who would wait as long. A refusal is the caller's own.
      if (!(error instanceof DomainError)) tell({ kind: 'failed', error })
      throw error
    } finally {
      slots.giveBack()
    }
  }

  return {
    async look(what, looking) {
      let line = lines.get(what)
      if (line) {
        const turn = await turnIn(line)
        if (turn.kind === 'nothing') return null
        if (turn.kind === 'failed') throw turn.error
      } else {
        line = []
        lines.set(what, line)
      }
      try {
        return await lookAs(line, looking)
      } finally {
        passOn(what, line)
      }
    },
  }
}

function turnIn(line: Waiting[]): Promise<Turn> {
  return new Promise((resolve) => line.push({ take: resolve }))
}

/** In the order of their coming. */
class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  giveBack(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}
