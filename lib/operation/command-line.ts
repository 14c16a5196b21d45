import { parseArgs } from 'node:util'
import type { NewApiKey } from '../access/api-key.ts'
import { SCOPES, type Scope } from '../access/scope.ts'
import { readInstant } from '../orders/search-value.ts'
import { COMMANDS, type CommandName, findCommand, helpFor, usage } from './command-help.ts'

export type Command =
  | { readonly name: 'help'; readonly text: string }
  | { readonly name: Exclude<CommandName, 'key create'> }
  | { readonly name: 'key create'; readonly key: NewApiKey }

/** Its message is for whoever typed the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Throws UsageError. */
export function readCommand(words: readonly string[]): Command {
  const { help, values, positionals } = parse(words)
  const isHelp = help || positionals[0] === 'help'
  const typed = positionals.slice(positionals[0] === 'help' ? 1 : 0).join(' ')
  if (typed === '' && isHelp) return { name: 'help', text: helpFor(null) }
  const name = findCommand(typed)
  if (name === undefined)
    throw new UsageError(typed === '' ? usage() : `there is no command "${typed}"\n${usage()}`)
  if (isHelp) return { name: 'help', text: helpFor(name) }
  if (name === 'key create') return { name, key: toKey(values) }
  if (Object.keys(values).length > 0) throw mistyped(name, `${name} takes no options`)
  return { name }
}

function parse(words: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: {
        help: { type: 'boolean', short: 'h' },
        name: { type: 'string' },
        scope: { type: 'string', multiple: true },
        location: { type: 'string' },
        expires: { type: 'string' },
      },
      allowPositionals: true,
    })
    const { help = false, ...others } = values
    return { help, values: others, positionals }
  } catch (error) {
    // Its second sentence is about words that begin with a dash.
    const [said] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new UsageError(`${said}\n${usage()}`)
  }
}

function mistyped(name: CommandName, mistake: string): UsageError {
  return new UsageError(`${mistake}\nusage: ${COMMANDS[name].usage}`)
}

const NAME_MAX = 191

function toKey(values: ReturnType<typeof parse>['values']): NewApiKey {
  const name = values.name?.trim() ?? ''
  if (name === '') throw mistyped('key create', '--name is missing')
  if ([...name].length > NAME_MAX) throw new UsageError(`--name may have ${NAME_MAX} characters`)
  const scopes = (values.scope ?? []).flatMap(toScopes)
  if (scopes.length === 0) throw new UsageError(`--scope is missing; there are all, ${SCOPES.join(', ')}`)
  return {
    name,
    scopes,
    ...(values.location !== undefined && { limitToLocation: values.location }),
    ...(values.expires !== undefined && { expiresAt: toDate(values.expires) }),
  }
}

function toScopes(text: string): readonly Scope[] {
  if (text === 'all') return SCOPES
  const scope = SCOPES.find((known) => known === text)
  if (scope === undefined) throw new UsageError(`--scope ${text}: there are all, ${SCOPES.join(', ')}`)
  return [scope]
}

function toDate(text: string): Date {
  const seconds = readInstant(text)
  if (seconds === undefined) {
    throw new UsageError(`--expires ${text}: a date such as 2027-01-31 or 2027-01-31T18:00:00Z is needed`)
  }
  return new Date(seconds * 1000)
}
