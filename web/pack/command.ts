/** What a packer asks for. Each may be sent again when nobody knows whether the first one arrived: it is done once. */
export type Command =
  | {
      readonly kind: 'open'
      readonly code: string
      /** Where it was scanned; '': nowhere in particular. */
      readonly stationId: string
    }
  | {
      readonly kind: 'confirm'
      readonly packageId: string
      readonly instructionId: number
      /** The one on the screen: a newer one is not confirmed unseen. */
      readonly revision: number
      readonly stationId: string
    }
  | { readonly kind: 'defer'; readonly packageId: string; readonly instructionId: number }
  | {
      readonly kind: 'reprint'
      readonly packageId: string
      readonly instructionId: number
      readonly reason: string
      /** The job that was seen: a reprint of it isn't printed twice. */
      readonly printJobId: string
    }
  | { readonly kind: 'finish'; readonly packageId: string }

export function isSameCommand(one: Command, other: Command): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** On the sheet of codes: docs/pages.md. Letters, digits and hyphens, which every scanner knows. */
export const COMMAND_CODES = {
  confirm: 'PACKHOUSE-CONFIRM',
  defer: 'PACKHOUSE-LATER',
  reprint: 'PACKHOUSE-REPRINT',
  finish: 'PACKHOUSE-FINISH',
} as const

export type CommandCode = keyof typeof COMMAND_CODES

export function readCommandCode(scanned: string): CommandCode | null {
  const code = scanned.trim().toUpperCase()
  const found = Object.entries(COMMAND_CODES).find(([, text]) => text === code)
  return found ? (found[0] as CommandCode) : null
}
