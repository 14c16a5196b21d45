/** The fenced blocks of those languages, in their order. */
export function blocksOf(markdown: string, ...languages: readonly string[]): readonly string[] {
  const fenced = new RegExp(`^\`\`\`(?:${languages.join('|')})\\n(.*?)\\n\`\`\`$`, 'gms')
  return [...markdown.matchAll(fenced)].map((match) => match[1] ?? '')
}

/** Times differ from run to run, and a document may break lines where an answer has none. */
export function withoutChance(output: string): string {
  return output.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g, 'time').replaceAll(/\s+/g, '')
}
