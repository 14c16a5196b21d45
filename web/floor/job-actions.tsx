import { useSignal } from '@preact/signals'
import { Refused } from '../api/request.ts'
import { post } from '../api/rest.ts'
import { text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { isOutcomeUnknown } from '../parts/print-words.ts'
import { type Job, JOBS } from './floor-api.ts'
import { act, maySupervise, openedId, printers } from './floor-state.ts'

/** Whatever can be done about a job in its state; who printed, whom to ask and why stay in the ledger. */
export function JobActions({ job }: { readonly job: Job }) {
  const isUnknown = job.status === 'failed' && isOutcomeUnknown(job.reason)
  const isEnded = ['completed', 'failed', 'canceled'].includes(job.status)
  return (
    <div class="job-actions">
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
  const cancel = (reason: string) => post(`${JOBS}/${job.id}`, { status: 'canceled', reason })
  const move = () =>
    act(text('floor.moved'), async () => {
      const printer = others.find(({ id }) => id === target.value)
      const reason = text('floor.move_reason', { name: printer?.name ?? '' })
      // In this order nothing prints twice: what is canceled never prints, and the copy is asked for once.
      await cancel(reason)
      await post(
        `${JOBS}/${job.id}/reprint`,
        { reason, printer_id: target.value },
        `move-${job.id}-${target.value}`,
      ).catch(sayCanceled)
    })
  return (
    <div class="ask">
      <button
        type="button"
        class="danger"
        onClick={() => void act(text('floor.canceled'), () => cancel(text('floor.cancel_reason')))}
      >
        <Icon name="cross" /> {text('floor.cancel')}
      </button>
      {maySupervise.value && (
        <>
          <label>
            {text('floor.move_to')}
            <select
              value={target.value}
              onChange={(event) => {
                target.value = event.currentTarget.value
              }}
            >
              <option value="">{text('floor.choose')}</option>
              {others.map(({ id, name, station }) => (
                <option key={id} value={id}>
                  {name} ({station.display_name})
                </option>
              ))}
            </select>
          </label>
          <button type="button" class="plain" disabled={target.value === ''} onClick={() => void move()}>
            <Icon name="move" /> {text('floor.move')}
          </button>
        </>
      )}
    </div>
  )
}

/** Half of a move was done: whoever reads that it was refused would wait for paper. */
function sayCanceled(error: unknown): never {
  if (!(error instanceof Refused)) throw error
  throw new Refused(text('floor.move_failed', { message: error.message }), error.code)
}

function Reprint({ job }: { readonly job: Job }) {
  const reason = useSignal('')
  const target = useSignal('')
  const key = useSignal(crypto.getRandomValues(new Uint32Array(4)).join('-'))
  const print = async (event: Event) => {
    event.preventDefault()
    const printer = target.value === '' ? {} : { printer_id: target.value }
    const body = { reason: reason.value.trim(), ...printer }
    await act(text('floor.reprinting'), () => post(`${JOBS}/${job.id}/reprint`, body, key.value))
    key.value = crypto.getRandomValues(new Uint32Array(4)).join('-')
    reason.value = ''
  }
  return (
    <form class="ask" onSubmit={(event) => void print(event)}>
      <label>
        {text('floor.reason')}
        <input
          required
          minLength={3}
          maxLength={1000}
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value
          }}
        />
      </label>
      <label>
        {text('floor.printer')}
        <select
          value={target.value}
          onChange={(event) => {
            target.value = event.currentTarget.value
          }}
        >
          <option value="">{text('floor.best')}</option>
          {printers.value.map(({ id, name, station }) => (
            <option key={id} value={id}>
              {name} ({station.display_name})
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="plain">
        <Icon name="again" /> {text('pack.reprint')}
      </button>
    </form>
  )
}
