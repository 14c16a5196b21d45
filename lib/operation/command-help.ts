/** What each command is for, as `packhouse help` tells it. */
export const COMMANDS = {
  start: {
    usage: 'packhouse start',
    purpose: 'the server, as npm start',
    details: 'Drains on SIGTERM and SIGINT. docs/running.md lists the environment.',
  },
  migrate: {
    usage: 'packhouse migrate',
    purpose: 'brings the database up to date, and ends',
    details: 'For deployments that migrate before they start. Each start does it too.',
  },
  doctor: {
    usage: 'packhouse doctor',
    purpose: 'looks for what is wrong, and says what to do',
    details: 'Changes nothing and prints nothing on paper. Exit code 1 if something is BAD.',
  },
  hold: {
    usage: 'packhouse hold',
    purpose: 'pauses every printer and keeps back every webhook: after a restore, before the start',
    details: `Holds for all processes of the database, those that run and those to come. What is on its way ends. May be
repeated. A printer or a webhook that is made later is not held.`,
  },
  release: {
    usage: 'packhouse release',
    purpose: 'sets going what hold stopped',
    details:
      'What a person paused or disabled stays so. Queues print at once, and webhooks are sent what waited.',
  },
  'key create': {
    usage:
      'packhouse key create --name NAME --scope SCOPE [--scope SCOPE …] [--location loc_…] [--expires DATE]',
    purpose: 'makes an API key and prints it, once',
    details: `SCOPE may be "all". DATE is the first moment when it is no longer taken: 2027-01-31, or
2027-01-31T18:00:00Z; UTC unless it says otherwise.`,
  },
} as const

export type CommandName = keyof typeof COMMANDS

const EXIT_CODES = `Exit code: 0 done; 1 refused, or something is BAD; 2 the command is mistyped; 3 the database can't be
reached or used. docs/operations.md tells more.`

const NAME_COLUMNS = 12

/** Of all commands. */
export function usage(): string {
  const names = Object.keys(COMMANDS) as CommandName[]
  const lines = names.map((name) => `  ${name.padEnd(NAME_COLUMNS)}${COMMANDS[name].purpose}`)
  return ['usage: packhouse COMMAND', ...lines, "packhouse help COMMAND tells a command's options."].join(
    '\n',
  )
}

export function helpFor(name: CommandName | null): string {
  if (name === null) {
    return `${usage()}\n\nThe environment is the server's own: docs/running.md.\n${EXIT_CODES}`
  }
  const { usage: words, purpose, details } = COMMANDS[name]
  return `usage: ${words}\n${purpose}\n\n${details}\n${EXIT_CODES}`
}

export function findCommand(words: string): CommandName | undefined {
  return (Object.keys(COMMANDS) as CommandName[]).find((name) => name === words)
}
