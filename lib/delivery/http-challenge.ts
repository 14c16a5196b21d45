/** One way to prove who is asking, as a server offers it: RFC 9110, section 11.6.1. */
export interface HttpChallenge {
  /** In lower case: `basic`, `digest`. */
  readonly scheme: string
  /** Names in lower case, quotes taken off. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Servers offer two or three. */
const CHALLENGES_MAX = 16
const PARAMETERS_MAX = 128
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+"
/** `Digest realm="a"`, `nonce=b` after a comma, or a scheme without parameters. */
const ITEM = new RegExp(
  `[\\s,]*(?:(${TOKEN})[ \\t]+)?(${TOKEN})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s",]*))|[\\s,]*(${TOKEN})(?=[ \\t]*(?:,|$))`,
  'y',
)

/** What it can't read ends the list. */
export function readChallenges(header: string): readonly HttpChallenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  const items = new RegExp(ITEM)
  for (let count = 0; count < PARAMETERS_MAX && challenges.length <= CHALLENGES_MAX; count += 1) {
    const match = items.exec(header)
    if (match === null || match[0] === '') break
    const [, opening, name, quoted, plain, lone] = match
    const scheme = opening ?? lone
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() })
    if (name !== undefined) {
      challenges.at(-1)?.parameters.set(name.toLowerCase(), valueOf(quoted, plain))
    }
  }
  return challenges.slice(0, CHALLENGES_MAX)
}

function valueOf(quoted: string | undefined, plain = ''): string {
  return quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1')
}
