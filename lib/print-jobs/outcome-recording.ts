import { setTimeout as delay } from 'node:timers/promises'

const RETRY_MS = 1_000
/** Ten minutes of a database that is away. After that the next holder of the printer settles what is left open. */
const TRIES_MAX = 600

export interface Recording {
  /** Aborted: it isn't tried again. */
  readonly signal: AbortSignal
  onFailure(error: unknown): void
}

/** What became of something at a printer is known here alone: it is worth waiting for the database. Throws the last failure. */
export async function untilRecorded(
  write: () => Promise<void>,
  { signal, onFailure }: Recording,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write()
    } catch (error) {
      if (tries >= TRIES_MAX || signal.aborted) throw error
      onFailure(error)
      await delay(RETRY_MS)
    }
  }
}
