import { realpathSync } from 'node:fs'
import { chmod, chown, mkdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { DomainError } from '../errors.ts'
import { accountFor, barrierOnTheWay, canPass, type DatabaseAccount } from './embedded-account.ts'

/** Where a root process keeps its data when the database's account can't reach the working folder, as under /root. */
const SYSTEM_DATA_DIR = '/var/lib/packhouse'

/** DATA_DIR when none was configured: ./data, or /var/lib/packhouse when root and the database's account can't reach ./data. */
export function defaultDataDir(cwd: string): string {
  const local = path.resolve(cwd, 'data')
  const account = accountFor(local)
  if (account === undefined || account === 'none') return local
  return barrierOnTheWay(realpathSync(cwd), account) === undefined ? local : SYSTEM_DATA_DIR
}

/** Makes the folder, lets the database's account pass it, and returns its real path. Throws a DomainError if it can't. */
export async function prepareDataDir(dataDir: string, account?: DatabaseAccount): Promise<string> {
  const wanted = path.resolve(dataDir)
  await makeParents(path.dirname(wanted), account)
  // Private: credentials and printed documents lie beside the database.
  await mkdir(wanted, { mode: 0o700 }).catch(ignoreExisting)
  const folder = await realpath(wanted)
  if (account === undefined) return folder
  await letPass(folder, account)
  const barrier = barrierOnTheWay(folder, account)
  if (barrier === undefined) return folder
  throw new DomainError(
    'unavailable',
    `PostgreSQL runs as ${account.name}, which may not pass ${barrier} on its way to DATA_DIR ${folder}; ` +
      `set DATA_DIR to a folder it can reach, ${SYSTEM_DATA_DIR} for example`,
    { subject: 'database', reason: 'data_dir_unreachable' },
  )
}

async function makeParents(folder: string, account?: DatabaseAccount): Promise<void> {
  const outermost = await mkdir(folder, { recursive: true })
  if (outermost === undefined || account === undefined) return
  // A umask of 077 has just made them impassable for the account.
  for (let made = folder; made.length >= outermost.length; made = path.dirname(made)) await chmod(made, 0o755)
}

/** Only for a folder that is root's alone: where a group has rights, whom to let in is the administrator's choice. */
async function letPass(folder: string, account: DatabaseAccount): Promise<void> {
  const { uid, mode } = await stat(folder)
  if (canPass(folder, account) || uid !== 0 || (mode & 0o070) !== 0) return
  await chown(folder, uid, account.gid)
  await chmod(folder, (mode & 0o7777) | 0o010)
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
