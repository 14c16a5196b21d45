import { counted, text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { printerWords } from '../parts/print-words.ts'
import { takeCode } from './pack-commands.ts'
import { recent, station } from './pack-state.ts'
import type { PackPrinter } from './packing-api.ts'

/** Before a package is scanned: what to do, whether the printers are well, and the way back to the last packages. */
export function Prompt() {
  return (
    <div class="prompt">
      <section class="invite">
        <Icon name="barcode" />
        <h2>{text('prompt.scan')}</h2>
        <p>{text('prompt.or')}</p>
      </section>
      <div class="beside">
        <section aria-labelledby="printers">
          <h3 id="printers">
            {station.value
              ? text('prompt.printers', { station: station.value.display_name })
              : text('prompt.no_station')}
          </h3>
          <ul>
            {station.value?.printers.map((printer) => (
              <PrinterLine key={printer.id} printer={printer} />
            ))}
          </ul>
        </section>
        {recent.value.length > 0 && (
          <section aria-labelledby="recent">
            <h3 id="recent">{text('prompt.recent')}</h3>
            <ul>
              {recent.value.map(({ packageId, isPacked }) => (
                <li key={packageId}>
                  <button type="button" class="plain" onClick={() => takeCode(packageId)}>
                    {packageId}
                  </button>
                  <span class={isPacked ? 'mark good' : 'mark wait'}>
                    <Icon name={isPacked ? 'check' : 'clock'} />{' '}
                    {text(isPacked ? 'package.packed' : 'package.packing')}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  )
}

function PrinterLine({ printer }: { readonly printer: PackPrinter }) {
  const words = printerWords(printer)
  return (
    <li>
      <strong>{printer.name}</strong>
      <span class={`mark ${words.tone}`}>
        <Icon name={words.icon} /> {words.text}
      </span>
      {printer.queue_depth > 0 && <span class="queue">{counted('queue', printer.queue_depth)}</span>}
      {words.advice !== '' && <span class="advice">{words.advice}</span>}
    </li>
  )
}
