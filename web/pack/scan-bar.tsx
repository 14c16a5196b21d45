import { isConnected } from '../api/connection.ts'
import { type MessageKey, text } from '../language/text.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { ScanField } from '../scan/scan-field.tsx'
import { COMMANDS_MAX } from './command-queue.ts'
import { chooseStation, dialog, feedback, notDone, stationId, stations, waiting } from './pack-state.ts'

export interface ScanBarProps {
  readonly onCode: (code: string) => void
  readonly onEmptyEnter: () => void
  readonly onKey: (key: string) => boolean
}

const ICONS: Readonly<Record<string, IconName>> = { good: 'check', bad: 'alert', wait: 'clock', info: 'box' }

export function ScanBar(props: ScanBarProps) {
  return (
    <section class="scan-bar" aria-label={text('scan.label')}>
      <div class="scan-row">
        <label for="scan">
          <Icon name="barcode" />
          <span>{text('scan.label')}</span>
        </label>
        <ScanField id="scan" placeholder={text('scan.placeholder')} describedBy="said" {...props} />
        <StationChoice />
        <button
          type="button"
          class="plain"
          onClick={() => {
            dialog.value = 'codes'
          }}
        >
          <Icon name="barcode" /> {text('codes.open')}
        </button>
      </div>
      <Lost />
      <Said />
      <NotDone />
    </section>
  )
}

function StationChoice() {
  return (
    <label class="station">
      <span>{text('station.label')}</span>
      <select value={stationId.value} onChange={(event) => chooseStation(event.currentTarget.value)}>
        <option value="">{text('station.none')}</option>
        {stations.value.map(({ id, display_name: name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Said once to eyes and to screen readers; ears got a sound. */
function Said() {
  const said = feedback.value
  return (
    <p id="said" class={`said ${said?.tone ?? 'none'}`} role="status">
      {said && (
        <>
          <Icon name={ICONS[said.tone] ?? 'box'} /> {text(said.key, said.values)}
        </>
      )}
    </p>
  )
}

/** What was kept and then refused, until somebody has read it. */
function NotDone() {
  const [first] = notDone.value
  if (!first) return null
  const { packageId, why } = first
  const what = packageId === null ? text(why.key, why.values) : `${packageId}: ${text(why.key, why.values)}`
  return (
    <p class="said bad not-done" role="alert">
      <Icon name="alert" />
      <span>
        {text('pack.not_done')} {what}
      </span>
      <button
        type="button"
        class="plain"
        onClick={() => {
          notDone.value = notDone.value.slice(1)
        }}
      >
        {text('pack.not_done_read')}
      </button>
    </p>
  )
}

function Lost() {
  if (isConnected.value) return null
  const count = waiting.value.length
  return (
    <p class="lost" role="alert">
      <Icon name="off" />
      <strong>{text('connection.lost_long')}</strong>{' '}
      <span data-waiting={count}>{text(waitingKey(count), { count })}</span>
    </p>
  )
}

function waitingKey(count: number): MessageKey {
  if (count === 0) return 'connection.go_on'
  return count < COMMANDS_MAX ? 'connection.waiting' : 'connection.full'
}
