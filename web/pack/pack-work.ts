import { isConnected, reportAnswered, reportLost } from '../api/connection.ts'
import { Refused, Unreachable } from '../api/request.ts'
import { play, type Sound } from '../parts/sounds.ts'
import type { Command } from './command.ts'
import { chosenId, feedback, type Feedback, notDone, remember, view, waiting } from './pack-state.ts'
import { packing, type PackingView } from './packing-api.ts'

const ALREADY_PACKED = 106

export function say(said: Feedback, sound?: Sound): void {
  feedback.value = said
  if (sound) play(sound)
}

const at = (stationId: string) => (stationId === '' ? {} : { station_id: stationId })

/** Sends a command and shows what came of it. */
export async function perform(command: Command, isAgain: boolean): Promise<'done' | 'later'> {
  try {
    await WORK[command.kind](command as never, isAgain)
    reportAnswered()
    return 'done'
  } catch (error) {
    if (error instanceof Unreachable) {
      reportLost()
      return 'later'
    }
    if (!(error instanceof Refused)) throw error
    reportAnswered()
    refuse(command, error)
    await refresh()
    return 'done'
  }
}

type Of<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>
type Work = { readonly [Kind in Command['kind']]: (command: Of<Kind>, isAgain: boolean) => Promise<void> }

const WORK: Work = {
  async open({ code, stationId }) {
    const opened = await packing.open(code, at(stationId))
    const left = view.value?.package
    chosenId.value = null
    show(opened)
    // Whoever has it on the screen again sees what is open.
    notDone.value = notDone.value.filter(({ packageId }) => packageId !== opened.package.package_id)
    if (opened.package.status === 'packed') return say({ tone: 'wait', key: 'said.is_packed' }, 'bad')
    const isLeftOpen = left?.status === 'packing' && left.package_id !== opened.package.package_id
    if (isLeftOpen)
      return say({ tone: 'info', key: 'said.opened_other', values: { id: left.package_id } }, 'good')
    say({ tone: 'info', key: 'said.opened', values: { id: opened.package.package_id } }, 'good')
  },

  async confirm({ instructionId, packageId, revision, stationId }) {
    const { state, print_job, confirmation } = await packing.confirm(instructionId, packageId, {
      ...at(stationId),
      revision,
    })
    chosenId.value = null
    await refresh()
    const by = confirmation?.confirmed_by ?? ''
    if (state === 'elsewhere')
      return say({ tone: 'info', key: 'said.elsewhere', values: { name: by } }, 'good')
    if (!print_job) return say({ tone: 'good', key: 'said.confirmed' }, 'good')
    say({ tone: 'good', key: 'said.confirmed_printing', values: { printer: print_job.printer.name } }, 'good')
  },

  async defer({ instructionId, packageId }) {
    await packing.defer(instructionId, packageId)
    chosenId.value = null
    await refresh()
    say({ tone: 'wait', key: 'said.deferred' }, 'good')
  },

  async reprint({ instructionId, packageId, reason, printJobId }) {
    const { printer } = await packing.reprint(instructionId, packageId, { reason, printJobId })
    await refresh()
    say({ tone: 'good', key: 'said.reprinting', values: { printer: printer.name } }, 'good')
  },

  async finish({ packageId }, isAgain) {
    await packing.finish(packageId).catch((error: unknown) => {
      // The answer was lost, and the work done.
      if (!(isAgain && error instanceof Refused && error.code === ALREADY_PACKED)) throw error
    })
    remember(packageId, true)
    view.value = null
    chosenId.value = null
    say({ tone: 'good', key: 'said.finished', values: { id: packageId } }, 'done')
  },
}

function refuse(command: Command, { code, message, details }: Refused): void {
  const known = {
    101: 'fault.101',
    102: 'fault.102',
    103: 'fault.103',
    104: 'fault.104',
    105: 'fault.105',
    106: 'fault.106',
    107: 'fault.107',
  } as const
  const scanned = command.kind === 'open' ? command.code : ''
  const key =
    details['reason'] === 'file_removed'
      ? 'fault.file_removed'
      : (known[code as keyof typeof known] as (typeof known)[keyof typeof known] | undefined)
  const why: Feedback = { tone: 'bad', key: key ?? 'fault.other', values: { code: scanned, message } }
  say(why, 'bad')
  if (waiting.value.length <= 1) return
  notDone.value = [...notDone.value, { packageId: command.kind === 'open' ? null : command.packageId, why }]
}

export function show(opened: PackingView): void {
  view.value = opened
  remember(opened.package.package_id, opened.package.status === 'packed')
}

/** Asks for the package at hand again; what is on the screen stays if nobody answers. */
export async function refresh(): Promise<void> {
  const packageId = view.value?.package.package_id
  if (packageId === undefined || !isConnected.value) return
  try {
    const opened = await packing.open(packageId, {})
    // Somebody may have scanned the next one meanwhile.
    if (isAtHand(packageId)) show(opened)
  } catch (error) {
    if (error instanceof Unreachable) return reportLost()
    if (!(error instanceof Refused)) throw error
    if (isAtHand(packageId)) view.value = null
  }
}

function isAtHand(packageId: string): boolean {
  return view.value?.package.package_id === packageId
}
