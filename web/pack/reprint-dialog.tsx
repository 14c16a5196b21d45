import { useSignal } from '@preact/signals'
import { type MessageKey, text } from '../language/text.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { jobWords } from '../parts/print-words.ts'
import { returnFocus } from '../scan/focus.ts'
import { printedJobs, reprint } from './pack-commands.ts'
import { chosenId, dialog } from './pack-state.ts'

const REASONS: readonly MessageKey[] = [
  'reprint.damaged',
  'reprint.blurred',
  'reprint.lost',
  'reprint.misfed',
]

/** Why a file is printed once more, with one key for the usual reasons. */
export function ReprintDialog() {
  const printed = printedJobs()
  const chosen = printed.find(({ instruction_id }) => instruction_id === chosenId.value) ?? printed.at(-1)
  const instructionId = useSignal(chosen?.instruction_id ?? 0)
  const occurrence = printed.find(({ instruction_id }) => instruction_id === instructionId.value)
  const close = (): void => {
    dialog.value = null
    returnFocus()
  }
  const print = (reason: string): void => {
    if (!occurrence) return
    dialog.value = null
    reprint(occurrence, reason)
    returnFocus()
  }
  return (
    <Dialog title={text('reprint.title')} onClose={close}>
      <label>
        {text('reprint.what')}
        <select
          value={instructionId.value}
          onChange={(event) => {
            instructionId.value = Number(event.currentTarget.value)
          }}
        >
          {printed.map(({ instruction_id: id, file_name: name, note, print_job: job }) => (
            <option key={id} value={id}>
              {name ?? note} – {job && jobWords({ ...job, printerName: job.printer.name }).text}
            </option>
          ))}
        </select>
      </label>
      <p class="why">{text('reprint.why')}</p>
      <div class="reasons">
        {REASONS.map((key, index) => (
          <button
            key={key}
            type="button"
            class="plain"
            {...(index === 0 && { 'data-first': true })}
            onClick={() => print(text(key))}
          >
            {text(key)}
          </button>
        ))}
      </div>
      <OtherReason onPrint={print} onClose={close} />
    </Dialog>
  )
}

interface OtherReasonProps {
  readonly onPrint: (reason: string) => void
  readonly onClose: () => void
}

function OtherReason({ onPrint, onClose }: OtherReasonProps) {
  const reason = useSignal('')
  return (
    <form
      class="other"
      onSubmit={(event) => {
        event.preventDefault()
        onPrint(reason.value.trim())
      }}
    >
      <label for="other-reason">{text('reprint.other')}</label>
      <input
        id="other-reason"
        minLength={3}
        maxLength={200}
        required
        value={reason.value}
        onInput={(event) => {
          reason.value = event.currentTarget.value
        }}
      />
      <div class="row">
        <button type="button" class="plain" onClick={onClose}>
          {text('dialog.close')} <kbd>Esc</kbd>
        </button>
        <button type="submit" class="main">
          <Icon name="again" /> {text('pack.reprint')}
        </button>
      </div>
    </form>
  )
}
