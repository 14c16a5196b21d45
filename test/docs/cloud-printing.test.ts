import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { REST_ERRORS } from '../../lib/transport/faults.ts'
import { blocksOf, withoutChance } from '../helpers/markdown-blocks.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const run = promisify(execFile)
const ROOT = new URL('../../', import.meta.url)
/** Some twenty calls and as many starts of node, on a machine that has other things to do. */
const LIMIT_MS = 90_000

describe('docs/cloud-printing.md', function () {
  this.timeout(LIMIT_MS)
  let guide: string
  let server: TestServer
  before(async () => {
    guide = await readFile(new URL('docs/cloud-printing.md', ROOT), 'utf8')
    server = await startServer()
  })
  after(() => server.stop())

  it('shows what its blocks answer when they are pasted one after the other', async () => {
    const pasted = blocksOf(guide, 'bash').join('\n')
    const env = { ...process.env, CREDENTIALS: join(server.dataDir, 'credentials.json') }
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', pasted], {
      cwd: ROOT,
      env,
      timeout: LIMIT_MS,
    })
    const shown = blocksOf(guide, 'json', 'text').join('\n').replaceAll('http://127.0.0.1:8080', server.url)
    expect(withoutIds(withoutChance(stdout))).to.equal(withoutIds(withoutChance(shown)))
  })

  it('names every error code of print jobs', () => {
    const others = new Set(['already_exists', 'conflict', 'internal_error'])
    const codes = Object.keys(REST_ERRORS).filter((code) => !others.has(code))
    expect(codes.filter((code) => !guide.includes(`\`${code}\``))).to.deep.equal([])
  })
})

function withoutIds(text: string): string {
  return text
    .replaceAll(/((?:prnt_job|prnt_stn|loc|key|doc)_)[0-9A-Za-z]{22}/g, '$1')
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uuid')
    .replaceAll(/expires=\d+&signature=[0-9a-f]{64}/g, 'signed')
    .replaceAll(/time\.\d{3}Z/g, 'time')
}
