import './style/pack.css'
import './style/pack-small.css'
import { signal } from '@preact/signals'
import { watchConnection } from './api/connection.ts'
import { follow } from './api/live.ts'
import { leave } from './api/request.ts'
import { resumeSurely, user } from './api/session.ts'
import { text } from './language/text.ts'
import { CodesDialog } from './pack/codes-dialog.tsx'
import { FinishBar } from './pack/finish-bar.tsx'
import { InstructionCard } from './pack/instruction-card.tsx'
import { InstructionRail } from './pack/instruction-rail.tsx'
import { startCommands, take, takeCode } from './pack/pack-commands.ts'
import { keepPackage } from './pack/package-kept.ts'
import { pickStation, startLive, TOPICS } from './pack/pack-live.ts'
import { dialog, step, view } from './pack/pack-state.ts'
import { PrintTroubles } from './pack/print-troubles.tsx'
import { Prompt } from './pack/prompt.tsx'
import { ReprintDialog } from './pack/reprint-dialog.tsx'
import { ScanBar } from './pack/scan-bar.tsx'
import { joinTabs } from './pack/tabs.ts'
import { Header } from './parts/header.tsx'
import { start } from './parts/start.tsx'

const KEYS: Readonly<Record<string, () => void>> = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  F2: () => take('defer'),
  F4: () => take('reprint'),
  F8: () => take('finish'),
}

function onKey(key: string): boolean {
  KEYS[key]?.()
  return KEYS[key] !== undefined
}

/** Whether it is known who packs; what is scanned before is kept by early-keys.ts. */
const isReady = signal(false)

function Pack() {
  if (!isReady.value) return <Header page="pack" />
  return (
    <>
      <Header page="pack" />
      <main class="pack">
        <h1 class="unseen">{text('pack.title')}</h1>
        <ScanBar onCode={takeCode} onEmptyEnter={() => take('confirm')} onKey={onKey} />
        {view.value ? (
          <div class="work">
            <InstructionRail />
            <div class="middle">
              <PrintTroubles />
              <InstructionCard />
            </div>
            <FinishBar />
          </div>
        ) : (
          <Prompt />
        )}
      </main>
      {dialog.value === 'reprint' && <ReprintDialog />}
      {dialog.value === 'codes' && <CodesDialog />}
    </>
  )
}

const joining = joinTabs()
await start(Pack, 'nav.pack')
watchConnection()
if (await resumeSurely()) {
  await pickStation()
  startCommands(user.value?.id ?? '', await joining)
  isReady.value = true
  void keepPackage(user.value?.id ?? '')
  void follow(TOPICS, startLive())
} else leave()
