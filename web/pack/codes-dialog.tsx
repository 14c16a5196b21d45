import { text } from '../language/text.ts'
import { code128 } from '../parts/code128.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { returnFocus } from '../scan/focus.ts'
import { COMMAND_CODES, type CommandCode } from './command.ts'
import { dialog } from './pack-state.ts'

const COMMANDS = Object.keys(COMMAND_CODES) as CommandCode[]
const QUIET_MODULES = 10
const HEIGHT_MODULES = 44

/** The sheet that hangs at a station: with it nobody needs a key. */
export function CodesDialog() {
  const close = (): void => {
    dialog.value = null
    returnFocus()
  }
  return (
    <Dialog title={text('codes.title')} onClose={close}>
      <p>{text('codes.what')}</p>
      <ul class="codes">
        {COMMANDS.map((command) => (
          <li key={command}>
            <strong>{text(`codes.${command}`)}</strong>
            <Symbol value={COMMAND_CODES[command]} />
            <code>{COMMAND_CODES[command]}</code>
          </li>
        ))}
      </ul>
      <div class="row">
        <button type="button" class="plain" data-first onClick={close}>
          {text('dialog.close')} <kbd>Esc</kbd>
        </button>
        <button type="button" class="main" onClick={() => window.print()}>
          <Icon name="printer" /> {text('codes.print')}
        </button>
      </div>
    </Dialog>
  )
}

function Symbol({ value }: { readonly value: string }) {
  const { bars, width } = code128(value)
  const whole = width + 2 * QUIET_MODULES
  return (
    <svg viewBox={`0 0 ${whole} ${HEIGHT_MODULES}`} role="img" aria-label={value}>
      <rect width={whole} height={HEIGHT_MODULES} fill="#fff" />
      {bars.map((bar) => (
        <rect key={bar.x} x={bar.x + QUIET_MODULES} y="2" width={bar.width} height={HEIGHT_MODULES - 4} />
      ))}
    </svg>
  )
}
