import type { Logger } from 'pino'
import { DomainError } from '../errors.ts'
import { isRunning } from '../processes/process-identity.ts'
import type { RunningServer } from './embedded-server.ts'

/** Watches a server, and starts it again when it has ended by itself. */
export interface Keeper {
  /** Watches no more, and answers the server that there is then, once a restart that is under way has ended. */
  stop(): Promise<RunningServer>
}

export interface KeeperOptions {
  readonly server: RunningServer
  /** At the same socket, so that who has lost a connection finds the new server there. */
  readonly restart: () => Promise<RunningServer>
  /** Called once, when restarts don't help. */
  readonly onLost: (error: Error) => void
  readonly log: Logger
}

const WATCH_MS = 1_000
/** It ends for want of memory, by a defect or by somebody's hand: one restart mends that. What ends over and over needs a person. */
const RESTARTS_MAX = 5
const WINDOW_MS = 600_000

export function keepRunning({ server, restart, onLost, log }: KeeperOptions): Keeper {
  let current = server
  let restarting: Promise<void> | undefined
  let restarts: number[] = []
  let lastFailure: unknown

  const startAgain = async (): Promise<void> => {
    restarts = [...restarts.filter((at) => at > Date.now() - WINDOW_MS), Date.now()]
    if (restarts.length > RESTARTS_MAX) {
      clearInterval(watch)
      onLost(tooOften(lastFailure))
      return
    }
    log.warn({ restart: restarts.length }, 'embedded PostgreSQL has ended: starting it again')
    try {
      current = await restart()
      log.info({ serverPid: current.identity.pid }, 'embedded PostgreSQL runs again')
    } catch (error) {
      lastFailure = error
      log.error({ err: error }, 'embedded PostgreSQL did not start again')
    }
  }

  const watch = setInterval(() => {
    if (restarting || isRunning(current.identity)) return
    restarting = startAgain().finally(() => (restarting = undefined))
  }, WATCH_MS)

  return {
    async stop() {
      clearInterval(watch)
      await restarting
      return current
    },
  }
}

function tooOften(cause: unknown): DomainError {
  const last = cause instanceof Error ? `; at last ${cause.message}` : ''
  return new DomainError(
    'unavailable',
    `the embedded PostgreSQL ended more than ${RESTARTS_MAX} times in ${WINDOW_MS / 60_000} minutes${last}`,
    { subject: 'database', reason: 'server_failed' },
    { cause },
  )
}
