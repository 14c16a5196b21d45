import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { syncFolder } from './folder-sync.ts'

interface KeyOnly {
  readonly apiKey: string
}

interface UserKey extends KeyOnly {
  readonly username: string
}

/** Keys and ids of the demo workspace, in clear: they are known only at the moment they are made. */
export interface DemoCredentials {
  readonly admin: KeyOnly
  readonly rpc: UserKey
  readonly rpcOtherMerchant: UserKey
  readonly packer: UserKey
  readonly supervisor: UserKey
  readonly thermal: KeyOnly
  readonly locationId: string
  readonly stationId: string
}

/** All of the demo workspace's, or the admin key alone. */
export type FirstRunCredentials = DemoCredentials | { readonly admin: KeyOnly }

const FILE_NAME = 'credentials.json'
const PRIVATE_MODE = 0o600

/** Writes `dataDir`/credentials.json in the form of contracts/running.md, "First start". */
export async function writeCredentials(
  dataDir: string,
  { baseUrl, ...credentials }: FirstRunCredentials & { readonly baseUrl: string },
): Promise<void> {
  await replaceFile(path.join(dataDir, FILE_NAME), { base_url: baseUrl, ...toWire(credentials) })
}

/**
 * Tells readers of the file where the server listens now: `PORT=0` picks another port at each start. True when it was
 * rewritten. A file that isn't there, or that somebody made something else of, is left alone.
 */
export async function updateBaseUrl(dataDir: string, baseUrl: string): Promise<boolean> {
  const file = path.join(dataDir, FILE_NAME)
  const written = await readObject(file)
  if (written === null || written['base_url'] === undefined || written['base_url'] === baseUrl) return false
  await replaceFile(file, { ...written, base_url: baseUrl })
  return true
}

function toWire(credentials: FirstRunCredentials): Record<string, unknown> {
  const admin = { api_key: credentials.admin.apiKey }
  if (!('rpc' in credentials)) return { admin }
  return {
    admin,
    rpc: userToWire(credentials.rpc),
    rpc_other_merchant: userToWire(credentials.rpcOtherMerchant),
    packer: userToWire(credentials.packer),
    supervisor: userToWire(credentials.supervisor),
    thermal: { api_key: credentials.thermal.apiKey },
    location_id: credentials.locationId,
    station_id: credentials.stationId,
  }
}

function userToWire({ username, apiKey }: UserKey): Record<string, string> {
  return { username, api_key: apiKey }
}

async function readObject(file: string): Promise<Record<string, unknown> | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return null
    throw error
  }
}

/** Nobody else can read it at any moment, and nobody sees half of it, even after a power failure. */
async function replaceFile(file: string, content: Record<string, unknown>): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const handle = await open(draft, 'wx', PRIVATE_MODE)
    await writeAndClose(handle, `${JSON.stringify(content, null, 2)}\n`)
    await rename(draft, file)
    await syncFolder(path.dirname(file))
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function writeAndClose(handle: FileHandle, text: string): Promise<void> {
  try {
    await handle.writeFile(text, 'utf8')
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
