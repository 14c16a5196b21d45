/** Something that was done, told to whoever counts: metrics. Parts that tell know nothing of who listens. */
export type Observation =
  /** An event became visible, told once among all processes. */
  | {
      readonly what: 'event'
      readonly type: string
      /** Of the printer of a print job's event; null for others, and for a printer of no pool. */
      readonly pool: string | null
      /** From the making of the job to the moment before its first byte; null for all events but that one. */
      readonly clickToFirstByteMs: number | null
    }
  /** A line of the ledger was closed by this process. */
  | { readonly what: 'attempt'; readonly outcome: string }
  | { readonly what: 'webhook'; readonly status: string; readonly durationMs: number }
  /** `code`: 0 for a result, else that of the JSON-RPC error. */
  | { readonly what: 'rpc'; readonly method: string; readonly code: number; readonly durationMs: number }

/** Must not throw and must not wait. */
export type Observe = (observation: Observation) => void
