import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'

/** What a process that runs `work` with its `log` has written when it has ended. */
async function written(work: string): Promise<readonly string[]> {
  const log = new URL('../lib/process-log.ts', import.meta.url).href
  const source = `import { createProcessLog } from '${log}'\nconst log = createProcessLog('info')\n${work}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await once(child, 'close')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { msg: string }).msg)
}

const KILLED = `process.kill(process.pid, 'SIGKILL')`

describe('the log of the process', () => {
  it('is whole when the process ends, also by an exit in the middle', async () => {
    expect(await written(`log.info('one'); log.debug('not told'); log.info('two')`)).to.deep.equal([
      'one',
      'two',
    ])
    expect(await written(`log.info('one'); process.exit(3)`)).to.deep.equal(['one'])
  })

  it('has what warned, and all before it, even of a process that is killed', async () => {
    expect(await written(`log.info('one'); log.warn('two'); ${KILLED}`)).to.deep.equal(['one', 'two'])
    expect(await written(`log.info('one'); log.child({ a: 1 }).error('two'); ${KILLED}`)).to.deep.equal([
      'one',
      'two',
    ])
  })

  it('has lines of information a moment later', async () => {
    const wait = `setInterval(() => undefined, 1_000)`
    const told = `log.info('one'); setTimeout(() => { ${KILLED} }, 1_000); ${wait}`
    expect(await written(told)).to.deep.equal(['one'])
  })

  it('keeps the order of more lines than are written together', async () => {
    const lines = await written(`for (let n = 0; n < 500; n += 1) log.info(String(n))`)
    expect(lines).to.deep.equal(Array.from({ length: 500 }, (_, n) => String(n)))
  })
})
