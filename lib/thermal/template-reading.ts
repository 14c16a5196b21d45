import { type DataPath, parseDataPath } from './data-path.ts'
import { readElement } from './element-reading.ts'
import type { JsonObject, JsonValue } from './json-text.ts'
import { writeJson } from './json-writing.ts'
import { asList, asNumber, asObject, asString, asWithin, member } from './lenient.ts'
import { LINE_SPACING_DOTS } from './paper.ts'
import { SECTION_TYPES, type Section, type SectionType, type Template } from './template.ts'
import { PLAIN_FORMAT, parseAlign, parseFormat } from './text-style.ts'
import { blaming, quoted, ThermalError } from './thermal-error.ts'

const SECTIONS_MAX = 64
const ELEMENTS_MAX = 64
const TABLE_ELEMENTS_MAX = 16
const TEMPLATE_MAX_BYTES = 1_048_576
const ORDER_DEFAULT = 999

const DOCUMENT_TYPE = /^[A-Za-z0-9_-]{1,64}$/
/** The published page's name for labels. */
const STICKER = 'sticker'
const STICKER_TEMPLATE = 'sticker_codigo_barras'

/** The name under which a type's template is kept; types are read in any letter case. */
export function templateKey(documentType: string): string {
  const lower = documentType.toLowerCase()
  return lower === STICKER ? STICKER_TEMPLATE : lower
}

export function isDocumentType(text: string): boolean {
  return DOCUMENT_TYPE.test(text)
}

/** Throws ThermalError, `Template comanda: Sections is required`. */
export function readTemplate(value: JsonValue | undefined): Template {
  const object = asObject(value)
  if (!object) throw new ThermalError('Template must be an object')
  const documentType = readDocumentType(object)
  return blaming(`Template ${documentType}`, () => {
    if (Buffer.byteLength(writeJson(object)) > TEMPLATE_MAX_BYTES) {
      throw new ThermalError('it is larger than 1 MiB')
    }
    return { documentType, sections: readSections(object) }
  })
}

function readDocumentType(template: JsonObject): string {
  const documentType = asString(member(template, 'DocumentType')) ?? ''
  if (documentType === '') throw new ThermalError('DocumentType is required')
  if (!isDocumentType(documentType))
    throw new ThermalError(`DocumentType '${quoted(documentType)}' is not valid`)
  return documentType
}

function readSections(template: JsonObject): readonly Section[] {
  const sections = asList(member(template, 'Sections'))
  if (!sections) throw new ThermalError('Sections is required')
  if (sections.length > SECTIONS_MAX) throw new ThermalError(`it has more than ${SECTIONS_MAX} sections`)
  return inOrder(sections).map(({ object, index }) =>
    blaming(`Sections[${index}]`, () => readSection(object)),
  )
}

function readSection(section: JsonObject): Section {
  const type = sectionType(asString(member(section, 'Type')))
  const elements = asList(member(section, 'Elements')) ?? []
  const max = type === 'Table' ? TABLE_ELEMENTS_MAX : ELEMENTS_MAX
  if (elements.length > max) throw new ThermalError(`it has more than ${max} elements`)
  const spacing = asWithin(member(section, 'LineSpacing'), 1, LINE_SPACING_DOTS.length)
  return {
    type,
    dataSource: optionalPath(asString(member(section, 'DataSource'))),
    format: parseFormat(asString(member(section, 'Format'))) ?? PLAIN_FORMAT,
    align: parseAlign(asString(member(section, 'Align'))) ?? 'left',
    lineSpacingDots: spacing === undefined ? null : (LINE_SPACING_DOTS[spacing - 1] ?? null),
    elements: inOrder(elements).map(({ object }) => readElement(object)),
  }
}

function sectionType(text: string | undefined): SectionType {
  const name = (text ?? '').trim().toLowerCase()
  return SECTION_TYPES.find((type) => type.toLowerCase() === name) ?? 'Static'
}

function optionalPath(text: string | undefined): DataPath | null {
  return text === undefined ? null : parseDataPath(text)
}

interface Placed {
  readonly object: JsonObject
  /** In the list as it was sent. */
  readonly index: number
}

/** By ascending `Order`; the sort is stable, so ties keep their place. What is no object counts as absent. */
function inOrder(list: readonly JsonValue[]): readonly Placed[] {
  return list
    .flatMap((value, index): Placed[] => {
      const object = asObject(value)
      return object ? [{ object, index }] : []
    })
    .toSorted((a, b) => orderOf(a.object) - orderOf(b.object))
}

function orderOf(object: JsonObject): number {
  return asNumber(member(object, 'Order')) ?? ORDER_DEFAULT
}
