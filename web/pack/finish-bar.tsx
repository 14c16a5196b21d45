import { counted, text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { stepOf } from './instruction-rail.tsx'
import { printedJobs, take } from './pack-commands.ts'
import { chosenId, view, waiting } from './pack-state.ts'
import type { Occurrence } from './packing-api.ts'
import { hasPrintTroubles } from './print-troubles.tsx'

/** Closing the package, or what is in the way of it. */
export function FinishBar() {
  const opened = view.value
  if (!opened) return null
  if (opened.package.status === 'packed') {
    return (
      <footer class="finish good">
        <p class="why">
          <Icon name="box" /> {text('pack.is_packed')} {text('pack.scan_next')}
        </p>
        <PrintAgain />
      </footer>
    )
  }
  const blocking = opened.occurrences
    .map((occurrence, index) => ({ occurrence, number: index + 1 }))
    .filter(({ occurrence }) => ['due', 'deferred', 'changed'].includes(occurrence.state))
  return (
    <footer class={blocking.length === 0 ? 'finish good' : 'finish'}>
      <div class="why">
        {blocking.length === 0 ? (
          <>
            <Icon name={hasPrintTroubles() ? 'alert' : 'check'} />
            {text(hasPrintTroubles() ? 'pack.not_all_printed' : 'pack.can_finish')}
          </>
        ) : (
          <>
            <Icon name="alert" /> {counted('pack.blocked', blocking.length)}
            {blocking.map((one) => (
              <Blocker key={one.number} {...one} />
            ))}
          </>
        )}
      </div>
      <PrintAgain />
      <button
        type="button"
        class={blocking.length === 0 ? 'main' : 'plain'}
        disabled={blocking.length > 0 && waiting.value.length === 0}
        onClick={() => take('finish')}
      >
        <Icon name="box" /> {text('pack.finish')} <kbd>F8</kbd>
      </button>
    </footer>
  )
}

function PrintAgain() {
  if (printedJobs().length === 0) return null
  return (
    <button type="button" class="plain" onClick={() => take('reprint')}>
      <Icon name="again" /> {text('pack.reprint')} <kbd>F4</kbd>
    </button>
  )
}

function Blocker({ occurrence, number }: { readonly occurrence: Occurrence; readonly number: number }) {
  return (
    <button
      type="button"
      class="plain blocker"
      onClick={() => {
        chosenId.value = occurrence.instruction_id
      }}
    >
      {number} {stepOf(occurrence).text}
    </button>
  )
}
