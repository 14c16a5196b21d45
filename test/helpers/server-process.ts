import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'
import type { DeliveryCheckpoint } from '../../lib/webhooks/webhook-delivery.ts'

export interface ServerProcess {
  readonly baseUrl: string
  readonly process: ChildProcess
  /** Resolves with the signal or the code that ended it. */
  readonly ended: Promise<NodeJS.Signals | number>
  kill(signal: NodeJS.Signals): void
}

type FatalStep = DispatcherStep | `webhook ${Parameters<DeliveryCheckpoint>[0]}` | 'none'

/** Another server process on that database, as an operator would start one beside the first. */
export async function startServerProcess(
  env: Readonly<Record<string, string>>,
  fatalStep: FatalStep = 'none',
): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('./fault-child.ts', import.meta.url)), [fatalStep], {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', PRINTER_PORTS: '1-65535', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number)
  const ready = once(child, 'message').then(([message]) => message as { baseUrl: string })
  const first = await Promise.race([ready, ended])
  if (typeof first !== 'object') throw new Error(`the server process ended with ${first} before it was ready`)
  return { baseUrl: first.baseUrl, process: child, ended, kill: (signal) => child.kill(signal) }
}
