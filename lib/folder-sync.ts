import { open } from 'node:fs/promises'

/** Puts the names in it on the disk: a file that was made or renamed is found after a power failure only then. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
