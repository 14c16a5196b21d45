import { COMMANDS_MAX, type Memory, readWaiting, type Waiting } from './command-queue.ts'

/** The tabs of this browser that pack. */
export interface Tabs {
  /** This one's id. */
  readonly own: string
  readonly others: ReadonlySet<string>
}

interface ListedMemory extends Memory {
  readonly length: number
  key(index: number): string | null
}

/** Each tab's of each user's: tabs that wrote into one place would forget each other's. */
const keyOf = (userId: string, tab: string) => `packhouse-commands-${userId}-${tab}`

/**
 * Where this tab keeps what that user has asked for, with whatever tabs that are gone have left of the same user's. Nobody knows
 * how far those came, so each counts as asked already.
 */
export function gatherCommands(memory: ListedMemory, userId: string, { own, others }: Tabs): string {
  const key = keyOf(userId, own)
  let waiting = readWaiting(memory.getItem(key))
  for (const left of keysOf(memory, userId)) {
    const isOfOther = left === key || [...others].some((tab) => left === keyOf(userId, tab))
    const found = isOfOther ? [] : readWaiting(memory.getItem(left))
    // What doesn't fit stays where it is, for the next time.
    if (isOfOther || waiting.length + found.length > COMMANDS_MAX) continue
    waiting = [...found.map(asAsked), ...waiting]
    memory.setItem(key, JSON.stringify(waiting))
    memory.removeItem(left)
  }
  return key
}

function asAsked({ command }: Waiting): Waiting {
  return { command, isAsked: true }
}

function keysOf(memory: ListedMemory, userId: string): readonly string[] {
  const all = Array.from({ length: memory.length }, (_, index) => memory.key(index) ?? '')
  return all.filter((key) => key.startsWith(keyOf(userId, ''))).toSorted()
}
