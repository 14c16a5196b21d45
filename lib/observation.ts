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
  /** A line of the ledger was closed by this process, and is committed. */
  | { readonly what: 'attempt'; readonly outcome: string }
  | { readonly what: 'webhook'; readonly status: string; readonly durationMs: number }
  | ({ readonly what: 'rpc' /** Null: it wasn't begun. */; readonly durationMs: number | null } & RpcAnswer)
  /** A request was answered, or broken off after the answer had begun. */
  | { readonly what: 'response'; readonly door: Door; readonly status: number }

export type AnswerCode = number | 'unavailable'

export interface RpcAnswer {
  /** One of those that there are; `unknown` for any other name, `none` where no method could be read. */
  readonly method: string
  /** 0 for a result, else that of the JSON-RPC error; `unavailable` for an internal error that the database's absence or a drain is. */
  readonly code: AnswerCode
}

export const DOORS = ['rpc', 'rest', 'other'] as const
export type Door = (typeof DOORS)[number]

/** Must not throw and must not wait. */
export type Observe = (observation: Observation) => void
