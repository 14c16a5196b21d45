import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { barrierOnTheWay, type DatabaseAccount } from './embedded-account.ts'

/** Names the socket, `.s.PGSQL.5432`; no TCP port is opened. */
export const SOCKET_PORT = 5432

/** unix(7): 108 bytes with the NUL on Linux; macOS allows 104. One limit, so that a DATA_DIR can move between them. */
const SOCKET_PATH_BYTES_MAX = 103
const CONNECT_TIMEOUT_MS = 2_000
const TEMPORARY = 'packhouse-'

/**
 * Makes the private folder of the server's socket, `dataDir`/socket, and clears what a killed server left in it.
 * A DATA_DIR so deep that a socket's path can't hold it gets a short folder in the system's temporary one instead. `known`: the
 * folder that was made before, for a server that is started again.
 */
export async function makeSocketFolder(
  dataDir: string,
  account?: DatabaseAccount,
  known?: string,
): Promise<string> {
  const usual = usualSocketFolder(dataDir)
  const folder =
    known ?? (fits(usual) ? usual : await mkdtemp(path.join(temporaryFolder(account), TEMPORARY)))
  if (folder === usual) await mkdir(usual, { recursive: true })
  // Who passes this folder is the superuser: the server asks for no password.
  await chmod(folder, 0o700)
  if (account !== undefined) await chown(folder, account.uid, account.gid)
  // The lock beside a dead server's socket would block the next one, should its pid be in use again.
  await clear(folder)
  return folder
}

/** When its server has ended; the folder in DATA_DIR stays. */
export async function removeSocketFolder(folder: string, dataDir: string): Promise<void> {
  if (folder !== usualSocketFolder(dataDir)) await rm(folder, { recursive: true, force: true })
}

/** Whether some server listens in DATA_DIR's usual socket folder. */
export function hasListener(dataDir: string): Promise<boolean> {
  return new Promise((resolve) => {
    if (!fits(usualSocketFolder(dataDir))) return resolve(false)
    const socket = net.connect(socketPath(usualSocketFolder(dataDir)))
    const answer = (isListening: boolean) => {
      socket.destroy()
      resolve(isListening)
    }
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => answer(true))
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}

function usualSocketFolder(dataDir: string): string {
  return path.join(dataDir, 'socket')
}

function socketPath(folder: string): string {
  return path.join(folder, `.s.PGSQL.${SOCKET_PORT}`)
}

function fits(folder: string): boolean {
  return Buffer.byteLength(socketPath(folder)) <= SOCKET_PATH_BYTES_MAX
}

/** TMPDIR's folder unless it is no better than DATA_DIR: deep, or closed to the database's account. */
function temporaryFolder(account?: DatabaseAccount): string {
  const preferred = os.tmpdir()
  const isOpen = account === undefined || barrierOnTheWay(preferred, account) === undefined
  return isOpen && fits(path.join(preferred, `${TEMPORARY}XXXXXX`)) ? preferred : '/tmp'
}

async function clear(folder: string): Promise<void> {
  for (const file of [socketPath(folder), `${socketPath(folder)}.lock`]) await rm(file, { force: true })
}
