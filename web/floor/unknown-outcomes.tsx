import { signal } from '@preact/signals'
import { get } from '../api/rest.ts'
import { text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { isOutcomeUnknown } from '../parts/print-words.ts'
import { type Job, JOBS } from './floor-api.ts'
import { openedId } from './floor-state.ts'

const SINCE_MS = 24 * 3_600_000
/** The most that the interface lists at once. */
const JOBS_LOOKED_AT = 100
/** A supervisor has thirty seconds. */
const NAMED = 4

const unknown = signal<readonly Job[]>([])

/** The jobs of the last day of which nobody has said whether they printed, and which nobody has printed again. */
export async function loadUnknown(): Promise<void> {
  const since = new Date(Date.now() - SINCE_MS).toISOString()
  const failed = await get<readonly Job[]>(
    `${JOBS}?status=failed&order_by=updated_at&limit=${JOBS_LOOKED_AT}&updated_at[gte]=${since}`,
  )
  const open = failed.filter(({ reason }) => isOutcomeUnknown(reason))
  if (open.length === 0) {
    unknown.value = []
    return
  }
  const newest = await get<readonly Job[]>(`${JOBS}?limit=${JOBS_LOOKED_AT}`)
  const reprinted = new Set(newest.map(({ reprint_of }) => reprint_of))
  unknown.value = open.filter(({ id }) => !reprinted.has(id))
}

/** Each by its name, and the way to say what became of it. */
export function UnknownOutcomes() {
  const more = unknown.value.length - NAMED
  return (
    <>
      {unknown.value.slice(0, NAMED).map(({ id, name, printer }) => (
        <p key={id} class="bad" data-unknown={id}>
          <Icon name="alert" /> {text('floor.unknown', { printer: printer.name })}{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              openedId.value = id
            }}
          >
            {name}
          </button>
        </p>
      ))}
      {more > 0 && (
        <p class="bad">
          <Icon name="alert" /> {text('floor.unknown_more', { count: more })}
        </p>
      )}
    </>
  )
}
