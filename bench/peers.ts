/** What a suite needs beside Packhouse and its npm packages. */
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** A suite can't run here; the others can. */
export class PeerMissingError extends Error {
  override readonly name = 'PeerMissingError'
}

const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin']

/** `programs`: Debian's package of each, by its name. Throws PeerMissingError that names what is to be installed. */
export async function requirePrograms(programs: Readonly<Record<string, string>>): Promise<void> {
  const missing: string[] = []
  for (const program of Object.keys(programs)) if (!(await isInstalled(program))) missing.push(program)
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((program) => programs[program]))]
  throw new PeerMissingError(
    `${missing.join(', ')} not found (Debian: apt-get install ${packages.join(' ')})`,
  )
}

async function isInstalled(program: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS]
  for (const folder of folders) {
    const isThere = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return true
  }
  return false
}
