/** The words that default templates are written with. */
import type { JsonObject } from './json-text.ts'

/** Spanish and English. */
export type Words = readonly [string, string]

/** Picks the words of one language. */
export type Say = (words: Words) => string

export type DefaultTemplate = (say: Say) => JsonObject

/** More members of an element or section, by their names in a template. */
type Members = JsonObject

export const LINE: JsonObject = { Type: 'Line' }
export const HIDE_EMPTY: Members = { Properties: { HideEmpty: true } }

export function template(documentType: string, name: string, sections: readonly JsonObject[]): JsonObject {
  return { TemplateId: documentType, Name: name, DocumentType: documentType, Sections: sections }
}

export function section(name: string, members: Members, elements: readonly JsonObject[]): JsonObject {
  return { Name: name, Type: 'Static', ...members, Elements: elements }
}

export function value(source: string, members: Members = {}): JsonObject {
  return { Type: 'Text', Source: source, ...members }
}

export function labelled(label: string, source: string, members: Members = {}): JsonObject {
  return { Type: 'Text', Label: label, Source: source, ...members }
}

/** Left out, label and all, where the document says nothing. */
export function optional(label: string, source: string, members: Members = {}): JsonObject {
  return labelled(label, source, { ...members, ...HIDE_EMPTY })
}

export function words(text: string, members: Members = {}): JsonObject {
  return { Type: 'Text', StaticValue: text, ...members }
}

export function column(
  heading: string,
  source: string,
  widthPercentage: number,
  members: Members = {},
): JsonObject {
  return { Type: 'Text', HeaderLabel: heading, Source: source, WidthPercentage: widthPercentage, ...members }
}

export function qr(source: string, size: number): JsonObject {
  return { Type: 'QR', Source: source, Size: size }
}
