import { useEffect, useRef } from 'preact/hooks'
import { text } from '../language/text.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { jobWords, type Tone } from '../parts/print-words.ts'
import { chosenId, current, isOnItsWay, view } from './pack-state.ts'
import type { Occurrence } from './packing-api.ts'

interface Step {
  readonly tone: Tone
  readonly icon: IconName
  readonly text: string
}

/** Every instruction of the package, in order, each with its state in a word. */
export function InstructionRail() {
  const opened = view.value
  if (!opened) return null
  const { package_id: id, order_unique_id: order } = opened.package
  return (
    <nav class="rail" aria-label={text('pack.instructions')}>
      <p class="package">
        <span>{text('pack.package')}</span>
        <strong>{id}</strong>
        <span>{text('pack.order', { id: order })}</span>
      </p>
      <ol>
        {opened.occurrences.map((occurrence, index) => (
          <RailStep key={occurrence.instruction_id} occurrence={occurrence} number={index + 1} />
        ))}
      </ol>
      {opened.occurrences.length > 1 && (
        <p class="hint">
          <kbd>↑</kbd> <kbd>↓</kbd> {text('pack.look')}
        </p>
      )}
    </nav>
  )
}

function RailStep({ occurrence, number }: { readonly occurrence: Occurrence; readonly number: number }) {
  const isCurrent = current.value?.instruction_id === occurrence.instruction_id
  const { tone, icon, text: state } = stepOf(occurrence)
  const button = useRef<HTMLButtonElement>(null)
  // Of a long list the one at hand is in sight.
  useEffect(() => {
    if (isCurrent) button.current?.scrollIntoView({ block: 'nearest' })
  }, [isCurrent])
  const job = occurrence.print_job
  const print = job && jobWords({ ...job, printerName: job.printer.name })
  return (
    <li>
      <button
        ref={button}
        type="button"
        class={`step ${tone}`}
        aria-current={isCurrent ? 'step' : undefined}
        onClick={() => {
          chosenId.value = occurrence.instruction_id
        }}
      >
        <span class="number">{number}</span>
        <span class="short">{occurrence.note}</span>
        <span class={`mark ${tone}`} data-state={occurrence.state}>
          <Icon name={icon} /> {state}
        </span>
        {print && (
          <span class={`mark ${print.tone}`} data-print={job.status}>
            <Icon name={print.icon} /> {print.text}
          </span>
        )}
      </button>
    </li>
  )
}

const STEPS: Readonly<Record<Occurrence['state'], Omit<Step, 'text'>>> = {
  due: { tone: 'info', icon: 'paper' },
  changed: { tone: 'wait', icon: 'alert' },
  deferred: { tone: 'wait', icon: 'later' },
  confirmed: { tone: 'good', icon: 'check' },
  elsewhere: { tone: 'dull', icon: 'check' },
}

export function stepOf(occurrence: Occurrence): Step {
  if (isOnItsWay(occurrence)) return { tone: 'wait', icon: 'clock', text: text('state.on_its_way') }
  return { ...STEPS[occurrence.state], text: text(`state.${occurrence.state}`) }
}
