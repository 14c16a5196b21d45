import { spawnSync } from 'node:child_process'
import type { Context } from 'mocha'

/**
 * Skips the test when a program it needs as a real peer is missing, and says which Debian package has it. With
 * REQUIRE_PEERS=1 it fails instead, so that no peer goes missing in continuous integration unseen.
 */
export function requirePeer(context: Context, command: string, debianPackage: string): void {
  const { status } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command])
  if (status === 0) return
  const message = `${command} is not installed: apt-get install ${debianPackage}`
  if (process.env['REQUIRE_PEERS'] === '1') throw new Error(message)
  console.warn(message)
  context.skip()
}
