/** Where a text stands in a value: the names and indices that lead to it. */
export type TextPath = readonly string[]

export function textPathsIn(value: unknown, path: TextPath = []): readonly TextPath[] {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, held]) => textPathsIn(held, [...path, name]))
}

export function textAt(value: unknown, path: TextPath): string {
  return String(path.reduce((held, name) => (held as Record<string, unknown>)[name], value))
}

/** The value with that text in all of these places. */
export function withTextAt<T>(value: T, paths: readonly TextPath[], text: string): T {
  return paths.reduce((made, path) => withText(made, path, text), value)
}

function withText<T>(value: T, [name, ...rest]: TextPath, text: string): T {
  if (name === undefined) return text as T
  const held = (value as Record<string, unknown>)[name]
  const made = withText(held, rest, text)
  return (Array.isArray(value) ? value.with(Number(name), made) : { ...value, [name]: made }) as T
}
