import type { Knex } from 'knex'

/** Who is logged in is nobody's thing. */
const NOT_COMPARED = new Set(['sessions'])

/** A hash of every table's rows: two that are equal say that nothing was written in between. */
export async function hashTables(db: Knex): Promise<Record<string, string>> {
  const tables = await rowsOf<{ name: string }>(
    db,
    `select tablename as name from pg_tables where schemaname = 'public' order by tablename`,
  )
  const hashes = tables
    .filter(({ name }) => !NOT_COMPARED.has(name))
    .map(
      ({ name }) =>
        `select '${name}' as name, md5(string_agg(t::text, ',' order by t::text)) as hash from ${name} as t`,
    )
  const rows = await rowsOf<{ name: string; hash: string }>(db, hashes.join(' union all '))
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]))
}

async function rowsOf<Row>(db: Knex, sql: string): Promise<readonly Row[]> {
  const { rows } = await db.raw(sql)
  return rows as readonly Row[]
}
