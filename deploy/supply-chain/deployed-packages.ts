import { readFile } from 'node:fs/promises'

/** A package that is needed at run time, as the lock file has it. */
export interface DeployedPackage {
  /** `node_modules/…`, relative to the project. */
  readonly path: string
  readonly name: string
  readonly version: string
  /** As its manifest has it, mostly an SPDX expression; null: it names none. */
  readonly licence: string | null
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly license?: string; readonly dev?: boolean }>
  >
}

export const LOCK_FILE = new URL('../../package-lock.json', import.meta.url)

export async function readDeployedPackages(lockFile: URL | string): Promise<readonly DeployedPackage[]> {
  const { packages } = JSON.parse(await readFile(lockFile, 'utf8')) as Lock
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version = '', license = null }]) => ({
      path,
      name: path.replace(/^.*node_modules\//, ''),
      version,
      licence: license,
    }))
}

/** They ask for no more than that their notices are passed on. */
const PERMISSIVE = new Set([
  '0BSD',
  '(MIT OR CC0-1.0)',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Python-2.0',
])
/** libvips, by itself and within sharp for Windows and WebAssembly: docs/supply-chain.md, "Licences". */
const WITH_LIBVIPS = /^@img\/sharp-/
const OF_LIBVIPS = 'LGPL-3.0-or-later'

/** Whether it may be passed on with Packhouse. */
export function isCompatible({ name, licence }: DeployedPackage): boolean {
  if (licence === null) return false
  if (PERMISSIVE.has(licence)) return true
  return (
    WITH_LIBVIPS.test(name) &&
    licence.split(' AND ').every((each) => each === OF_LIBVIPS || PERMISSIVE.has(each))
  )
}
