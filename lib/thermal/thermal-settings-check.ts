import { isJsonObject } from '../json-object.ts'
/** What is wrong with a `configuration.thermal`, or with the conventions of a location: contracts/thermal.md, section 4. */
import { CODE_PAGE_ENCODINGS, ENCODINGS } from './code-pages.ts'
import { CUTS, LANGUAGES, STATUS_CHECKS } from './thermal-settings.ts'

/** A rule says what a value must be; null counts as absent. */
interface Rule {
  readonly holds: (value: unknown) => boolean
  readonly words: string
}

const COPIES_MAX = 8
const CODE_PAGE_MAX = 255

const boolean: Rule = { holds: (value) => typeof value === 'boolean', words: 'must be a boolean' }

/** The members that a location takes too. */
const CONVENTIONS: Readonly<Record<string, Rule>> = {
  locale: { holds: isLocale, words: 'must be a BCP 47 language tag' },
  currency: { holds: isCurrency, words: 'must be an ISO 4217 currency code' },
  time_zone: { holds: isTimeZone, words: 'must be an IANA time zone' },
  language: oneOf(LANGUAGES),
}

const SETTINGS: Readonly<Record<string, Rule>> = {
  paper_width_mm: oneOf([80, 58]),
  code_page: {
    holds: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= CODE_PAGE_MAX,
    words: `must be an integer from 0 to ${CODE_PAGE_MAX}`,
  },
  encoding: oneOf(ENCODINGS),
  cut: oneOf(CUTS),
  beep: boolean,
  open_drawer: boolean,
  drawer_pin: oneOf([2, 5]),
  copy_to: { holds: isCodeList, words: `must be a list of at most ${COPIES_MAX} printer codes` },
  status_check: oneOf(STATUS_CHECKS),
  ...CONVENTIONS,
}

/** One string for each member that is wrong, beginning with its name; empty when all is well. Unknown members are ignored. */
export function thermalSettingsErrors(value: unknown): readonly string[] {
  if (!isJsonObject(value)) return ['must be an object']
  const errors = brokenRules(value, SETTINGS)
  return errors.length > 0 || hasEncoding(value) ? errors : ['encoding is required with this code_page']
}

/** The same for a location's `locale`, `currency`, `time_zone` and `language`. */
export function conventionErrors(value: Readonly<Record<string, unknown>>): readonly string[] {
  return brokenRules(value, CONVENTIONS)
}

function brokenRules(
  value: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
): readonly string[] {
  return Object.entries(rules)
    .filter(([name, { holds }]) => value[name] !== undefined && value[name] !== null && !holds(value[name]))
    .map(([name, { words }]) => `${name} ${words}`)
}

/** No code page is code page 16, which has one. */
function hasEncoding({ code_page: codePage, encoding }: Readonly<Record<string, unknown>>): boolean {
  return typeof encoding === 'string' || typeof codePage !== 'number' || CODE_PAGE_ENCODINGS.has(codePage)
}

function oneOf(values: readonly (string | number)[]): Rule {
  return {
    holds: (value) => values.some((known) => known === value),
    words: `must be ${values.join(' or ')}`,
  }
}

function isCodeList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= COPIES_MAX &&
    value.every((code) => typeof code === 'string' && code !== '')
  )
}

function isLocale(value: unknown): boolean {
  return typeof value === 'string' && succeeds(() => Intl.getCanonicalLocales(value))
}

function isCurrency(value: unknown): boolean {
  return typeof value === 'string' && Intl.supportedValuesOf('currency').includes(value)
}

/** Offsets such as `+05:00`, which newer platforms take for zones, are none. */
function isTimeZone(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^[A-Za-z]/.test(value) &&
    succeeds(() => new Intl.DateTimeFormat('en', { timeZone: value }))
  )
}

function succeeds(act: () => unknown): boolean {
  try {
    act()
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
