/** Answers of the REST interface, as far as the page reads them: docs/cloud-printing.md. */
export interface Printer {
  readonly id: string
  readonly name: string
  readonly pool: string | null
  readonly status: 'online' | 'offline' | 'busy' | 'error'
  readonly paused: boolean
  readonly held: Hold | null
  readonly state_reasons: readonly string[]
  readonly queue_depth: number
  readonly page_size: Readonly<Record<string, boolean>>
  readonly connection: { readonly type: string }
  readonly station: { readonly id: string; readonly display_name: string }
}

export interface Station {
  readonly id: string
  readonly display_name: string
  readonly status: 'online' | 'offline'
  readonly location: { readonly id: string; readonly name: string }
  readonly printers: readonly Omit<Printer, 'station'>[]
}

export interface Job {
  readonly id: string
  readonly name: string
  readonly status: 'queued' | 'processing' | 'completed' | 'failed' | 'canceled'
  readonly reason: string | null
  readonly data_type: string
  readonly state_reasons: readonly string[]
  readonly printer: { readonly id: string; readonly name: string }
  readonly station: { readonly display_name: string }
  readonly options: {
    readonly copies: number
    readonly total_pages: number | null
    readonly paper_size: string | null
  }
  readonly created_at: string
  readonly updated_at: string
  readonly reprint_of: string | null
  readonly reprint_reason: string | null
  readonly warnings: readonly string[]
}

export interface Attempt {
  readonly attempt: number
  readonly printer: { readonly name: string }
  readonly started_at: string
  readonly bytes_offered: number | null
  readonly bytes_written: number | null
  readonly outcome: 'not_sent' | 'sent' | 'confirmed' | 'unknown' | null
  readonly detail: string | null
}

export interface Webhook {
  readonly id: string
  readonly url: string
  readonly topics: readonly string[]
  readonly status: 'enabled' | 'disabled'
  readonly disabled_reason: string | null
  readonly held: Hold | null
}

/** By `packhouse hold`. */
interface Hold {
  readonly since: string
}

export interface Delivery {
  readonly id: string
  readonly type: string
  readonly status: 'pending' | 'delivered' | 'failed'
  readonly created_at: string
  readonly next_attempt_at: string | null
  readonly attempts: readonly { readonly status_code: number | null; readonly error: string | null }[]
}

export const JOBS = '/v1/cloud-printing/jobs'
export const STATIONS = '/v1/cloud-printing/stations'
export const PRINTERS = '/v1/cloud-printing/printers'
export const WEBHOOKS = '/v1/webhooks'
