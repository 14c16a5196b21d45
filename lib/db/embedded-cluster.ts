import { chown, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { DomainError } from '../errors.ts'
import { syncFolder } from '../folder-sync.ts'
import type { DatabaseAccount } from './embedded-account.ts'
import type { Binaries } from './embedded-binaries.ts'
import { runProgram } from './embedded-program.ts'

/** One database cluster on disk and what it takes to serve it. */
export interface Cluster {
  /** The real path of DATA_DIR. */
  readonly dataDir: string
  /** The cluster itself, `dataDir`/postgres. */
  readonly folder: string
  readonly logFile: string
  readonly binaries: Binaries
  readonly account: DatabaseAccount | undefined
  /** Of PostgreSQL, over what it would have otherwise. */
  readonly settings?: Readonly<Record<string, string>>
}

/** The superuser that initdb makes. It has no password: only its folder's owner, and root, reach the socket. */
export const DATABASE_USER = 'packhouse'

const PARTIAL = 'postgres.new-'
/** Measured: 1 to 2 s. The rest is for a slow disk that has to sync 40 MB. */
const INITDB_TIMEOUT_MS = 120_000

/** Defaults that an administrator may change in postgresql.conf; what must hold is on the server's command line. */
const INITIAL_SETTINGS = ['max_connections=100', 'shared_buffers=128MB', 'timezone=UTC', 'log_timezone=UTC']

/** Makes the cluster unless it exists. It appears whole or not at all, even if the machine stops half way. */
export async function ensureCluster(cluster: Cluster): Promise<void> {
  await removePartials(cluster.dataDir)
  if (await clusterExists(cluster)) return
  // Its own name each time: an initdb that outlived a killed Packhouse may still be writing to the last one.
  const partial = await mkdtemp(path.join(cluster.dataDir, PARTIAL))
  if (cluster.account !== undefined) await chown(partial, cluster.account.uid, cluster.account.gid)
  const { fault, output } = await runProgram(cluster.binaries.initdb, initdbArgs(partial), {
    account: cluster.account,
    timeoutMs: INITDB_TIMEOUT_MS,
  })
  if (fault !== undefined) {
    await rm(partial, { recursive: true, force: true, maxRetries: 3 })
    throw unusable(`initdb could not make the database in ${cluster.dataDir}: ${fault}\n${output}`)
  }
  await rename(partial, cluster.folder)
  // initdb synced what it wrote.
  await syncFolder(cluster.dataDir)
}

function initdbArgs(folder: string): string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${DATABASE_USER}`,
    '--auth=trust',
    '--encoding=UTF8',
    // Sorts alike on every system, where libc's and ICU's orders change with their versions and corrupt indexes.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    ...INITIAL_SETTINGS.map((setting) => `--set=${setting}`),
  ]
}

/** Throws where PostgreSQL would refuse it in words that don't say what to do. */
async function clusterExists({ folder, binaries }: Cluster): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined) return false
  const uid = process.getuid?.()
  if (uid !== 0 && uid !== found.uid) {
    throw unusable(
      `the database in ${folder} belongs to uid ${found.uid}; start Packhouse as that account or as root`,
    )
  }
  const major = (await readFile(path.join(folder, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  if (major !== binaries.serverVersion.split('.')[0]) {
    throw unusable(
      `${folder} holds a database of PostgreSQL ${major || 'unknown'} and this is ${binaries.serverVersion}: ` +
        'move the data over with pg_dump, or set DATABASE_URL',
    )
  }
  return true
}

async function removePartials(dataDir: string): Promise<void> {
  const partials = (await readdir(dataDir)).filter((name) => name.startsWith(PARTIAL))
  // One that can't be removed, as an initdb still writes to it, is in nobody's way and goes at the next start.
  const remove = (name: string) => rm(path.join(dataDir, name), { recursive: true, force: true })
  await Promise.allSettled(partials.map(remove))
}

function unusable(message: string): DomainError {
  return new DomainError('unavailable', message, { subject: 'database', reason: 'cluster_unusable' })
}
