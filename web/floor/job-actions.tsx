import { useSignal } from '@preact/signals'
import { Refused } from '../api/request.ts'
import { post } from '../api/rest.ts'
import { text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { isOutcomeUnknown } from '../parts/print-words.ts'
import { type Job, JOBS } from './floor-api.ts'
import { act, maySupervise, note, openedId, printers } from './floor-state.ts'
import { PrinterSelect } from './printer-select.tsx'
import { ReasonField } from './reason-field.tsx'

/** Whatever can be done about a job in its state; who printed, whom to ask and why stay in the ledger. */
export function JobActions({ job }: { readonly job: Job }) {
  const isUnknown = job.status === 'failed' && isOutcomeUnknown(job.reason)
  const isEnded = ['completed', 'failed', 'canceled'].includes(job.status)
  return (
    <div class="job-actions">
      <Outcome />
      {isUnknown && <Verdict job={job} />}
      {job.status === 'queued' && <Queued job={job} />}
      {isEnded && maySupervise.value && <Reprint job={job} />}
      <div class="row">
        <button
          type="button"
          class="plain"
          data-first
          onClick={() => {
            openedId.value = null
          }}
        >
          {text('dialog.close')} <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  )
}

/** Beside the buttons: what is behind a dialog is neither seen nor read out. */
function Outcome() {
  return (
    <div class="outcome" role="status">
      {note.value && (
        <p class={note.value.tone}>
          <Icon name={note.value.tone === 'good' ? 'check' : 'alert'} /> {note.value.text}
        </p>
      )}
    </div>
  )
}

/** Nobody but a person who looks can say whether it printed. */
function Verdict({ job }: { readonly job: Job }) {
  const printed = () =>
    act(text('floor.verdict_done'), () => post(`${JOBS}/${job.id}`, { status: 'completed' }))
  return (
    <div class="ask wait">
      <p>{text('floor.verdict', { printer: job.printer.name })}</p>
      <button type="button" class="main" onClick={() => void printed()}>
        <Icon name="check" /> {text('floor.verdict_yes')}
      </button>
    </div>
  )
}

function Queued({ job }: { readonly job: Job }) {
  const target = useSignal('')
  const others = printers.value.filter(({ id }) => id !== job.printer.id)
  const cancel = () =>
    act(text('floor.canceled'), () =>
      post(`${JOBS}/${job.id}`, { status: 'canceled', reason: text('floor.cancel_reason') }),
    )
  const move = () =>
    act(text('floor.moved'), () => post(`${JOBS}/${job.id}/move`, { printer_id: target.value }))
  return (
    <div class="ask">
      <button type="button" class="danger" onClick={() => void cancel()}>
        <Icon name="cross" /> {text('floor.cancel')}
      </button>
      {maySupervise.value && (
        <>
          <PrinterSelect
            label={text('floor.move_to')}
            none={text('floor.choose')}
            printers={others}
            value={target.value}
            onChoose={(id) => {
              target.value = id
            }}
          />
          <button type="button" class="plain" disabled={target.value === ''} onClick={() => void move()}>
            <Icon name="move" /> {text('floor.move')}
          </button>
        </>
      )}
    </div>
  )
}

/** By job, the key of a reprint until it is known to be done: asked for again, it prints once. Outlives the dialog. */
const reprintKeys = new Map<string, string>()

async function printAgain(jobId: string, body: Readonly<Record<string, string>>): Promise<void> {
  const key = reprintKeys.get(jobId) ?? crypto.getRandomValues(new Uint32Array(4)).join('-')
  reprintKeys.set(jobId, key)
  try {
    await post(`${JOBS}/${jobId}/reprint`, body, key)
    reprintKeys.delete(jobId)
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'idempotency_key_reused')) throw error
    reprintKeys.delete(jobId)
    throw new Refused(text('floor.reprint_done'), error.code)
  }
}

function Reprint({ job }: { readonly job: Job }) {
  const reason = useSignal('')
  const target = useSignal('')
  const print = async (event: Event) => {
    event.preventDefault()
    const printer = target.value === '' ? {} : { printer_id: target.value }
    const body = { reason: reason.value.trim(), ...printer }
    await act(text('floor.reprinting'), async () => {
      await printAgain(job.id, body)
      reason.value = ''
    })
  }
  return (
    <form class="ask" onSubmit={(event) => void print(event)}>
      <ReasonField
        label={text('floor.reason')}
        value={reason.value}
        onInput={(given) => {
          reason.value = given
        }}
      />
      <PrinterSelect
        label={text('floor.printer')}
        none={text('floor.best')}
        printers={printers.value}
        value={target.value}
        onChoose={(id) => {
          target.value = id
        }}
      />
      <button type="submit" class="plain">
        <Icon name="again" /> {text('pack.reprint')}
      </button>
    </form>
  )
}
