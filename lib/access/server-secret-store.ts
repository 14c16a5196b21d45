import { randomBytes } from 'node:crypto'
import { type Db, query, queryOne } from '../db/database.ts'

const SECRET_BYTES = 32

/**
 * The 32 bytes of that name, made at first use and then the same in every process of the database. Two that make them
 * at once get the same: the second insert waits for the first and gives way.
 */
export async function getServerSecret(db: Db, name: string): Promise<Buffer> {
  const known = await findServerSecret(db, name)
  if (known) return known
  await query(
    db,
    `insert into server_secrets (name, value) values (:name, :value)
     on conflict on constraint server_secrets_pkey do nothing`,
    { name, value: randomBytes(SECRET_BYTES) },
  )
  const made = await findServerSecret(db, name)
  if (!made) throw new Error(`server secret ${name} is not there`)
  return made
}

async function findServerSecret(db: Db, name: string): Promise<Buffer | undefined> {
  const row = await queryOne<{ value: Buffer }>(db, 'select value from server_secrets where name = :name', {
    name,
  })
  return row?.value
}
