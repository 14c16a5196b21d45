import { DomainError } from '../errors.ts'
import type { WorkOwner } from '../work-owner.ts'

interface Turn {
  readonly owner: string | undefined
  resolve(): void
  reject(reason: DomainError): void
}

export interface TurnOptions {
  /** Nobody waits for it until this is aborted: others go first so long. */
  readonly untilWanted?: AbortSignal | undefined
  /** Undefined: the server's own, which has no share to keep to. */
  readonly owner?: WorkOwner | undefined
}

/** So many go first, and then one that is wanted later: it is never left for good. */
const PASSED_MAX = 16

/**
 * Lets `slots` calls run at once, and `queueMax` wait. Those that are wanted later let the others go first. No owner has all
 * slots, or more than half of the queue, so that one whose documents take long leaves a way for others; of those who
 * wait, the owner whose turn is longest ago goes first.
 *
 * Piscina has a queue of its own, but a task's clock would run while it waits there, and a task behind one that was
 * aborted can wait for good: with no minimum of threads nothing starts the next one (piscina 5.3).
 */
export class RenderingSlots {
  #free: number
  readonly #ownerMax: number
  readonly #queueMax: number
  readonly #running = new Map<string, number>()
  /** When each owner that waits or runs had its last turn. */
  readonly #lastTurn = new Map<string, number>()
  #turns = 0
  readonly #waiting: Turn[] = []
  readonly #waitingLater: Turn[] = []
  #passed = 0
  #isClosed = false

  constructor(slots: number, queueMax: number) {
    this.#free = slots
    this.#ownerMax = Math.max(1, slots - 1)
    this.#queueMax = queueMax
  }

  async run<T>(work: () => Promise<T>, { untilWanted, owner }: TurnOptions = {}): Promise<T> {
    await this.#take(untilWanted, owner)
    try {
      return await work()
    } finally {
      this.#giveBack(owner?.id)
    }
  }

  /** Whatever waits is refused, now and later. */
  close(): void {
    this.#isClosed = true
    for (const queue of [this.#waiting, this.#waitingLater]) {
      for (const { reject } of queue.splice(0)) reject(stopping())
    }
  }

  async #take(untilWanted: AbortSignal | undefined, owner: WorkOwner | undefined): Promise<void> {
    if (this.#isClosed) throw stopping()
    if (owner?.gone?.aborted) throw left()
    if (this.#free > 0 && this.#mayRun(owner?.id)) return this.#begin(owner?.id)
    this.#assertRoom(owner)
    await this.#wait(untilWanted, owner)
  }

  #assertRoom(owner: WorkOwner | undefined): void {
    const all = [...this.#waiting, ...this.#waitingLater]
    const own = owner === undefined ? [] : all.filter((turn) => turn.owner === owner.id)
    if (all.length < this.#queueMax && own.length < Math.max(1, this.#queueMax / 2)) return
    throw new DomainError('unavailable', 'too many documents wait to be read')
  }

  async #wait(untilWanted: AbortSignal | undefined, owner: WorkOwner | undefined): Promise<void> {
    let leave = (): void => undefined
    let raise = (): void => undefined
    try {
      await new Promise<void>((resolve, reject) => {
        const turn = { owner: owner?.id, resolve, reject }
        const isLater = untilWanted?.aborted === false
        const queue = isLater ? this.#waitingLater : this.#waiting
        queue.push(turn)
        raise = () => {
          if (remove(this.#waitingLater, turn)) this.#waiting.push(turn)
        }
        leave = () => {
          if (remove(this.#waiting, turn) || remove(this.#waitingLater, turn)) reject(left())
        }
        untilWanted?.addEventListener('abort', raise)
        owner?.gone?.addEventListener('abort', leave)
      })
    } finally {
      untilWanted?.removeEventListener('abort', raise)
      owner?.gone?.removeEventListener('abort', leave)
    }
  }

  #mayRun(owner: string | undefined): boolean {
    return owner === undefined || (this.#running.get(owner) ?? 0) < this.#ownerMax
  }

  #begin(owner: string | undefined): void {
    this.#free -= 1
    if (owner === undefined) return
    this.#running.set(owner, (this.#running.get(owner) ?? 0) + 1)
    this.#turns += 1
    this.#lastTurn.set(owner, this.#turns)
  }

  #giveBack(owner: string | undefined): void {
    this.#free += 1
    if (owner !== undefined) this.#end(owner)
    const next = this.#next()
    if (next === undefined) return
    this.#begin(next.owner)
    next.resolve()
  }

  #end(owner: string): void {
    const rest = (this.#running.get(owner) ?? 1) - 1
    if (rest > 0) this.#running.set(owner, rest)
    else this.#running.delete(owner)
    const isWaiting = [this.#waiting, this.#waitingLater].some((queue) =>
      queue.some((turn) => turn.owner === owner),
    )
    if (rest === 0 && !isWaiting) this.#lastTurn.delete(owner)
  }

  #next(): Turn | undefined {
    const now = this.#longestAgo(this.#waiting)
    const isTurnOfLater = now === undefined || this.#passed >= PASSED_MAX
    const later = isTurnOfLater ? this.#longestAgo(this.#waitingLater) : undefined
    this.#passed = later !== undefined || this.#waitingLater.length === 0 ? 0 : this.#passed + 1
    const next = later ?? now
    if (next) remove(next === later ? this.#waitingLater : this.#waiting, next)
    return next
  }

  /** The first in the queue of the owner whose turn is longest ago, of those who may run one more. */
  #longestAgo(queue: readonly Turn[]): Turn | undefined {
    let chosen: Turn | undefined
    let since = Number.POSITIVE_INFINITY
    for (const turn of queue) {
      if (!this.#mayRun(turn.owner)) continue
      const last = turn.owner === undefined ? 0 : (this.#lastTurn.get(turn.owner) ?? 0)
      if (last < since) {
        chosen = turn
        since = last
      }
    }
    return chosen
  }
}

/** False when it isn't there. */
function remove(queue: Turn[], turn: Turn): boolean {
  const place = queue.indexOf(turn)
  if (place >= 0) queue.splice(place, 1)
  return place >= 0
}

export function stopping(): DomainError {
  return new DomainError('unavailable', 'the server is stopping')
}

function left(): DomainError {
  return new DomainError('unavailable', 'nobody waits for this document any more')
}
