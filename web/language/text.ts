import type { MessageKey, Messages } from './messages.ts'

export type { MessageKey }

let messages: Partial<Messages> = {}
let language = 'en'

/** The server chose the language of the page by what the browser wants; each catalogue is a file of its own. */
export async function loadLanguage(): Promise<void> {
  language = document.documentElement.lang
  const catalogue = (await import(`../messages/${language}.ts`)) as Record<string, Messages>
  messages = catalogue[language] ?? {}
}

/** The text of that key, with `{name}` replaced. */
export function text(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  return (messages[key] ?? key).replaceAll(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all))
}

/** The text of the first of these keys that there is; undefined when there is none. */
export function findText(key: string): string | undefined {
  return messages[key as MessageKey]
}

/** `count.one` or `count.other` of a key, as the language counts. */
export function counted(key: string, count: number): string {
  const category = new Intl.PluralRules(language).select(count)
  const found = findText(`${key}.${category}`) ?? findText(`${key}.other`) ?? key
  return found.replaceAll('{count}', String(count))
}

export function timeOfDay(iso: string): string {
  return new Date(iso).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' })
}

export function dateAndTime(iso: string): string {
  return new Date(iso).toLocaleString(language, { dateStyle: 'short', timeStyle: 'medium' })
}
