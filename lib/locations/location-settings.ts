const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

/** A BCP 47 language tag, well formed: `es-CO`. */
export function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1
  } catch {
    return false
  }
}

/** An ISO 4217 code in capitals: `COP`. */
export function isCurrency(text: string): boolean {
  return CURRENCIES.has(text)
}

/** A name of the IANA database, an alias too: `America/Bogota`, `UTC`. Newer runtimes take offsets as well, which are none. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
