import {
  PAGE_RANGES_MAX,
  type PrintJobCreateBody,
  printJobCreateBody,
} from '../../schemas/print-job-create.ts'
import { isStorableText } from '../db/storable-text.ts'
import { type DocumentSource, readDocumentSource } from '../documents/document-source.ts'
import { InvalidError } from '../errors.ts'
import { isJsonObject } from '../json-object.ts'
import type { PrintJobDraft } from '../print-jobs/job-draft.ts'
import type { PrintOptions } from '../print-jobs/print-job.ts'
import { isPageRange } from '../print-jobs/print-options.ts'
import { findPaperSize } from '../printers/paper-sizes.ts'
import { parseInstant } from './rest/rest-instant.ts'
import { createValidator } from './rest/rest-validation.ts'

export interface PrintJobBodyRules {
  readonly now: Date
  /** REQUIRE_PAPER_SIZE of contracts/running.md. */
  readonly isPaperSizeRequired: boolean
}

type Members = Readonly<Record<string, unknown>>
type Source = ReturnType<typeof readDocumentSource>
type ConfigurationBody = NonNullable<PrintJobCreateBody['configuration']>

const PAGE_MISTAKES_MAX = 100

const formMistakes = createValidator(printJobCreateBody, 'body')

/**
 * The body of a new print job, the same for every interface: contracts/cloud-printing.md, section 3, "Create". Nulls count
 * as absent. Throws InvalidError with one string per failing property in `errors`, its path first.
 */
export function readPrintJobBody(given: Members, rules: PrintJobBodyRules): PrintJobDraft {
  const body = withoutNulls(given)
  const source = sourceOf(body['data'])
  const errors = [...formMistakes(shortened(body)), ...ruleMistakes(body, source, rules)]
  const [first] = errors
  if (first !== undefined) {
    throw new InvalidError(first.split(' ', 1)[0] ?? null, 'invalid', errors.join('; '), { errors })
  }
  if (source === null || 'mistake' in source) throw new TypeError('valid, and without a source')
  return toJobDraft(body as PrintJobCreateBody, source, rules)
}

/** Read once: it may be 25 MiB of base64. Null for what is no text. */
function sourceOf(data: unknown): Source | null {
  return typeof data === 'string' ? readDocumentSource(data) : null
}

/** Of the body, and of the objects in it: deeper ones hold nothing that is read. */
function withoutNulls(given: Members, depth = 1): Members {
  const members = Object.entries(given).filter(([, value]) => value !== null)
  return Object.fromEntries(
    members.map(([name, value]) => [
      name,
      depth > 0 && isJsonObject(value) ? withoutNulls(value, depth - 1) : value,
    ]),
  )
}

/**
 * With no more pages than show that there are too many: Ajv, which is to tell all mistakes, makes an object for each, and a
 * body has room for millions.
 */
function shortened(body: Members): Members {
  const { configuration } = body
  if (!isJsonObject(configuration) || !Array.isArray(configuration['pages_to_print'])) return body
  const pages: unknown[] = configuration['pages_to_print'].slice(0, PAGE_RANGES_MAX + 1)
  return { ...body, configuration: { ...configuration, pages_to_print: pages } }
}

/** What a schema can't say, for every member whose type is right: one string per failing property, its path first. */
function ruleMistakes(body: Members, source: Source | null, rules: PrintJobBodyRules): readonly string[] {
  const { configuration } = body
  const settings = isJsonObject(configuration) ? configuration : {}
  return [
    ...dataMistakes(source),
    ...expiryMistakes(body['expires_at'], rules.now),
    ...paperMistakes(settings['paper_size'], rules.isPaperSizeRequired),
    ...pageMistakes(settings['pages_to_print'], settings['print_all_pages']),
  ]
}

function dataMistakes(source: Source | null): readonly string[] {
  if (source === null) return []
  if ('mistake' in source) return [`data ${source.mistake}`]
  // A URL parser would take it, percent-encoded.
  return source.kind === 'url' && !isStorableText(source.url)
    ? ['data must not hold U+0000 or half a surrogate pair']
    : []
}

function expiryMistakes(expiresAt: unknown, now: Date): readonly string[] {
  if (typeof expiresAt !== 'string' && !Number.isInteger(expiresAt)) return []
  const date = parseInstant(expiresAt)
  if (date === null) return ['expires_at must be a date, such as 2030-01-31T12:00:00Z']
  return date > now ? [] : ['expires_at must be in the future']
}

function paperMistakes(paperSize: unknown, isRequired: boolean): readonly string[] {
  const field = 'configuration.paper_size'
  if (paperSize === undefined) return isRequired ? [`${field} is missing`] : []
  if (typeof paperSize !== 'string' || findPaperSize(paperSize) !== null) return []
  return [`${field} must name a paper size, such as page_size_label_4x6, na_letter_8.5x11in or 4x6in`]
}

function pageMistakes(pages: unknown, printAllPages: unknown): readonly string[] {
  const field = 'configuration.pages_to_print'
  if (pages === undefined) return printAllPages === false ? [`${field} is missing`] : []
  // The schema refuses a longer list as a whole: an answer must not be larger than what it answers.
  if (!Array.isArray(pages) || pages.length > PAGE_RANGES_MAX) return []
  return pages
    .flatMap((range: unknown, index) =>
      typeof range !== 'string' || isPageRange(range)
        ? []
        : [`${field}.${index} must be a page or a range of pages, such as 3 or 5-10`],
    )
    .slice(0, PAGE_MISTAKES_MAX)
}

/** Of a body without mistakes. */
function toJobDraft(
  body: PrintJobCreateBody,
  source: DocumentSource,
  { now }: PrintJobBodyRules,
): PrintJobDraft {
  const { resource, configuration = {} } = body
  return {
    locationId: body.location_id,
    source,
    stationId: body.print_station_id ?? null,
    printerName: body.printer_name ?? null,
    name: body.name ?? null,
    resource: resource ? { type: resource.type, id: resource.id, document: resource.document ?? null } : null,
    options: toOptions(configuration),
    expiresAt: expiryOf(body.expires_at, configuration.expire_after, now),
  }
}

function toOptions(given: ConfigurationBody): Partial<PrintOptions> {
  const options: { [Option in keyof PrintOptions]: PrintOptions[Option] | undefined } = {
    copies: given.copies,
    colorPrint: given.color_print,
    doubleSided: given.double_sided,
    orientation: given.orientation,
    paperSize: given.paper_size === undefined ? undefined : findPaperSize(given.paper_size)?.key,
    printAllPages: given.print_all_pages,
    pagesToPrint: given.pages_to_print,
    reverseOrder: given.reverse_order,
    scaling: given.scaling,
    totalPages: given.total_pages,
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** The earlier of the two counts. */
function expiryOf(expiresAt: string | number | undefined, afterSeconds: number | undefined, now: Date) {
  const times = [
    expiresAt === undefined ? null : parseInstant(expiresAt),
    afterSeconds === undefined ? null : new Date(now.getTime() + afterSeconds * 1000),
  ].filter((time) => time !== null)
  const [first = null] = times.toSorted((a, b) => a.getTime() - b.getTime())
  return first
}
