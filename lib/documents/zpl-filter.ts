import { tokenizeZpl, type ZplToken } from './zpl-tokens.ts'

/** contracts/cloud-printing.md, section 4, "ZPL filter": what would change the printer itself, or make it answer. */
const REMOVED: ReadonlySet<string> = new Set(
  (
    '^JB ^JI ^JJ ^JS ^JU ~JA ~JB ~JC ~JG ~JI ~JL ~JR ~JS ^MA ^MI ^ML ^MP ^ID ^EF ~EF ' +
    '^SE ^SL ^SQ ^SR ^ST ^SX ^TO ^ZZ'
  ).split(' '),
)
/** Whole families: `^HH`, `~WC`, … */
const REMOVED_FAMILIES: ReadonlySet<string> = new Set('^H ~H ^K ~K ^N ~N ^W ~W ~D'.split(' '))
const KEPT: ReadonlySet<string> = new Set(['~DG'])
/** They rename the command characters: nothing after them could be judged. */
const REFUSED: ReadonlySet<string> = new Set('^CC ~CC ^CD ~CD ^CT ~CT'.split(' '))

/** A label has some hundred; a document of nothing but prefixes must not hold the server up. */
const COMMANDS_MAX = 1_000_000

export interface FilteredZpl {
  readonly bytes: Buffer
  /** What was taken out, each once, in upper case and in the order of appearance: `^JU`. */
  readonly removed: readonly string[]
}

/**
 * The document without the commands of the filter, which are gone with their parameters; field data and the counted
 * bytes of graphics are left alone. `refusal` says why it can't be printed at all. Idempotent. Pure.
 */
export function filterZpl(zpl: Buffer): FilteredZpl | { readonly refusal: string } {
  const kept: Buffer[] = []
  const removed = new Set<string>()
  const format = new FormatCheck()
  let keptFrom = 0
  for (const token of tokenizeZpl(zpl.toString('latin1'))) {
    const refusal = format.look(token, zpl.length)
    if (refusal !== null) return { refusal }
    if (!isRemoved(token.command)) continue
    removed.add(token.command)
    kept.push(zpl.subarray(keptFrom, token.start))
    keptFrom = token.end
  }
  if (!format.isWhole) return { refusal: 'it has no ^XA … ^XZ' }
  return { bytes: Buffer.concat([...kept, zpl.subarray(keptFrom)]), removed: [...removed] }
}

/** What makes ZPL a document that can be judged. */
class FormatCheck {
  /** A format was begun and, after that, ended. */
  isWhole = false
  #isBegun = false
  #count = 0

  look({ command, end }: ZplToken, length: number): string | null {
    this.#count += 1
    if (command === '^XA') this.#isBegun = true
    if (command === '^XZ' && this.#isBegun) this.isWhole = true
    if (REFUSED.has(command)) return `${command} renames the command characters`
    // The printer would go on counting into the next document.
    if (end > length) return `${command} counts more bytes than follow it`
    return this.#count > COMMANDS_MAX ? `it has more than ${COMMANDS_MAX} commands` : null
  }
}

function isRemoved(command: string): boolean {
  if (KEPT.has(command)) return false
  return REMOVED.has(command) || (command.length > 1 && REMOVED_FAMILIES.has(command.slice(0, 2)))
}
