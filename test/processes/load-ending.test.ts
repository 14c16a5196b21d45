import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'

const ENDING = new URL('../load/run-to-the-end.ts', import.meta.url).href
const RUNNING = new URL('../../bench/running.ts', import.meta.url).href
const FOREVER = 'await new Promise(() => undefined)'

describe('the end of npm run test:load', () => {
  it('stops what it started, whether all was kept or not', async () => {
    expect(await ended('return true')).to.include({ code: 0, isRunning: false })
    expect(await ended('return false')).to.include({ code: 1, isRunning: false })
  })

  it('stops what it started, and is 1, when something is thrown in the work, in a listener, or by a promise of nobody', async () => {
    for (const thrown of [
      `throw new Error('unreadable')`,
      `setImmediate(() => { throw new Error('unreadable') }); ${FOREVER}`,
      `void Promise.reject(new Error('unreadable')); ${FOREVER}`,
    ]) {
      const end = await ended(thrown)
      expect(end, thrown).to.include({ code: 1, isRunning: false })
      expect(end.said, thrown).to.include('Error: unreadable')
    }
  })

  it('stops what it started, and is 1, at a signal, which may come twice', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const end = await ended(FOREVER, signal)
      expect(end, signal).to.include({ code: 1, isRunning: false })
      expect(end.said).to.equal(`${signal}: stopping what was started\n`)
    }
  })

  it('starts nothing any more once it is broken off', async () => {
    const end = await ended(
      `setTimeout(() => { throw new Error('unreadable') }); for (;;) { await new Promise(setImmediate); goesOn() }`,
    )
    expect(end).to.include({ code: 1, isRunning: false })
  })

  it('is 1 when something can not be stopped', async () => {
    const end = await ended(`noteRunning(() => Promise.reject(new Error('stuck'))); return true`)
    expect(end).to.include({ code: 1, isRunning: false })
    expect(end.said).to.include('stuck')
  })
})

/** A test that starts a program which would run on, and then does that. Whether that program still runs when it has ended. */
async function ended(work: string, signal?: NodeJS.Signals) {
  const program = `
    import { spawn } from 'node:child_process'
    import { once } from 'node:events'
    import { assertGoesOn as goesOn, noteRunning } from ${JSON.stringify(RUNNING)}
    import { runToTheEnd } from ${JSON.stringify(ENDING)}
    const work = async () => {
      const started = spawn('sleep', ['600'], { stdio: 'ignore' })
      const gone = once(started, 'exit')
      noteRunning(async () => { started.kill(); await gone })
      console.log(started.pid)
      ${work}
    }
    setInterval(() => undefined, 1_000)
    await runToTheEnd(() => ({ limitMs: 600_000, isKept: work() }))`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [printed, said] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const closed = once(child, 'close')
  if (signal) {
    await eventually('it has begun', () => printed !== '' || undefined)
    for (const _ of ['once', 'and again']) child.kill(signal)
  }
  const [code] = (await closed) as [number | null]
  return { code, said, isRunning: isRunning(Number(printed)) }
}

function isRunning(pid: number): boolean {
  expect(pid).to.be.above(0)
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
