import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'
import type { DeliveryCheckpoint } from '../../lib/webhooks/webhook-delivery.ts'
import type { PrintingTiming } from '../../lib/printing.ts'
import { eventually } from './eventually.ts'

export interface ServerProcess {
  readonly baseUrl: string
  readonly process: ChildProcess
  /** Resolves with the signal or the code that ended it. */
  readonly ended: Promise<NodeJS.Signals | number>
  /** The next job that comes to that step stays there. Resolves when that is heard. */
  hold(step: DispatcherStep): Promise<void>
  /** Resolves when a job has come there. */
  held(step: DispatcherStep): Promise<void>
  /** Lets them all go on, and holds none any more. */
  release(): void
  kill(signal: NodeJS.Signals): void
}

type FatalStep = DispatcherStep | `webhook ${Parameters<DeliveryCheckpoint>[0]}` | 'none'

/** Another server process on that database, as an operator would start one beside the first. */
export async function startServerProcess(
  env: Readonly<Record<string, string>>,
  fatalStep: FatalStep = 'none',
  printingTiming: Partial<PrintingTiming> = {},
): Promise<ServerProcess> {
  const script = fileURLToPath(new URL('./fault-child.ts', import.meta.url))
  const child = fork(script, [fatalStep, JSON.stringify(printingTiming)], {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', PRINTER_PORTS: '1-65535', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number)
  const ready = once(child, 'message').then(([message]) => message as { baseUrl: string })
  const first = await Promise.race([ready, ended])
  if (typeof first !== 'object') throw new Error(`the server process ended with ${first} before it was ready`)
  const heard = new Map<string, number>()
  child.on('message', (message) => {
    const key = JSON.stringify(message)
    heard.set(key, (heard.get(key) ?? 0) + 1)
  })
  const hear = async (message: object): Promise<void> => {
    const key = JSON.stringify(message)
    await eventually(`the server process says ${key}`, () => ((heard.get(key) ?? 0) > 0 ? true : undefined))
    heard.delete(key)
  }
  return {
    baseUrl: first.baseUrl,
    process: child,
    ended,
    async hold(step) {
      child.send({ hold: step })
      await hear({ armed: step })
    },
    held: (step) => hear({ held: step }),
    release: () => void child.send('go'),
    kill: (signal) => child.kill(signal),
  }
}
