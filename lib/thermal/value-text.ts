/** What is printed of a value: contracts/thermal.md, section 5.1. */
import type { Found } from './data-path.ts'
import { dateText } from './date-text.ts'
import { currencyFormat, decimalSeparator } from './intl-formats.ts'
import { type JsonValue, NumberText } from './json-text.ts'
import type { Conventions } from './thermal-settings.ts'

const LOCALE_DEFAULT = 'es-CO'
const CURRENCY_DEFAULT = 'COP'

const LEADING_SPACES = /^[^\S\r\n]+/
/** JSON's numbers, and the same with a plus sign or zeros before. */
const NUMERIC = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i

export function valueText({ value, name }: Found, conventions: Conventions, isCurrency: boolean): string {
  return printed(value, name, { conventions, isCurrency }).replace(LEADING_SPACES, '')
}

interface Manner {
  readonly conventions: Conventions
  readonly isCurrency: boolean
}

function printed(value: JsonValue | undefined, name: string, manner: Manner): string {
  if (value instanceof NumberText) return numberText(value.text, manner)
  if (typeof value === 'string') return stringText(value, name, manner)
  if (typeof value === 'number') return numberText(String(value), manner)
  if (typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? listText(value as readonly JsonValue[], manner) : ''
}

function numberText(digits: string, { conventions, isCurrency }: Manner): string {
  if (isCurrency) return currencyText(digits, conventions)
  return conventions.locale === undefined ? digits : digits.replace('.', decimalSeparator(conventions.locale))
}

function stringText(text: string, name: string, { conventions, isCurrency }: Manner): string {
  if (isCurrency && NUMERIC.test(text.trim())) return currencyText(text.trim(), conventions)
  return name.toLowerCase().endsWith('date') ? (dateText(text, conventions) ?? text) : text
}

function currencyText(digits: string, { locale, currency }: Conventions): string {
  const format = currencyFormat(locale ?? LOCALE_DEFAULT, currency ?? CURRENCY_DEFAULT)
  // Intl takes digits as text, and all of them count; the library's types ask for a literal.
  return format.format(digits as Intl.StringNumericLiteral)
}

function listText(list: readonly JsonValue[], manner: Manner): string {
  return list
    .map((value) => printed(value, '', manner))
    .filter((text) => text !== '')
    .join(', ')
}
