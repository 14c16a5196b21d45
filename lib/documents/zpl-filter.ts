import { judgeZpl } from './zpl-commands.ts'
import { tokenizeZpl, type ZplToken } from './zpl-tokens.ts'

/** A label has some hundred; a document of nothing but prefixes must not hold the server up. */
const COMMANDS_MAX = 1_000_000
/** A label has none or a few; a document of noise has thousands. */
const REMOVED_NAMES_MAX = 100

/**
 * Zebra's other languages, which change and tell settings that no ZPL command reaches, in the midst of ZPL: Set-Get-Do and
 * the utilities, `! U1 setvar "ip.addr" "…"`, on a line of their own; and `{}{"ip.addr":"…"}`. All that follows goes, up
 * to the next command.
 */
const SETTINGS = /(?<=[\r\n])[ \t]*(!)[ \t]*U|(\{\})\s*\{/i

export interface FilteredZpl {
  readonly bytes: Buffer
  /**
   * What was taken out, each once, in upper case and in the order of appearance: `^JU`. Signs of no command are `?`; what
   * is beyond a hundred different ones is `…`.
   */
  readonly removed: readonly string[]
}

/** What is cut out brings together what stood apart, which may be a command or cover one: seldom once, and hardly twice. */
const PASSES_MAX = 4

/**
 * The document without the commands that aren't known to shape a label, which are gone with their parameters. Field data
 * and the counted bytes of graphics are left alone; what a printer reads as a command is one, also between `^FD` and
 * `^FS`. `refusal` says why it can't be printed at all. What is left has been judged as the printer will read it: idempotent.
 * Pure.
 */
export function filterZpl(zpl: Buffer): FilteredZpl | { readonly refusal: string } {
  const removed = new RemovedNames()
  let bytes = zpl
  for (let pass = 1; pass <= PASSES_MAX; pass += 1) {
    const cuts = new Cuts(bytes, removed)
    const refusal = cut(bytes, cuts)
    if (refusal !== null) return { refusal }
    if (cuts.isEmpty) return { bytes, removed: removed.names }
    bytes = cuts.result()
  }
  return { refusal: `what is left of it holds other commands, ${PASSES_MAX} times over` }
}

/** Answers why it can't be printed at all. */
function cut(zpl: Buffer, cuts: Cuts): string | null {
  const text = zpl.toString('latin1')
  const format = new FormatCheck()
  for (const token of tokenizeZpl(text)) {
    const refusal = format.look(token, zpl.length)
    if (refusal !== null) return refusal
    if (judgeZpl(token.command) === 'removed') cuts.remove(token.start, token.end, nameOf(token))
    else cutSettings(text, token, cuts)
  }
  return format.isWhole ? null : 'it has no ^XA … ^XZ'
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
    if (judgeZpl(command) === 'refused') return `${command} renames the command characters`
    // The printer would go on counting into the next document.
    if (end > length) return `${command} counts more bytes than follow it, or none that can be told`
    return this.#count > COMMANDS_MAX ? `it has more than ${COMMANDS_MAX} commands` : null
  }
}

class RemovedNames {
  readonly #names = new Set<string>()

  add(name: string): void {
    const isTold = this.#names.has(name) || this.#names.size < REMOVED_NAMES_MAX
    this.#names.add(isTold ? name : '…')
  }

  get names(): readonly string[] {
    return [...this.#names]
  }
}

/** What is left of a document, and the names of what isn't. */
class Cuts {
  readonly #zpl: Buffer
  readonly #kept: Buffer[] = []
  readonly #removed: RemovedNames
  #keptFrom = 0

  constructor(zpl: Buffer, removed: RemovedNames) {
    this.#zpl = zpl
    this.#removed = removed
  }

  /** From the start of the document on: no cut before another. */
  remove(start: number, end: number, name: string): void {
    this.#removed.add(name)
    this.#kept.push(this.#zpl.subarray(this.#keptFrom, start))
    this.#keptFrom = end
  }

  get isEmpty(): boolean {
    return this.#kept.length === 0
  }

  result(): Buffer {
    return Buffer.concat([...this.#kept, this.#zpl.subarray(this.#keptFrom)])
  }
}

function cutSettings(zpl: string, { command, start, end, textStart }: ZplToken, cuts: Cuts): void {
  const isOnLineOfCommand = command !== '' && textStart === start + command.length
  const found = SETTINGS.exec((isOnLineOfCommand ? ' ' : '\n') + zpl.slice(textStart, end))
  if (found) cuts.remove(textStart - 1 + found.index, end, found[1] === undefined ? '{}' : '! U')
}

function nameOf({ command }: ZplToken): string {
  return command.charAt(0) + command.slice(1).replace(/[^A-Z0-9@]/g, '?')
}
