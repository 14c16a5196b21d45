import { signal } from '@preact/signals'
import { listAll } from '../api/rest.ts'
import { text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { isOutcomeUnknown } from '../parts/print-words.ts'
import { type Job, JOBS } from './floor-api.ts'
import { openedId } from './floor-state.ts'

const SINCE_MS = 24 * 3_600_000
/** Ten calls, and only where something failed. */
const JOBS_LOOKED_AT = 1_000
/** A supervisor has thirty seconds. */
const NAMED = 4

const unknown = signal<readonly Job[]>([])

/** The jobs of the last day of which nobody has said whether they printed, and which nobody has printed again. */
export async function loadUnknown(): Promise<void> {
  const since = new Date(Date.now() - SINCE_MS).toISOString()
  const failed = await listAll<Job>(
    `${JOBS}?status=failed&order_by=updated_at&updated_at[gte]=${since}`,
    JOBS_LOOKED_AT,
  )
  const open = failed.items.filter(({ reason }) => isOutcomeUnknown(reason))
  unknown.value = open.length === 0 ? [] : await withoutReprinted(open)
}

async function withoutReprinted(open: readonly Job[]): Promise<readonly Job[]> {
  const first = open.map(({ updated_at: at }) => at).toSorted()[0] ?? ''
  const since = await listAll<Job>(`${JOBS}?created_at[gte]=${first}`, JOBS_LOOKED_AT)
  const reprinted = new Set(since.items.map(({ reprint_of }) => reprint_of))
  return open.filter(({ id }) => !reprinted.has(id))
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
