import { type Db, query, queryOne } from '../db/database.ts'

/** A version as it was stored. */
export interface StoredTemplate {
  /** Of `templateKey`. */
  readonly documentType: string
  readonly version: number
  /** JSON, whose numbers keep their digits. */
  readonly text: string
  readonly updatedAt: Date
  readonly updatedBy: string
}

interface TemplateRow {
  document_type: string
  version: number
  template: string
  updated_at: Date
  updated_by: string
}

const COLUMNS = `thermal_templates.document_type, thermal_templates.version, thermal_templates.template,
  thermal_templates.updated_at, thermal_templates.updated_by`

const CURRENT = `
  from thermal_template_heads join thermal_templates
    on thermal_templates.document_type = thermal_template_heads.document_type
    and thermal_templates.version = thermal_template_heads.current_version`

/** The version that prints; undefined where there is none, or the type is back at its default. */
export async function findCurrentVersion(db: Db, documentType: string): Promise<number | undefined> {
  const row = await queryOne<{ current_version: number | null }>(
    db,
    'select current_version from thermal_template_heads where document_type = :documentType::text',
    { documentType },
  )
  return row?.current_version ?? undefined
}

/** What templates in use take, but for the one of that type. Nobody else stores one until the transaction ends. */
export async function lockTemplateUsage(
  trx: Db,
  documentType: string,
): Promise<{ readonly types: number; readonly bytes: number }> {
  await query(trx, `select pg_advisory_xact_lock(hashtextextended('thermal templates', 0))`)
  const row = await queryOne<{ types: number; bytes: number }>(
    trx,
    `select count(*)::integer as types, coalesce(sum(octet_length(thermal_templates.template)), 0)::float8 as bytes
     ${CURRENT} where thermal_templates.document_type <> :documentType::text`,
    { documentType },
  )
  return row ?? { types: 0, bytes: 0 }
}

/** By rising name, those that are in use. */
export async function listCurrentTemplates(db: Db, limit: number): Promise<readonly StoredTemplate[]> {
  const rows = await query<TemplateRow>(
    db,
    `select ${COLUMNS} ${CURRENT} order by thermal_templates.document_type limit :limit::integer`,
    { limit },
  )
  return rows.map(toTemplate)
}

/** `version` null: the one that prints. Older ones stay readable. */
export async function findTemplate(
  db: Db,
  documentType: string,
  version: number | null,
): Promise<StoredTemplate | undefined> {
  const row = await queryOne<TemplateRow>(
    db,
    version === null
      ? `select ${COLUMNS} ${CURRENT} where thermal_templates.document_type = :documentType::text`
      : `select ${COLUMNS} from thermal_templates
         where document_type = :documentType::text and version = :version::integer`,
    { documentType, version },
  )
  return row && toTemplate(row)
}

/** As the next version, which prints from now on. Writers of one type follow each other at its head. */
export async function insertTemplate(
  db: Db,
  template: { readonly documentType: string; readonly text: string; readonly updatedBy: string },
): Promise<StoredTemplate> {
  const head = await queryOne<{ version: number }>(
    db,
    `insert into thermal_template_heads (document_type, last_version, current_version)
     values (:documentType::text, 1, 1)
     on conflict on constraint thermal_template_heads_pkey do update
       set last_version = thermal_template_heads.last_version + 1,
           current_version = thermal_template_heads.last_version + 1
     returning last_version as version`,
    { documentType: template.documentType },
  )
  const row = await queryOne<TemplateRow>(
    db,
    `insert into thermal_templates (document_type, version, template, updated_by, updated_at)
     values (:documentType::text, :version::integer, :template::text, :updatedBy::text, clock_timestamp())
     returning ${COLUMNS}`,
    {
      documentType: template.documentType,
      template: template.text,
      updatedBy: template.updatedBy,
      version: head?.version ?? 1,
    },
  )
  if (!row) throw new Error('a template that was inserted is not there')
  return toTemplate(row)
}

/** False when there was no template in use. */
export async function retireTemplate(db: Db, documentType: string): Promise<boolean> {
  const row = await queryOne(
    db,
    `update thermal_template_heads set current_version = null
     where document_type = :documentType::text and current_version is not null returning document_type`,
    { documentType },
  )
  return row !== undefined
}

function toTemplate(row: TemplateRow): StoredTemplate {
  return {
    documentType: row.document_type,
    version: row.version,
    text: row.template,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  }
}
