import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** Who PostgreSQL runs as when Packhouse is root, since PostgreSQL refuses root. */
export interface DatabaseAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** In this order: the packaged server's own account, the one of Node's container images, the one every system has. */
export const ACCOUNT_NAMES = ['postgres', 'node', 'nobody'] as const

/**
 * The account for the database in `dataDir`: undefined where Packhouse isn't root and the database runs as whoever
 * we are. A database that exists keeps its owner, lest an account added later locks it out. No account is ever made.
 */
export function accountFor(dataDir: string): DatabaseAccount | 'none' | undefined {
  if (process.getuid?.() !== 0) return undefined
  return ownerOf(path.join(dataDir, 'postgres')) ?? firstAccount(accountFile()) ?? 'none'
}

/** The first of ACCOUNT_NAMES in the text of an account file (passwd(5)) that isn't root under another name. */
export function firstAccount(accounts: string): DatabaseAccount | undefined {
  const rows = accounts.split('\n').map((line) => line.split(':'))
  for (const name of ACCOUNT_NAMES) {
    const [, , uid, gid] = rows.find((row) => row[0] === name) ?? []
    if (Number(uid) > 0 && Number(gid) >= 0) return { name, uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

/** The outermost folder on the way into `folder`, itself included, that the account may not pass; undefined if none. */
export function barrierOnTheWay(folder: string, account: DatabaseAccount): string | undefined {
  const parent = path.dirname(folder)
  const before = parent === folder ? undefined : barrierOnTheWay(parent, account)
  return before ?? (canPass(folder, account) ? undefined : folder)
}

/** By the classic permission bits: an access control list may allow more, which costs no more than the safe way. */
export function canPass(folder: string, account: DatabaseAccount): boolean {
  const { mode, uid, gid } = statSync(folder)
  if (uid === account.uid) return (mode & 0o100) !== 0
  return (mode & (gid === account.gid ? 0o010 : 0o001)) !== 0
}

/** An image without a distribution may have none. */
function accountFile(): string {
  return existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : ''
}

function ownerOf(clusterDir: string): DatabaseAccount | undefined {
  const found = statSync(clusterDir, { throwIfNoEntry: false })
  return found === undefined || found.uid === 0
    ? undefined
    : { name: `uid ${found.uid}`, uid: found.uid, gid: found.gid }
}
