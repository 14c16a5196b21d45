import { type Db, query } from './database.ts'

/** Ids of keys and users whose rights have changed, and hashes of sessions that have ended, in hexadecimal. */
export const ACCESS_CHANNEL = 'packhouse_access'

/** Tells every process, when the transaction is committed: whoever holds a connection open by that right looks anew. */
export async function signalAccess(db: Db, subject: string): Promise<void> {
  await query(db, 'select pg_notify(:channel::text, :subject::text)', { channel: ACCESS_CHANNEL, subject })
}
