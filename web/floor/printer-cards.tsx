import { post } from '../api/rest.ts'
import { counted, text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { printerWords } from '../parts/print-words.ts'
import { PRINTERS, type Station } from './floor-api.ts'
import { act, filter, isCut, loadJobs, maySupervise, page, quietly, stations } from './floor-state.ts'

/** Every station, and every printer with its state in a word. */
export function PrinterCards() {
  const all = stations.value
  const hasPlaces = new Set(all.map(({ location }) => location.id)).size > 1
  return (
    <section aria-labelledby="printers">
      <h2 id="printers">{text('floor.printers')}</h2>
      {all.map(({ id, display_name: name, location, printers: own }) => (
        <div key={id} class="station-row" data-station={name}>
          <h3>{hasPlaces ? `${name}, ${location.name}` : name}</h3>
          {own.length === 0 && <p class="soft">{text('floor.no_printers')}</p>}
          <ul class="printers">
            {own.map((printer) => (
              <PrinterCard key={printer.id} printer={printer} />
            ))}
          </ul>
        </div>
      ))}
      {isCut.value && <p class="soft">{text('floor.cut', { count: all.length })}</p>}
    </section>
  )
}

function PrinterCard({ printer }: { readonly printer: Station['printers'][number] }) {
  const { id, name, paused } = printer
  const words = printerWords(printer)
  const sizes = Object.keys(printer.page_size).map((size) => size.replace(/^label_|^receipt_/, ''))
  const control = (action: 'pause' | 'resume' | 'test-page' | 'identify', done: string) =>
    void act(done, () => post(`${PRINTERS}/${id}/${action}`))
  return (
    <li id={`printer-${id}`} class={`printer ${words.tone}`} data-printer={name}>
      <h4>{name}</h4>
      <span class={`mark ${words.tone}`}>
        <Icon name={words.icon} /> {words.text}
      </span>
      {words.advice !== '' && <p class="advice">{words.advice}</p>}
      <p class="facts">
        {sizes.join(', ')}
        <button
          type="button"
          class="link"
          onClick={() => {
            page.value = 1
            filter.value = { status: '', printerId: id }
            void quietly(loadJobs)
          }}
        >
          {counted('queue', printer.queue_depth)}
        </button>
      </p>
      {maySupervise.value && (
        <div class="row">
          <button
            type="button"
            class="plain"
            onClick={() =>
              control(paused ? 'resume' : 'pause', text(paused ? 'floor.resumed' : 'floor.paused', { name }))
            }
          >
            <Icon name={paused ? 'play' : 'pause'} /> {text(paused ? 'floor.resume' : 'floor.pause')}
          </button>
          <button
            type="button"
            class="plain"
            onClick={() => control('test-page', text('floor.tested', { name }))}
          >
            <Icon name="paper" /> {text('floor.test')}
          </button>
          <button
            type="button"
            class="plain"
            onClick={() => control('identify', text('floor.identified', { name }))}
          >
            <Icon name="alert" /> {text('floor.identify')}
          </button>
        </div>
      )}
    </li>
  )
}
