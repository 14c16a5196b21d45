/** Intl's formats, kept: making one takes longer than the rest of a receipt. */
import { LRUCache } from 'lru-cache'

/** One or two a printer. */
const KEPT_MAX = 200

const dates = new LRUCache<string, Intl.DateTimeFormat>({ max: KEPT_MAX })
const numbers = new LRUCache<string, Intl.NumberFormat>({ max: KEPT_MAX })
const separators = new LRUCache<string, string>({ max: KEPT_MAX })

export function dateTimeFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(dates, JSON.stringify([locale, options]), () => new Intl.DateTimeFormat(locale, options))
}

export function currencyFormat(locale: string, currency: string): Intl.NumberFormat {
  return kept(
    numbers,
    `${locale} ${currency}`,
    () => new Intl.NumberFormat(locale, { style: 'currency', currency }),
  )
}

/** Between the whole and the fraction of a number. */
export function decimalSeparator(locale: string): string {
  return kept(separators, locale, () => {
    const parts = new Intl.NumberFormat(locale).formatToParts(1.5)
    return parts.find(({ type }) => type === 'decimal')?.value ?? '.'
  })
}

function kept<T extends object | string>(cache: LRUCache<string, T>, key: string, make: () => T): T {
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = make()
  cache.set(key, made)
  return made
}
