import { post } from '../api/rest.ts'
import { counted, text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { printerWords } from '../parts/print-words.ts'
import { type Printer, PRINTERS } from './floor-api.ts'
import { act, filter, loadJobs, maySupervise, page, printers, quietly } from './floor-state.ts'

/** Every printer with its state in a word, by station. */
export function PrinterCards() {
  const stations = new Map<string, Printer[]>()
  for (const printer of printers.value) {
    const { display_name: name } = printer.station
    stations.set(name, [...(stations.get(name) ?? []), printer])
  }
  return (
    <section aria-labelledby="printers">
      <h2 id="printers">{text('floor.printers')}</h2>
      {[...stations].map(([name, own]) => (
        <div key={name} class="station-row">
          <h3>{name}</h3>
          <ul class="printers">
            {own.map((printer) => (
              <PrinterCard key={printer.id} printer={printer} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

function PrinterCard({ printer }: { readonly printer: Printer }) {
  const { id, name, paused } = printer
  const words = printerWords(printer)
  const sizes = Object.keys(printer.page_size).map((size) => size.replace(/^label_|^receipt_/, ''))
  const control = (action: 'pause' | 'resume' | 'test-page', done: string) =>
    void act(done, () => post(`${PRINTERS}/${id}/${action}`))
  return (
    <li class={`printer ${words.tone}`} data-printer={name}>
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
        </div>
      )}
    </li>
  )
}
