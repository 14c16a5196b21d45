import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** It ends the run when a case never ends, whatever keeps the event loop busy. */
export interface Watchdog {
  /** From now on this case is judged, which takes so long at most; `told` says which. */
  watch(told: string, seconds: number): void
  /** No case is judged: a server starts, or stops. */
  rest(): void
}

/** No case may keep the event loop of the tests so long; a server and printers of the tests share it. */
const STALL_SECONDS = 40
const TOLD_LENGTH_MAX = 20_000
const BEAT_MS = 500

/**
 * What the watchdog runs: in a thread, whose loop goes on while the main one spins. It ends the processes of the run from
 * the leaves on: the servers first, then the tests, which can't catch it.
 */
const SOURCE = `
const { readdirSync, readFileSync, writeSync } = require('node:fs')
const { parentPort, workerData } = require('node:worker_threads')
const { beats, stallSeconds, runSeconds } = workerData
const startedAt = Date.now()
let told = null
let caseSeconds = Infinity
let since = Date.now()
let beat = -1
let beatAt = Date.now()
parentPort.on('message', (message) => {
  told = message.told
  caseSeconds = message.seconds
  since = Date.now()
})
parentPort.postMessage('ready')
const secondsFrom = (at) => (Date.now() - at) / 1000
setInterval(() => {
  const now = Atomics.load(beats, 0)
  if (now !== beat) {
    beat = now
    beatAt = Date.now()
  }
  if (secondsFrom(beatAt) > stallSeconds) end('the event loop of the tests stands still')
  else if (secondsFrom(since) > caseSeconds) end('a case had not ended after ' + caseSeconds + ' s')
  else if (secondsFrom(startedAt) > runSeconds) end('the fuzzing had not ended after ' + runSeconds + ' s')
}, 500)
function end(why) {
  writeSync(2, '\\n' + why + '\\n' + (told ?? 'no case was being judged') + '\\n')
  for (const pid of childrenOf(process.pid)) kill(pid, 'SIGKILL')
  kill(process.pid, 'SIGKILL')
}
function kill(pid, signal) {
  try { process.kill(pid, signal) } catch {}
}
function childrenOf(parent) {
  return readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).filter((name) => {
    try {
      const stat = readFileSync('/proc/' + name + '/stat', 'utf8')
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
    } catch { return false }
  }).map(Number)
}
`

export async function startWatchdog(runSeconds: number): Promise<Watchdog> {
  const beats = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(SOURCE, {
    eval: true,
    execArgv: [],
    workerData: { beats, stallSeconds: STALL_SECONDS, runSeconds },
  })
  await once(worker, 'message')
  worker.unref()
  setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref()
  return {
    watch: (told, seconds) => worker.postMessage({ told: told.slice(0, TOLD_LENGTH_MAX), seconds }),
    rest: () => worker.postMessage({ told: null, seconds: Infinity }),
  }
}
