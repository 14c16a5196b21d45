import { LRUCache } from 'lru-cache'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { NotFoundError } from '../errors.ts'
import { DEFAULT_DOCUMENT_TYPES, defaultTemplate } from './default-templates.ts'
import { type JsonValue, parseJson } from './json-text.ts'
import { isLightJson } from './json-weight.ts'
import type { TemplateSource } from './receipt-order.ts'
import type { SentMessage } from './sent-message.ts'
import type { Template } from './template.ts'
import { isDocumentType, readTemplate, templateKey } from './template-reading.ts'
import {
  findCurrentVersion,
  findTemplate,
  insertTemplate,
  listCurrentTemplates,
  lockTemplateUsage,
  retireTemplate,
  type StoredTemplate,
} from './template-store.ts'
import { ThermalError } from './thermal-error.ts'
import type { Language } from './thermal-settings.ts'
import type { ThermalWork } from './thermal-work.ts'

/** A type's template as it is told. A default has version 0 and was updated by nobody. */
export interface TemplateReport {
  readonly documentType: string
  readonly version: number
  readonly isDefault: boolean
  readonly template: JsonValue
  readonly updatedAt: Date | null
  readonly updatedBy: string | null
}

/** Templates, versioned: contracts/thermal.md, sections 5 and 9. Types are named in any letter case. */
export interface TemplatesService {
  /** Every type with a template, by name. */
  list(): Promise<readonly TemplateReport[]>
  /** Throws NotFoundError for a type or version that is not there; version 0 is the default. */
  get(documentType: string, options?: { version?: number; language?: Language }): Promise<TemplateReport>
  /**
   * The message's member of that name as the next version of its type; every process prints with it from here on. Throws
   * ThermalError, also where there would be more templates in use than may be.
   */
  update(message: SentMessage, name: string, updatedBy: string): Promise<TemplateVersion>
  /** Back to the default, which is answered, also where it is in force already. Throws NotFoundError for an unknown type. */
  remove(documentType: string): Promise<TemplateReport>
  /** What prints now; undefined for a type without a template. Throws ThermalError for one that can't be read any more. */
  find(documentType: string, language?: Language): Promise<TemplateSource | undefined>
}

export type TemplateVersion = Pick<TemplateReport, 'documentType' | 'version'>

export interface TemplatesOptions {
  readonly db: Db
  readonly thermalWork: ThermalWork
}

/** Parsed ones; the largest template is 1 MiB. */
const CACHED_MAX = 64
/** Of those in use, which a list tells whole. A shop has some ten, of a few kilobytes each. */
const TYPES_MAX = 1000
const MIB = 1_048_576
const TOGETHER_MAX_BYTES = 16 * MIB

export function createTemplatesService({ db, thermalWork }: TemplatesOptions): TemplatesService {
  const parsed = new LRUCache<string, Template>({ max: CACHED_MAX })
  const parse = (key: string, json: () => JsonValue | undefined): Template => {
    const known = parsed.get(key)
    if (known) return known
    const template = readTemplate(json())
    parsed.set(key, template)
    return template
  }

  return {
    async list() {
      const stored = (await listCurrentTemplates(db, TYPES_MAX)).map(toReport)
      const types = new Set(stored.map(({ documentType }) => documentType))
      const defaults = DEFAULT_DOCUMENT_TYPES.filter((type) => !types.has(type)).map((type) =>
        defaultReport(type),
      )
      return [...stored, ...defaults].toSorted((a, b) => (a.documentType < b.documentType ? -1 : 1))
    },

    async get(documentType, { version, language } = {}) {
      const key = keyOf(documentType)
      const stored = version === 0 ? undefined : await findTemplate(db, key, version ?? null)
      if (stored) return toReport(stored)
      if (version !== undefined && version > 0) throw new NotFoundError('template', documentType)
      return defaultReport(key, language)
    },

    async update(message, name, updatedBy) {
      const { documentType, text } = await thermalWork.readTemplate(message, name)
      const key = templateKey(documentType)
      return inTransaction(db, async (trx) => {
        await assertRoom(trx, key, text)
        return insertTemplate(trx, { documentType: key, text, updatedBy })
      })
    },

    async remove(documentType) {
      const key = keyOf(documentType)
      const before = await findTemplate(db, key, null)
      const isRetired = await retireTemplate(db, key)
      if (DEFAULT_DOCUMENT_TYPES.includes(key)) return defaultReport(key)
      if (!before || !isRetired) throw new NotFoundError('template', documentType)
      return toReport(before)
    },

    async find(documentType, language) {
      const key = templateKey(documentType)
      const version = await findCurrentVersion(db, key)
      if (version === undefined) {
        if (!DEFAULT_DOCUMENT_TYPES.includes(key)) return undefined
        return parse(`${key} ${language ?? ''}`, () => defaultTemplate(key, language))
      }
      const stored = parsed.has(`${key} ${version}`) ? undefined : await findTemplate(db, key, version)
      if (stored && !isLightJson(stored.text)) return { text: stored.text }
      return parse(`${key} ${version}`, () => stored && parseJson(stored.text))
    },
  }
}

async function assertRoom(trx: Db, key: string, text: string): Promise<void> {
  const others = await lockTemplateUsage(trx, key)
  if (others.types >= TYPES_MAX)
    throw new ThermalError(`Template ${key}: ${TYPES_MAX} others are in use: delete one first`)
  if (others.bytes + Buffer.byteLength(text) > TOGETHER_MAX_BYTES) {
    const limit = `${TOGETHER_MAX_BYTES / MIB} MiB`
    throw new ThermalError(`Template ${key}: with it, those in use would have more than ${limit} together`)
  }
}

function keyOf(documentType: string): string {
  if (!isDocumentType(documentType)) throw new NotFoundError('template', documentType)
  return templateKey(documentType)
}

function toReport({ documentType, version, text, updatedAt, updatedBy }: StoredTemplate): TemplateReport {
  return { documentType, version, isDefault: false, template: parseJson(text), updatedAt, updatedBy }
}

function defaultReport(documentType: string, language?: Language): TemplateReport {
  const template = defaultTemplate(documentType, language)
  if (!template) throw new NotFoundError('template', documentType)
  return { documentType, version: 0, isDefault: true, template, updatedAt: null, updatedBy: null }
}
