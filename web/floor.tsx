import './style/floor.css'
import { signal } from '@preact/signals'
import { isConnected, watchConnection } from './api/connection.ts'
import { follow } from './api/live.ts'
import { leave } from './api/request.ts'
import { resumeSurely } from './api/session.ts'
import { DayChart, loadChart } from './floor/day-chart.tsx'
import { loadFloor, note, openedId, printers, quietly } from './floor/floor-state.ts'
import { JobDialog } from './floor/job-dialog.tsx'
import { JobList } from './floor/job-list.tsx'
import { createLooking } from './floor/looking.ts'
import { PaperTray } from './floor/paper-tray.tsx'
import { PrinterCards } from './floor/printer-cards.tsx'
import { ReopenPackage } from './floor/reopen-package.tsx'
import { loadUnknown, UnknownOutcomes } from './floor/unknown-outcomes.tsx'
import { loadWebhooks, WebhookList } from './floor/webhook-list.tsx'
import { text } from './language/text.ts'
import { Header } from './parts/header.tsx'
import { Icon } from './parts/icon.tsx'
import { hasTrouble, printerWords } from './parts/print-words.ts'
import { start } from './parts/start.tsx'

const EVERY_MS = 15_000

/** More than that nobody reads in thirty seconds. */
const TROUBLES_NAMED = 6

const isReady = signal(false)

function Floor() {
  return (
    <>
      <Header page="floor" />
      {isReady.value && (
        <main class="floor">
          <h1 class="unseen">{text('nav.floor')}</h1>
          <Attention />
          <div class="overview">
            <PrinterCards />
            <div>
              <PaperTray />
              <DayChart />
            </div>
          </div>
          <JobList />
          <ReopenPackage />
          <WebhookList />
        </main>
      )}
      {openedId.value !== null && <JobDialog key={openedId.value} id={openedId.value} />}
    </>
  )
}

/** The thirty seconds of a supervisor: what needs somebody, or that nothing does. */
function Attention() {
  const troubles = printers.value.filter(hasTrouble)
  return (
    <div class="attention" role="status">
      {!isConnected.value && (
        <p class="bad">
          <Icon name="off" /> {text('connection.lost_long')}
        </p>
      )}
      <UnknownOutcomes />
      {troubles.slice(0, TROUBLES_NAMED).map((printer) => (
        <p key={printer.id} class={printerWords(printer).tone}>
          <Icon name={printerWords(printer).icon} />
          <span>
            <a href={`#printer-${printer.id}`}>
              {printer.station.display_name}, {printer.name}
            </a>
            : {printerWords(printer).text}
          </span>
        </p>
      ))}
      {troubles.length > TROUBLES_NAMED && (
        <p class="wait">
          <Icon name="alert" /> {text('floor.more_troubles', { count: troubles.length - TROUBLES_NAMED })}
        </p>
      )}
      {troubles.length === 0 && (
        <p class="good">
          <Icon name="check" /> {text('floor.all_well')}
        </p>
      )}
      {note.value && (
        <p class={note.value.tone}>
          <Icon name={note.value.tone === 'good' ? 'check' : 'alert'} /> {note.value.text}
        </p>
      )}
    </div>
  )
}

function look(): Promise<unknown> {
  return Promise.all([loadFloor(), quietly(loadUnknown), quietly(loadChart), loadWebhooks()])
}

await start(Floor, 'nav.floor')
watchConnection()
if (await resumeSurely()) {
  await loadFloor()
  isReady.value = true
  const lookSoon = createLooking(look)
  lookSoon()
  setInterval(lookSoon, EVERY_MS)
  void follow(['cloud_printing.*'], { onOpen: lookSoon, onEvent: lookSoon })
} else leave()
