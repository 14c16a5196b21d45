import { parseArgs } from 'node:util'
import type { NewApiKey } from '../access/api-key.ts'
import { SCOPES, type Scope } from '../access/scope.ts'

export type Command =
  | { readonly name: 'start' | 'migrate' | 'doctor' }
  | { readonly name: 'key create'; readonly key: NewApiKey }

const USAGE = `usage: packhouse start      the server, as npm start
       packhouse migrate    brings the database up to date, and ends
       packhouse doctor     looks for what is wrong, and says what to do
       packhouse key create --name NAME --scope SCOPE [--scope SCOPE …] [--location loc_…] [--expires DATE]
                            makes an API key and prints it, once; SCOPE may be "all"`

/** Its message is for whoever typed the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Throws UsageError. */
export function readCommand(words: readonly string[]): Command {
  const { values, positionals } = parse(words)
  const name = positionals.join(' ')
  switch (name) {
    case 'start':
    case 'migrate':
    case 'doctor':
      if (Object.keys(values).length > 0) throw new UsageError(`${name} takes no options\n${USAGE}`)
      return { name }
    case 'key create':
      return { name, key: toKey(values) }
    default:
      throw new UsageError(name === '' ? USAGE : `there is no command "${name}"\n${USAGE}`)
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        name: { type: 'string' },
        scope: { type: 'string', multiple: true },
        location: { type: 'string' },
        expires: { type: 'string' },
      },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
  }
}

const NAME_MAX = 191

function toKey(values: ReturnType<typeof parse>['values']): NewApiKey {
  const name = values.name?.trim() ?? ''
  if (name === '') throw new UsageError(`--name is missing\n${USAGE}`)
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

/** ISO 8601, as the REST interface takes it. */
function toDate(text: string): Date {
  const date = new Date(text)
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(date.getTime())) {
    throw new UsageError(`--expires ${text}: a date such as 2027-01-31 or 2027-01-31T18:00:00Z is needed`)
  }
  return date
}
