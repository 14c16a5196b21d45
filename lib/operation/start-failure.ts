import { realpathSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import type { Config } from '../config.ts'
import { dataDirOf } from './data-dir.ts'
import { explainDatabase } from './database-failure.ts'

interface StartFailure {
  readonly message: string
  /** Names the variable to set, where one is to blame. */
  readonly advice?: string
}

/** Why the server could not start, and what to do about it. */
export function explainStart(error: unknown, config: Config): StartFailure {
  const database = explainDatabase(error, config)
  if (database) return database
  const cause = systemErrorOf(error)
  // ENOTDIR, EACCES and the like don't say which setting led there.
  const place = isOfDataDir(cause, config) ? `DATA_DIR ${dataDirOf(config)}: ` : ''
  const message = place + describe(error)
  const advice = adviceFor(cause, config)
  return advice === undefined ? { message } : { message, advice }
}

function adviceFor(error: NodeJS.ErrnoException | undefined, config: Config): string | undefined {
  if (error?.syscall === undefined) return undefined
  if (error.syscall === 'listen') return adviceToListen(error, config)
  // Of the database's name `explainDatabase` has told.
  if (error.syscall === 'getaddrinfo') return NO_HOST
  return isOfDataDir(error, config) ? adviceOfDataDir(error.code) : undefined
}

const NO_HOST =
  'set HOST to an address of this machine: 127.0.0.1 for this machine alone, 0.0.0.0 for every address'

const NO_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'])

function adviceToListen(error: NodeJS.ErrnoException, { http, thermal }: Config): string | undefined {
  const port = 'port' in error ? error.port : undefined
  const variable = port === thermal.port && port !== http.port ? 'THERMAL_PORT' : 'PORT'
  if (error.code === 'EADDRINUSE') return `set ${variable} to a free port, or stop what listens there`
  if (error.code === 'EACCES') return `set ${variable} to a port that this account may open, from 1024 on`
  return NO_ADDRESS.has(error.code ?? '') ? NO_HOST : undefined
}

function adviceOfDataDir(code: string | undefined): string {
  if (code === 'EACCES' || code === 'EPERM')
    return 'run as the account that owns DATA_DIR, or set DATA_DIR to a folder that this account can write'
  if (code === 'ENOSPC') return 'make room on the disk of DATA_DIR, or set DATA_DIR to a folder on another'
  return 'set DATA_DIR to a folder that can be made and written'
}

/** Of the folder, of what is in it, or of a folder on the way to it; by the name that is set, or by where a link leads. */
function isOfDataDir(error: NodeJS.ErrnoException | undefined, config: Config): boolean {
  if (error === undefined) return false
  const named = resolve(dataDirOf(config))
  const folders = [named, realPathOf(named)]
  return placesOf(error).some((place) => folders.some((folder) => isOnOneWay(place, folder)))
}

/** Of a link that couldn't be made, `path` is what it was to lead to. */
function placesOf(error: NodeJS.ErrnoException): readonly string[] {
  const dest = 'dest' in error ? error.dest : undefined
  return [error.path, dest].flatMap((place) => (typeof place === 'string' ? [resolve(place)] : []))
}

function isOnOneWay(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}${sep}`) || other.startsWith(`${one}${sep}`)
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** That of the system, or what it was wrapped into. */
function systemErrorOf(error: unknown): NodeJS.ErrnoException | undefined {
  if (!(error instanceof Error)) return undefined
  return [error, error.cause].find(isSystemError)
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

/** A host with several addresses fails with all their errors and no words of its own. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ')
  return error instanceof Error ? error.message : String(error)
}
