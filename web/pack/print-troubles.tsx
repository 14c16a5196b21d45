import { text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { jobWords, type Words } from '../parts/print-words.ts'
import { chosenId, current, view } from './pack-state.ts'

/** What doesn't come out, wherever the packer is by now, and what to do about it. */
export function PrintTroubles() {
  const all = (view.value?.occurrences ?? []).map((occurrence, index) => ({
    ...occurrence,
    number: index + 1,
  }))
  const troubles = all.flatMap(({ number, instruction_id: id, print_job: job }) => {
    const words = job && jobWords({ ...job, printerName: job.printer.name })
    const isShown = id === current.value?.instruction_id
    return words && !isShown && isTrouble(words) ? [{ number, id, words }] : []
  })
  if (troubles.length === 0) return null
  return (
    <div class="troubles" role="status">
      {troubles.map(({ number, id, words }) => (
        <p key={id} class={`print ${words.tone}`}>
          <Icon name={words.icon} />
          <span>
            <strong>
              {number}. {words.text}
            </strong>
            {words.advice !== '' && <span class="advice">{words.advice}</span>}
          </span>
          <button
            type="button"
            class="plain"
            onClick={() => {
              chosenId.value = id
            }}
          >
            {text('pack.show')}
          </button>
        </p>
      ))}
    </div>
  )
}

/** Whether everything that was confirmed has printed, or is about to. */
export function hasPrintTroubles(): boolean {
  const jobs = (view.value?.occurrences ?? []).flatMap(({ print_job }) => print_job ?? [])
  return jobs.some((job) => isTrouble(jobWords({ ...job, printerName: job.printer.name })))
}

function isTrouble({ tone }: Words): boolean {
  return tone === 'bad' || tone === 'wait'
}
