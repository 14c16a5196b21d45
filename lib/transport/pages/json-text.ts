/** What fits beside the navigation without a scroll bar. */
const LINE_LENGTH_MAX = 84

/** JSON for people: what fits into a line stands in one, and the rest a member a line. */
export function jsonText(value: unknown, indent = ''): string {
  const line = inOneLine(value)
  if (indent.length + line.length <= LINE_LENGTH_MAX || typeof value !== 'object' || value === null)
    return line
  const inner = `${indent}  `
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const members = membersOf(value).map(([name, member]) => inner + name + jsonText(member, inner))
  return `${open}\n${members.join(',\n')}\n${indent}${close}`
}

function inOneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const members = membersOf(value).map(([name, member]) => name + inOneLine(member))
  return `${open}${members.join(', ')}${close}`
}

/** Names as they stand before their values; an array's elements have none. */
function membersOf(value: object): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) return value.map((element: unknown) => ['', element])
  return Object.entries(value).map(([name, member]) => [`${JSON.stringify(name)}: `, member])
}
