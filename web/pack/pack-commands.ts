import { isConnected } from '../api/connection.ts'
import { isLeaving } from '../api/request.ts'
import { type Command, type CommandCode, readCommandCode } from './command.ts'
import { COMMANDS_MAX, CommandQueue } from './command-queue.ts'
import { gatherCommands, type Tabs } from './kept-commands.ts'
import { current, dialog, isOpen, isSeen, stationId, view, waiting } from './pack-state.ts'
import { perform, say } from './pack-work.ts'
import type { Occurrence } from './packing-api.ts'

let queue: CommandQueue | undefined

/** What was kept for this user goes on; another user's is not touched. */
export function startCommands(userId: string, tabs: Tabs): void {
  queue = new CommandQueue({
    run: perform,
    storage: localStorage,
    key: gatherCommands(localStorage, userId, tabs),
    onChange: (now) => {
      waiting.value = now
    },
  })
  isConnected.subscribe((connected) => {
    if (connected) void queue?.run()
  })
  // Nothing is lost with the tab, but nobody sends it until the same user comes back.
  window.addEventListener('beforeunload', (event) => {
    if (waiting.value.length > 0 && !isLeaving()) event.preventDefault()
  })
}

function ask(command: Command): void {
  const taken = queue?.push(command)
  if (taken === 'full') say({ tone: 'bad', key: 'said.queue_full', values: { count: COMMANDS_MAX } }, 'bad')
  else if (!isConnected.value) say({ tone: 'wait', key: 'said.kept' }, 'good')
}

/** A code from the scanner, or one that somebody typed. */
export function takeCode(code: string): void {
  const named = readCommandCode(code)
  if (named) take(named)
  else if (dialog.value) say({ tone: 'bad', key: 'said.close_dialog' }, 'bad')
  else ask({ kind: 'open', code, stationId: stationId.value })
}

/** A command of the keyboard, of a button or of the printed sheet. It is about what is on the screen, and nothing else. */
export function take(command: CommandCode): void {
  if (dialog.value) return say({ tone: 'bad', key: 'said.close_dialog' }, 'bad')
  const opened = view.value
  if (!opened) return say({ tone: 'bad', key: 'said.nothing_open' }, 'bad')
  // What was scanned last isn't shown yet: nobody has seen what would be confirmed.
  if (waiting.value.some((one) => one.command.kind === 'open'))
    return say({ tone: 'bad', key: 'said.not_shown' }, 'bad')
  ACTIONS[command](opened.package.package_id, current.value)
}

const ACTIONS: Readonly<Record<CommandCode, (packageId: string, occurrence: Occurrence | null) => void>> = {
  confirm(packageId, occurrence) {
    if (occurrence && !isOpen(occurrence)) return say({ tone: 'info', key: 'said.settled' }, 'bad')
    if (!isSeen.value) return say({ tone: 'bad', key: 'said.not_shown' }, 'bad')
    // Not by the key that bounced on the last instruction: only a supervisor could open the package again.
    if (!occurrence) return ACTIONS.finish(packageId, null)
    const { instruction_id: instructionId, revision } = occurrence
    ask({ kind: 'confirm', packageId, instructionId, revision, stationId: stationId.value })
  },
  defer(packageId, occurrence) {
    if (!occurrence || !isOpen(occurrence)) return say({ tone: 'info', key: 'said.settled' }, 'bad')
    ask({ kind: 'defer', packageId, instructionId: occurrence.instruction_id })
  },
  reprint() {
    if (printedJobs().length === 0) return say({ tone: 'bad', key: 'said.nothing_printed' }, 'bad')
    dialog.value = 'reprint'
  },
  finish(packageId) {
    if (view.value?.package.status === 'packed') return say({ tone: 'wait', key: 'said.is_packed' }, 'bad')
    ask({ kind: 'finish', packageId })
  },
}

export function reprint(occurrence: Occurrence, reason: string): void {
  const packageId = view.value?.package.package_id
  if (packageId === undefined || !occurrence.print_job) return
  const { instruction_id: instructionId, print_job: job } = occurrence
  ask({ kind: 'reprint', packageId, instructionId, reason, printJobId: job.id })
}

/** What can be printed again: what was confirmed here or elsewhere and whose last print has ended. */
export function printedJobs(): readonly Occurrence[] {
  const all = view.value?.occurrences ?? []
  return all.filter(({ print_job }) => print_job && !['queued', 'processing'].includes(print_job.status))
}
