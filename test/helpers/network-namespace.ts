import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Context } from 'mocha'
import { requirePeer } from './peers.ts'

const run = promisify(execFile)
const LIMIT_MS = 60_000

/**
 * A network of its own, in which Avahi makes known a printer `Hall laser` on port 8651 (ippeveprinter); everything ends
 * with the command. Multicast stays in there. `$1` is a private folder, the rest is run.
 */
const SCRIPT = `
set -eu
folder=$1; shift
mkdir -p /run/avahi-daemon
mount -t tmpfs tmpfs /run/avahi-daemon
ip link set lo up
ip link add one type veth peer name two
ip address add 10.99.0.1/24 dev one
ip link set one up
ip link set two up
cat >"$folder/avahi.conf" <<CONF
[server]
host-name=example
use-ipv6=no
allow-interfaces=one
[publish]
publish-workstation=no
CONF
DBUS_SYSTEM_BUS_ADDRESS=$(dbus-daemon --session --fork --print-address=1)
export DBUS_SYSTEM_BUS_ADDRESS
avahi-daemon -s -f "$folder/avahi.conf" --no-drop-root --no-chroot --no-proc-title >"$folder/log" 2>&1 &
for try in $(seq 100); do avahi-daemon -c 2>/dev/null && break; sleep 0.1; done
ippeveprinter -p 8651 -K "$folder/tls" -2 -s 20,10 -f application/pdf,image/jpeg -c /bin/true 'Hall laser' >>"$folder/log" 2>&1 &
for try in $(seq 100); do grep -q 'Avahi state 2' "$folder/log" && break; sleep 0.1; done
exec "$@"
`

/** Runs a command there and resolves with what it printed. Skips the test for those who aren't root, or lack a program. */
export async function runInPrinterNetwork(context: Context, command: readonly string[]): Promise<string> {
  if (!(await canUnshare())) {
    console.log('      skipped: a network of its own takes root and the right to mount')
    return context.skip()
  }
  for (const [program, debianPackage] of [
    ['ippeveprinter', 'cups-ipp-utils'],
    ['dbus-daemon', 'dbus'],
    ['avahi-daemon', 'avahi-daemon'],
    ['ip', 'iproute2'],
    ['unshare', 'util-linux'],
  ] as const) {
    requirePeer(context, program, debianPackage)
  }
  const folder = await mkdtemp(join(tmpdir(), 'packhouse-net-'))
  try {
    await writeFile(join(folder, 'run'), SCRIPT)
    // The namespace's first process takes all others along.
    const unshare = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    const { stdout } = await run('unshare', [...unshare, 'bash', join(folder, 'run'), folder, ...command], {
      timeout: LIMIT_MS,
    })
    return stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function canUnshare(): Promise<boolean> {
  return run('unshare', ['--net', '--mount', '--pid', '--fork', '--mount-proc', 'true']).then(
    () => true,
    () => false,
  )
}
