import type { Caller } from '../access/caller.ts'
import { assertReachesLocation } from '../access/location-access.ts'
import type { Db } from '../db/database.ts'
import { isStorableText } from '../db/storable-text.ts'
import { InvalidError } from '../errors.ts'
import type { RecordedEvent } from './event.ts'
import {
  findStreamPosition,
  getLastStreamPosition,
  getStreamPositionAt,
  listPublishedEvents,
  type StreamQuery,
} from './event-store.ts'
import { isTopic } from './topic.ts'

/** contracts/cloud-printing.md, section 2: what came after `Last-Event-ID` is sent first, up to 24 h of it. */
const REPLAY_MS = 86_400_000
const BATCH_EVENTS = 50
const EVENT_ID = /^evt_[0-9A-Za-z]{22}$/

export interface StreamRequest {
  /** Exact, families, `*`; null: every topic. */
  readonly topics: readonly string[] | null
  readonly locationId: string | null
  /** The last event that the reader has; null: from now on. */
  readonly lastEventId: string | null
}

/** One reader's way through the events. */
export interface EventStream {
  /** The next events that it wants, in order; empty when there are none yet. */
  read(): Promise<readonly RecordedEvent[]>
}

export interface EventStreamService {
  /** Throws InvalidError for an unknown topic, `forbidden` for a location out of the caller's reach. */
  open(caller: Caller, request: StreamRequest): Promise<EventStream>
  /** Called when events were published. Answers how to stop that. */
  onPublished(listener: () => void): () => void
  /** Something was published, by some process. */
  announce(): void
}

export function createEventStreamService({ db }: { db: Db }): EventStreamService {
  const listeners = new Set<() => void>()
  return {
    async open(caller, { topics, locationId, lastEventId }) {
      const unknown = (topics ?? []).find((topic) => !isTopic(topic))
      if (unknown !== undefined || topics?.length === 0) {
        throw new InvalidError('topics', 'invalid', 'topics must name topics or families of them')
      }
      if (locationId !== null) assertReachesLocation(caller, locationId)
      const place = locationId ?? caller.locationId
      return new PositionedStream(db, {
        patterns: topics ?? ['*'],
        locationId: place === null || isStorableText(place) ? place : '',
        after: await startOf(db, lastEventId),
      })
    },

    onPublished(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    announce() {
      for (const listener of listeners) listener()
    },
  }
}

/** After a known event, but at most 24 h back; an id that was ours and is forgotten is older than that. */
async function startOf(db: Db, lastEventId: string | null): Promise<number> {
  if (lastEventId === null || !EVENT_ID.test(lastEventId)) return getLastStreamPosition(db)
  const oldest = await getStreamPositionAt(db, new Date(Date.now() - REPLAY_MS))
  const known = await findStreamPosition(db, lastEventId)
  return known === undefined ? oldest : Math.max(known, oldest)
}

class PositionedStream implements EventStream {
  readonly #db: Db
  readonly #filter: Pick<StreamQuery, 'patterns' | 'locationId'>
  #after: number

  constructor(db: Db, { after, ...filter }: Pick<StreamQuery, 'patterns' | 'locationId' | 'after'>) {
    this.#db = db
    this.#filter = filter
    this.#after = after
  }

  async read(): Promise<readonly RecordedEvent[]> {
    const upTo = await getLastStreamPosition(this.#db)
    if (upTo <= this.#after) return []
    const found = await listPublishedEvents(this.#db, {
      ...this.#filter,
      after: this.#after,
      upTo,
      limit: BATCH_EVENTS,
    })
    const isWhole = found.length < BATCH_EVENTS
    this.#after = isWhole ? upTo : (found.at(-1)?.position ?? upTo)
    return found.map(({ event }) => event)
  }
}
