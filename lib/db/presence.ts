/** First key of the advisory locks that say "process n lives"; the second is n. */
export const PRESENCE_LOCK_CLASS = 7_225_002

/** SQL that is true while the process of that number, an SQL expression, is connected by the connection that listens. */
export function isConnected(processNumber: string): string {
  return `exists (
    select from pg_locks
    where locktype = 'advisory' and objsubid = 2 and granted
      and database = (select oid from pg_database where datname = current_database())
      and classid = ${PRESENCE_LOCK_CLASS}::bigint::oid and objid = (${processNumber})::bigint::oid
  )`
}
