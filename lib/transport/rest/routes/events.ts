import type { Response } from 'express'
import type { Logger } from 'pino'
import { type EventStreamParameters, eventStreamParameters } from '../../../../schemas/event-stream.ts'
import type { DocumentLinks } from '../../../documents/document-links.ts'
import { WakeSignal } from '../../../print-jobs/wake-signal.ts'
import type { EventViews } from '../../../webhooks/delivery-message.ts'
import type { EventStream, EventStreamService } from '../../../webhooks/event-stream-service.ts'
import { createEventViews } from '../../views/event-view.ts'
import { RestRefusal } from '../rest-refusal.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { SseWriter } from '../sse-writer.ts'

/** Per process; each asks the database when something was published. */
const STREAMS_MAX = 100
const STREAMS_PER_KEY_MAX = 10
/** The description says so: a client that can't come again is found out early. */
const LIFE_MS = 3_600_000
/** Notifications may be missed while the connection for them is lost. */
const POLL_MS = 5_000

/** The events of section 7 as they happen: contracts/cloud-printing.md, section 2. */
export function eventRoutes(services: {
  readonly eventStream: EventStreamService
  readonly documentLinks: DocumentLinks
}): readonly RestRoute[] {
  const views = createEventViews(services.documentLinks)
  const places = new StreamPlaces()
  return [
    defineRoute<unknown, EventStreamParameters>({
      method: 'GET',
      path: '/v1/events',
      scope: 'webhooks:read',
      summary: 'Follow events as they happen',
      description:
        'Server-sent events. With the header `Last-Event-ID`, what came after that event is sent first, 24 hours back. Ends after an hour at most: come again with the last id.',
      tag: 'Webhooks',
      query: eventStreamParameters,
      answer: {
        status: 200,
        mediaType: 'text/event-stream',
        description: '`id:` the event, `event:` its type, `data:` the body that webhooks get',
      },
      refusals: ['location_access'],
      hasHead: false,
      isStanding: true,
      async handle({ caller, query, http, ending, log }) {
        const stream = await services.eventStream.open(caller, {
          topics: query.topics?.split(',').map((topic) => topic.trim()) ?? null,
          locationId: query.location_id ?? null,
          lastEventId: http.get('last-event-id') ?? null,
        })
        const leave = places.take(caller.id)
        const source = { stream, views, onPublished: services.eventStream.onPublished }
        return {
          kind: 'other',
          send: (response) => follow(response, source, { ending, log }).finally(leave),
        }
      },
    }),
  ]
}

interface Source {
  readonly stream: EventStream
  readonly views: EventViews
  readonly onPublished: EventStreamService['onPublished']
}

/** Until the reader goes, the server drains, or the time is up. */
async function follow(
  response: Response,
  { stream, views, onPublished }: Source,
  { ending, log }: { readonly ending: AbortSignal; readonly log: Logger },
): Promise<void> {
  const signal = new WakeSignal()
  const wake = (): void => signal.wake()
  const forget = onPublished(wake)
  const endsAt = performance.now() + LIFE_MS
  const writer = new SseWriter(response)
  response.once('close', wake)
  ending.addEventListener('abort', wake)
  try {
    while (writer.isOpen && !ending.aborted && performance.now() < endsAt) {
      const events = await stream.read()
      for (const event of events) {
        writer.send({ id: event.eventId, event: event.type, data: views.rest(event) })
      }
      if (events.length > 0) await writer.drained()
      else await signal.wait(POLL_MS)
    }
  } catch (error) {
    log.warn({ err: error }, 'an event stream was broken off')
  } finally {
    forget()
    ending.removeEventListener('abort', wake)
    writer.end()
  }
}

class StreamPlaces {
  readonly #byKey = new Map<string, number>()
  #count = 0

  /** Throws RestRefusal `rate_limited`. Answers how to give the place back. */
  take(keyId: string): () => void {
    const own = this.#byKey.get(keyId) ?? 0
    if (own >= STREAMS_PER_KEY_MAX || this.#count >= STREAMS_MAX) {
      throw new RestRefusal('rate_limited', 'Too many event streams are open', {
        headers: { 'Retry-After': '5' },
      })
    }
    this.#byKey.set(keyId, own + 1)
    this.#count += 1
    return () => this.#giveBack(keyId)
  }

  #giveBack(keyId: string): void {
    const own = this.#byKey.get(keyId) ?? 0
    if (own > 1) this.#byKey.set(keyId, own - 1)
    else this.#byKey.delete(keyId)
    this.#count -= 1
  }
}
