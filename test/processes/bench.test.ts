import { expect } from 'chai'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments } from '../../bench/arguments.ts'
import { eventually } from '../helpers/eventually.ts'

const COMMAND = fileURLToPath(new URL('../../bench/run.ts', import.meta.url))

/** tsx translates everything anew in a folder that is empty. */
const START_MS_MAX = 60_000

interface Ended {
  readonly code: number | null
  readonly printed: string
}

describe('npm run bench', () => {
  let folder: string
  const children: ChildProcess[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ph-'))
    // PostgreSQL's own account works in it.
    await chmod(folder, 0o755)
  })
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    }
    await rm(folder, { recursive: true, force: true })
  })

  function start(words: readonly string[], path = process.env['PATH'] ?? '') {
    const child = spawn(process.execPath, ['--import', 'tsx', COMMAND, ...words], {
      env: { PATH: path, TMPDIR: folder },
    })
    children.push(child)
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, printed }))
    return { child, ended }
  }

  /** tsx keeps what it has translated in the same place. */
  const foldersOf = async () => (await readdir(folder)).filter((name) => name.startsWith('packhouse-'))

  it('skips a suite whose program is missing, names its package, runs the others, and ends with 1', async () => {
    const words = ['--rounds=1', '--ms=1', 'rendering', 'paper', 'receipts']
    const { code, printed } = await start(words, '/nonexistent').ended
    expect(code).to.equal(1)
    expect(printed).to.match(/^## rendering: skipped: pdftoppm not found .*poppler-utils\)$/m)
    // Where cupsd is installed and this isn't root, that is the reason.
    expect(printed).to.match(/^## paper: skipped: .*(cups-client|root)/m)
    expect(printed).to.match(/^\| Packhouse, from the parsed document .* × \|$/m)
  })

  it('says what it was asked for and doesn’t know, without a stack, and ends with 2', async () => {
    const { code, printed } = await start(['reciepts']).ended
    expect(code).to.equal(2)
    expect(printed).to.contain('no suite is named reciepts').and.contain('receipts, rpc, rest')
    expect(printed).not.to.contain('    at ')
    for (const word of ['--rounds=0', '--ms=fast', '--rows=5000001', '--speed=9', '--ms'])
      expect(readArguments([word]))
        .to.have.property('mistake')
        .that.contains(word.split('=')[0])
  })

  it('leaves neither PostgreSQL nor a folder behind when it is interrupted, however often', async () => {
    const { child, ended } = start(['--rounds=1', '--ms=1', 'rest'])
    const postmaster = await eventually(
      'a start of PostgreSQL',
      async () => {
        const [name = ''] = await foldersOf()
        const text = await readFile(join(folder, name, 'postgres', 'postmaster.pid'), 'latin1').catch(
          () => '',
        )
        return Number(text.split('\n')[0]) || undefined
      },
      START_MS_MAX,
    )
    child.kill('SIGINT')
    child.kill('SIGINT')
    const { code, printed } = await ended
    expect(printed).to.contain('SIGINT: stopping what was started')
    expect(code).to.equal(130)
    expect(() => process.kill(postmaster, 0)).to.throw('ESRCH')
    expect(await foldersOf()).to.deep.equal([])
  })
})
