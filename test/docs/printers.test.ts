import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { discoveredPrinterAnswer } from '../../schemas/printer-discovery.ts'
import { blocksOf } from '../helpers/markdown-blocks.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const run = promisify(execFile)
const ROOT = new URL('../../', import.meta.url)
const LIMIT_MS = 60_000

describe('docs/printers.md', function () {
  this.timeout(LIMIT_MS)
  let guide: string
  let server: TestServer
  before(async () => {
    guide = await readFile(new URL('docs/printers.md', ROOT), 'utf8')
    server = await startServer()
  })
  after(() => server.stop())

  it('shows what its blocks answer when they are pasted one after the other', async () => {
    const pasted = blocksOf(guide, 'bash').join('\n')
    const env = { ...process.env, CREDENTIALS: join(server.dataDir, 'credentials.json') }
    const options = { cwd: ROOT, env, timeout: LIMIT_MS }
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', pasted], options)
    expect(stdout.trimEnd().split('\n')).to.deep.equal(blocksOf(guide, 'text').join('\n').split('\n'))
  })

  it('shows a printer of the network with every member that it has', () => {
    const [shown = ''] = blocksOf(guide, 'jsonc')
    expect(Object.keys(JSON.parse(shown))).to.deep.equal(discoveredPrinterAnswer.required)
  })
})
