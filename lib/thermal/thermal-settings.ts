/** A printer's `configuration.thermal`: contracts/thermal.md, section 4. */
import { CODE_PAGE_ENCODINGS, ENCODINGS, type Encoding } from './code-pages.ts'
import type { PaperWidthMm } from './paper.ts'

export const CUTS = ['full', 'partial', 'none'] as const
export const STATUS_CHECKS = ['tolerant', 'strict', 'off'] as const
export const LANGUAGES = ['es', 'en'] as const
export type Cut = (typeof CUTS)[number]
export type StatusCheck = (typeof STATUS_CHECKS)[number]
export type Language = (typeof LANGUAGES)[number]
export type DrawerPin = 2 | 5

/** How a place writes; members that are absent are left to the next in line. */
export interface Conventions {
  /** BCP 47. */
  readonly locale?: string
  /** ISO 4217. */
  readonly currency?: string
  /** IANA. */
  readonly timeZone?: string
  readonly language?: Language
}

export interface ThermalSettings {
  readonly paperWidthMm: PaperWidthMm
  readonly codePage: number
  readonly encoding: Encoding
  readonly cut: Cut
  readonly beep: boolean
  readonly openDrawer: boolean
  readonly drawerPin: DrawerPin
  readonly copyTo: readonly string[]
  readonly statusCheck: StatusCheck
  readonly conventions: Conventions
}

/** As it is answered by the REST API. Its members were checked by `thermalSettingsErrors`. */
export interface ThermalConfiguration {
  readonly paper_width_mm?: PaperWidthMm | null
  readonly code_page?: number | null
  readonly encoding?: Encoding | null
  readonly cut?: Cut | null
  readonly beep?: boolean | null
  readonly open_drawer?: boolean | null
  readonly drawer_pin?: DrawerPin | null
  readonly copy_to?: readonly string[] | null
  readonly status_check?: StatusCheck | null
  readonly locale?: string | null
  readonly currency?: string | null
  readonly time_zone?: string | null
  readonly language?: Language | null
}

type Given<T> = { [Member in keyof T]?: NonNullable<T[Member]> }

const DEFAULTS = {
  paper_width_mm: 80,
  code_page: 16,
  cut: 'full',
  beep: false,
  open_drawer: false,
  drawer_pin: 2,
  copy_to: [],
  status_check: 'tolerant',
} as const satisfies ThermalConfiguration

/** What is absent from the printer's configuration is taken from its location, then from the defaults. */
export function thermalSettings(
  configuration: ThermalConfiguration = {},
  location: ThermalConfiguration = {},
): ThermalSettings {
  const given = { ...DEFAULTS, ...present(configuration) }
  return {
    paperWidthMm: given.paper_width_mm,
    codePage: given.code_page,
    encoding: given.encoding ?? CODE_PAGE_ENCODINGS.get(given.code_page) ?? 'cp437',
    cut: given.cut,
    beep: given.beep,
    openDrawer: given.open_drawer,
    drawerPin: given.drawer_pin,
    copyTo: given.copy_to,
    statusCheck: given.status_check,
    conventions: conventions({ ...present(location), ...present(configuration) }),
  }
}

function conventions({
  locale,
  currency,
  time_zone: timeZone,
  language,
}: Given<ThermalConfiguration>): Conventions {
  return {
    ...(locale === undefined ? {} : { locale }),
    ...(currency === undefined ? {} : { currency }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(language === undefined ? {} : { language }),
  }
}

/** null counts as absent. */
function present(configuration: ThermalConfiguration): Given<ThermalConfiguration> {
  const members = Object.entries(configuration).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(members) as Given<ThermalConfiguration>
}
