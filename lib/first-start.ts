import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { isEmptyDatabase, seedDemoWorkspace } from '../seeds/demo.ts'
import { ensureAdminKey } from './access/admin-key-service.ts'
import { getServerSecret } from './access/server-secret-store.ts'
import type { Config } from './config.ts'
import { type FirstRunCredentials, updateBaseUrl, writeCredentials } from './credentials-file.ts'
import { migrate, withStartLock } from './db/migrations.ts'

/** What this start found and made: contracts/running.md, "First start". */
export interface FirstStart {
  /** Keeps credentials.json true once the address is known. */
  announce(baseUrl: string): Promise<void>
  /** Lines for whoever started the server; they name where keys are, never a key. */
  greeting(baseUrl: string): readonly string[]
}

export interface PreparedDatabase {
  readonly firstStart: FirstStart
  readonly fingerprintKey: Buffer
  readonly linkKey: Buffer
}

interface PrepareOptions {
  readonly db: Knex
  readonly config: Config
  readonly dataDir: string
  readonly log: Logger
}

/** Of letters and digits by chance: nobody guesses those. Shorter ones are taken, since keys are chosen elsewhere too. */
const ADMIN_API_KEY_LENGTH_SAFE = 32

/** Migrates and seeds, alone among all processes of the database; the others wait and find it done. */
export function prepareDatabase(options: PrepareOptions): Promise<PreparedDatabase> {
  const { db, dataDir, log, config } = options
  if (config.adminApiKey !== null && config.adminApiKey.length < ADMIN_API_KEY_LENGTH_SAFE) {
    log.warn(
      `ADMIN_API_KEY opens everything and is short: take ${ADMIN_API_KEY_LENGTH_SAFE} random characters`,
    )
  }
  return withStartLock(db, async () => {
    const { newer } = await migrate(db, log)
    if (newer.length > 0) log.warn({ migrations: newer }, 'the database is newer than this program')
    const made = await makeCredentials(options)
    const fingerprintKey = await getServerSecret(db, 'external_id_fingerprint')
    const linkKey = await getServerSecret(db, 'document_links')
    return { firstStart: firstStartOf(dataDir, made), fingerprintKey, linkKey }
  })
}

/** Null when there was nothing to make. */
async function makeCredentials({ db, config, dataDir }: PrepareOptions): Promise<FirstRunCredentials | null> {
  if (config.isDemo && (await isEmptyDatabase(db))) {
    return db.transaction(async (trx) => {
      const credentials = await seedDemoWorkspace(trx, { adminApiKey: config.adminApiKey })
      // Before the commit: keys that nobody was told would be lost, a file that is written again does no harm.
      await keep(dataDir, credentials)
      return credentials
    })
  }
  return db.transaction(async (trx) => {
    const admin = await ensureAdminKey(trx, config.adminApiKey)
    if (!admin?.isNew || config.adminApiKey !== null) return null
    await keep(dataDir, { admin })
    return { admin }
  })
}

async function keep(dataDir: string, credentials: FirstRunCredentials): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await writeCredentials(dataDir, { ...credentials, baseUrl: '' })
}

function firstStartOf(dataDir: string, made: FirstRunCredentials | null): FirstStart {
  const file = resolve(join(dataDir, 'credentials.json'))
  // A JavaScript string within single quotes of a shell.
  const quoted = JSON.stringify(file).replaceAll("'", `'\\''`)
  return {
    async announce(baseUrl) {
      await updateBaseUrl(dataDir, baseUrl)
    },
    greeting(baseUrl) {
      if (made === null) return []
      if (!('rpc' in made)) return [`The first API key is in ${file}`]
      return [
        `The demo workspace is new; its keys are in ${file}. To log in, paste:`,
        '',
        `  curl -s ${baseUrl}/api/jsonrpc -d '{"jsonrpc":"2.0","id":1,"method":"login","params":["${made.rpc.username}","'$(node -p 'require(${quoted}).rpc.api_key')'"]}'`,
        '',
      ]
    },
  }
}
