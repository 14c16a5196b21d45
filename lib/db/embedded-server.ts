import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { DomainError } from '../errors.ts'
import {
  commandLineOf,
  identifyProcess,
  isRunning,
  type ProcessIdentity,
} from '../processes/process-identity.ts'
import type { Cluster } from './embedded-cluster.ts'
import { inUse } from './embedded-lock.ts'
import { openServerLog, tailServerLog } from './embedded-log.ts'
import { disownPidFile, readPidFile } from './embedded-pid-file.ts'
import { asAccount, PROGRAM_ENVIRONMENT, PROGRAM_FOLDER } from './embedded-program.ts'
import { hasListener, makeSocketFolder, removeSocketFolder, SOCKET_PORT } from './embedded-socket.ts'

/** A server that accepts connections. */
export interface RunningServer {
  readonly identity: ProcessIdentity
  readonly socketFolder: string
  readonly isAdopted: boolean
}

/** A start takes 0.1 s; after a crash, PostgreSQL replays up to max_wal_size (1 GB) of log first. */
const READY_TIMEOUT_MS = 180_000
const POLL_MS = 20
/** Children of a killed server end within moments, unless busy in a query: 30 s are for that. */
const LAUNCH_ATTEMPTS_MAX = 60
const LAUNCH_PAUSE_MS = 500

/** Fast shutdown, then without a checkpoint (the next start recovers), then what can't be refused. */
const STOP_SIGNALS = [
  ['SIGINT', 60_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 5_000],
] as const

/**
 * Adopts the server that a killed Packhouse left running, or starts one, with its socket in `socketFolder` if that is given.
 * The caller holds DATA_DIR's lock.
 */
export async function adoptOrLaunch(
  cluster: Cluster,
  log: Logger,
  socketFolder?: string,
): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    const server = (await adopt(cluster, log)) ?? (await launch(cluster, log, socketFolder))
    if (server !== undefined) return server
    const tail = await tailServerLog(cluster.logFile)
    // The remains of a killed server: another postmaster about to be adopted, or its children about to end.
    const isTransient = /lock file ".*" already exists|shared memory block .* still in use/.test(
      lastFatal(tail),
    )
    if (!isTransient || attempt === LAUNCH_ATTEMPTS_MAX) throw failed('did not start', tail)
    if (attempt === 1) log.warn('waiting for what a killed PostgreSQL left running')
    await sleep(LAUNCH_PAUSE_MS)
  }
}

/** Ends the server with a fast shutdown: open transactions roll back, everything committed is on disk. */
export async function stopServer(identity: ProcessIdentity, log: Logger): Promise<void> {
  for (const [signal, timeoutMs] of STOP_SIGNALS) {
    if (!isRunning(identity)) return
    kill(identity.pid, signal)
    if (await hasEnded(identity, timeoutMs)) return
    log.warn({ signal, timeoutMs }, 'embedded PostgreSQL does not stop')
  }
  throw failed(`(process ${identity.pid}) does not stop`, '')
}

/** The server whose cluster is in `folder`, if one runs and is ready. */
export async function findServer(folder: string): Promise<{ readonly socketFolder: string } | undefined> {
  const pidFile = await readPidFile(folder)
  if (!pidFile?.isReady || pidFile.socketFolder === undefined) return undefined
  const identity = identifyProcess(pidFile.pid)
  if (identity === undefined || !serves(identity, folder)) return undefined
  return { socketFolder: pidFile.socketFolder }
}

function serves({ pid }: ProcessIdentity, folder: string): boolean {
  return commandLineOf(pid).includes(` -D ${folder} `)
}

async function adopt(cluster: Cluster, log: Logger): Promise<RunningServer | undefined> {
  const pidFile = await readPidFile(cluster.folder)
  const identity = pidFile && identifyProcess(pidFile.pid)
  if (identity === undefined || !serves(identity, cluster.folder)) {
    // Containers that share a volume see each other's socket but not each other's processes.
    if (await hasListener(cluster.dataDir)) {
      throw inUse(`DATA_DIR ${cluster.dataDir} is in use by a PostgreSQL of another system or container`)
    }
    await disownPidFile(cluster)
    return undefined
  }
  if (!commandLineOf(identity.pid).startsWith(`${cluster.binaries.postgres} `)) {
    // An update came between: a server whose files are replaced can't load its libraries any more.
    log.info({ serverPid: identity.pid }, 'restarting the embedded PostgreSQL with its new binaries')
    await stopServer(identity, log)
    return undefined
  }
  return whenReady(cluster, identity, true)
}

/** Returns undefined if it ended at once; its log says why. */
async function launch(
  cluster: Cluster,
  log: Logger,
  known: string | undefined,
): Promise<RunningServer | undefined> {
  const socketFolder = await makeSocketFolder(cluster.dataDir, cluster.account, known)
  const logFile = await openServerLog(cluster.logFile, cluster.account)
  try {
    const child = spawn(cluster.binaries.postgres, serverArgs(cluster, socketFolder), {
      ...asAccount(cluster.account),
      cwd: PROGRAM_FOLDER,
      env: PROGRAM_ENVIRONMENT,
      stdio: ['ignore', logFile.fd, logFile.fd],
      // A session of its own: Ctrl-C would stop the database before we drained.
      detached: true,
    })
    await once(child, 'spawn')
    child.unref()
    const identity = child.pid === undefined ? undefined : identifyProcess(child.pid)
    const server = identity && (await whenReady(cluster, identity, false))
    if (server === undefined && known === undefined) await removeSocketFolder(socketFolder, cluster.dataDir)
    if (server !== undefined) reportEnd(child, log)
    return server
  } finally {
    await logFile.close()
  }
}

/** What must hold whatever postgresql.conf says. */
function serverArgs(cluster: Cluster, socketFolder: string): string[] {
  const settings = {
    listen_addresses: '',
    port: String(SOCKET_PORT),
    unix_socket_directories: quoteListItem(socketFolder),
    unix_socket_permissions: '0700',
    // The bundled OpenSSL 1.1.1 is of 2018.
    ssl: 'off',
    // What was answered "accepted" must outlive a power cut.
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    log_destination: 'stderr',
    logging_collector: 'off',
    // Starts, stops and crashes. The errors of statements, with their data, go to the client alone.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    ...cluster.settings,
  }
  return [
    '-D',
    cluster.folder,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
}

/** unix_socket_directories is a list: a folder with a comma or a space in its name needs quotes. */
function quoteListItem(item: string): string {
  return `"${item.replaceAll('"', '""')}"`
}

/** undefined if the server ended instead. */
async function whenReady(
  cluster: Cluster,
  identity: ProcessIdentity,
  isAdopted: boolean,
): Promise<RunningServer | undefined> {
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (isRunning(identity)) {
    const pidFile = await readPidFile(cluster.folder)
    if (pidFile?.pid === identity.pid && pidFile.isReady && pidFile.socketFolder !== undefined) {
      return { identity, socketFolder: pidFile.socketFolder, isAdopted }
    }
    if (Date.now() > deadline) {
      // It goes on, and the next start adopts it: stopping would throw a long recovery away.
      throw failed(`is not ready after ${READY_TIMEOUT_MS / 1000} s`, await tailServerLog(cluster.logFile))
    }
    await sleep(POLL_MS)
  }
  return undefined
}

function reportEnd(child: ChildProcess, log: Logger): void {
  child.once('exit', (code, signal) => {
    if (code !== 0) log.error({ code, signal }, 'embedded PostgreSQL ended by itself')
  })
}

async function hasEnded(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (isRunning(identity)) {
    if (Date.now() > deadline) return false
    await sleep(POLL_MS)
  }
  return true
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It has just ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The last refusal in a log that also holds earlier runs. */
function lastFatal(tail: string): string {
  return tail.slice(Math.max(0, tail.lastIndexOf('FATAL:')))
}

function failed(what: string, logTail: string): DomainError {
  const message = `the embedded PostgreSQL ${what}${logTail === '' ? '' : `; its log ends with:\n${logTail}`}`
  return new DomainError('unavailable', message, { subject: 'database', reason: 'server_failed' })
}
