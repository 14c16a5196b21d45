import { AsyncLocalStorage } from 'node:async_hooks'

/** For whom work is done that others may have to wait for. */
export interface WorkOwner {
  /** Shares are counted by it. */
  readonly id: string
  /** Aborted when nobody waits for the work any more; absent: it is done anyhow. */
  readonly gone?: AbortSignal
}

const storage = new AsyncLocalStorage<WorkOwner>()

/** The people and keys of one merchant share. */
export function ownerOf(
  { id, merchantId }: { readonly id: string; readonly merchantId: string | null },
  gone?: AbortSignal,
): WorkOwner {
  return { id: merchantId ?? id, ...(gone && { gone }) }
}

/** What is asked for within `work` is that owner's. Ambient, since it is no part of what anything means. */
export function withOwner<T>(owner: WorkOwner, work: () => T): T {
  return storage.run(owner, work)
}

/** Undefined for what the server does of its own accord. */
export function currentOwner(): WorkOwner | undefined {
  return storage.getStore()
}
