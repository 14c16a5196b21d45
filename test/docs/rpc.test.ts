import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { readConfig } from '../../lib/config.ts'
import { blocksOf, withoutChance } from '../helpers/markdown-blocks.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const run = promisify(execFile)
const ROOT = new URL('../../', import.meta.url)
/** Some twenty calls and as many starts of node, on a machine that has other things to do. */
const LIMIT_MS = 90_000

describe('docs/rpc.md', function () {
  this.timeout(LIMIT_MS)
  let guide: string
  let server: TestServer
  before(async () => {
    guide = await readFile(new URL('docs/rpc.md', ROOT), 'utf8')
    server = await startServer({ env: { RPC_RATE_LIMIT: '10', RPC_CONCURRENCY: '5' } })
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
    expect(withoutChance(stdout)).to.equal(withoutChance(blocksOf(guide, 'json', 'text').join('\n')))
  })

  it('names every method that is not a station’s', async () => {
    const { json } = await server.rpc.raw('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}')
    const names: readonly string[] = json.result.methods.map(({ name }: { name: string }) => name)
    const missing = names.filter((name) => !name.startsWith('packing.') && !guide.includes(`\`${name}\``))
    expect(missing).to.deep.equal([])
  })

  it('has the defaults of the limits', () => {
    const { rpcLimits } = readConfig({})
    expect(guide).to.include(
      `| requests per second, after a burst | ${rpcLimits.requestsPerSecond}, ${rpcLimits.burst} |`,
    )
    expect(guide).to.include(`| requests at once | ${rpcLimits.concurrency} |`)
  })
})
