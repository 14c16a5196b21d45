import { useEffect } from 'preact/hooks'
import { isConnected } from '../api/connection.ts'
import { type MessageKey, text, timeOfDay } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { jobWords } from '../parts/print-words.ts'
import { stepOf } from './instruction-rail.tsx'
import { InstructionPicture } from './instruction-picture.tsx'
import { take } from './pack-commands.ts'
import { cardKey, current, isOpen, isSeen, seenCard, view, waiting } from './pack-state.ts'
import type { Occurrence } from './packing-api.ts'

/** Nobody reads faster, and a key that bounces is no second confirmation. */
const SEEN_AFTER_MS = 300

/** The instruction at hand, to be read from two metres. */
export function InstructionCard() {
  const occurrence = current.value
  const key = cardKey.value
  useEffect(() => {
    seenCard.value = ''
    const timer = window.setTimeout(() => {
      seenCard.value = key
    }, SEEN_AFTER_MS)
    return () => window.clearTimeout(timer)
  }, [key])
  if (!occurrence) return <AllDone />
  return (
    <article
      class="card"
      aria-labelledby="note"
      data-instruction={occurrence.instruction_id}
      data-seen={isSeen.value}
    >
      <div class="read" tabIndex={0}>
        <Head occurrence={occurrence} />
        <p id="note" class={occurrence.note.length > 160 ? 'note long' : 'note'}>
          {occurrence.note}
        </p>
        <PrintState occurrence={occurrence} />
        {occurrence.file_name !== null && <InstructionPicture key={key} occurrence={occurrence} />}
      </div>
      <Actions occurrence={occurrence} />
    </article>
  )
}

function Head({ occurrence }: { readonly occurrence: Occurrence }) {
  const all = view.value?.occurrences ?? []
  const number = all.findIndex(({ instruction_id }) => instruction_id === occurrence.instruction_id) + 1
  const { tone, icon, text: state } = stepOf(occurrence)
  return (
    <header>
      <h2>{text('pack.step', { number, count: all.length })}</h2>
      <span class={`mark ${tone}`}>
        <Icon name={icon} /> {state}
      </span>
      <span class="how-often">{text(`presentation.${occurrence.presentation}`)}</span>
      <Confirmed occurrence={occurrence} />
    </header>
  )
}

function Confirmed({ occurrence: { confirmation } }: { readonly occurrence: Occurrence }) {
  if (!confirmation) return null
  const { confirmed_at: at, confirmed_by: name, package_id: id } = confirmation
  return <span class="how-often">{text('pack.confirmed_by', { name, id, time: timeOfDay(at) })}</span>
}

function PrintState({ occurrence: { print_job: job } }: { readonly occurrence: Occurrence }) {
  if (!job) return null
  const words = jobWords({ ...job, printerName: job.printer.name })
  return (
    <p class={`print ${words.tone}`} data-print={job.status}>
      <Icon name={words.icon} />
      <span>
        <strong>{words.text}</strong>
        {words.advice !== '' && <span class="advice">{words.advice}</span>}
      </span>
    </p>
  )
}

function Actions({ occurrence }: { readonly occurrence: Occurrence }) {
  const isPacked = view.value?.package.status === 'packed'
  const isOpenHere = isOpen(occurrence) && !isPacked
  return (
    <div class="actions">
      {isOpenHere && (
        <button type="button" class="main confirm" disabled={!isSeen.value} onClick={() => take('confirm')}>
          <Icon name="check" /> {text(occurrence.file_name === null ? 'pack.confirm' : 'pack.confirm_print')}
          <kbd>{text('key.enter')}</kbd>
        </button>
      )}
      {isOpenHere && occurrence.state !== 'deferred' && (
        <button type="button" class="plain" onClick={() => take('defer')}>
          <Icon name="later" /> {text('pack.defer')} <kbd>F2</kbd>
        </button>
      )}
    </div>
  )
}

function AllDone() {
  const isPacked = view.value?.package.status === 'packed'
  return (
    <article class="card all-done" data-seen={isSeen.value}>
      <Icon name={isPacked ? 'box' : 'check'} />
      <h2>{text(isPacked ? 'pack.is_packed' : whatIsDone())}</h2>
      {!isPacked && <p>{text('pack.all_done_hint')}</p>}
    </article>
  )
}

/** What waits for the connection is not done: the server may refuse it. */
function whatIsDone(): MessageKey {
  if (waiting.value.length > 0 && !isConnected.value) return 'pack.all_kept'
  return view.value?.occurrences.length === 0 ? 'pack.no_instructions' : 'pack.all_done'
}
