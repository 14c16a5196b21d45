import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** It ends the run when a case never ends, whatever keeps the event loop busy. */
export interface Watchdog {
  /** From now on that part judges this case, which takes so long at most; `told` says which. */
  watch(part: string, told: string, seconds: number): void
  /** That part judges none. */
  rest(part: string): void
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
const judged = new Map()
let beat = -1
let beatAt = Date.now()
parentPort.on('message', (message) => {
  if (message.told === null) judged.delete(message.part)
  else judged.set(message.part, { ...message, since: Date.now() })
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
  for (const { told, seconds, since } of judged.values())
    if (secondsFrom(since) > seconds) end('a case had not ended after ' + seconds + ' s', told)
  if (secondsFrom(startedAt) > runSeconds) end('the fuzzing had not ended after ' + runSeconds + ' s')
}, 500)
function end(why, told = [...judged.values()].map((each) => each.told).join('\\n') || 'no case was being judged') {
  writeSync(2, '\\n' + why + '\\n' + told + '\\n')
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
    watch: (part, told, seconds) =>
      worker.postMessage({ part, told: told.slice(0, TOLD_LENGTH_MAX), seconds }),
    rest: (part) => worker.postMessage({ part, told: null }),
  }
}
