import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { requirePeer } from './helpers/peers.ts'
import { startServer, type TestServer } from './helpers/server.ts'

const run = promisify(execFile)
const ROOT = new URL('../', import.meta.url)
/** Twenty starts of node, on a machine that has other things to do. */
const LIMIT_MS = 90_000

describe('the walk-through as a script', function () {
  this.timeout(LIMIT_MS)
  let server: TestServer
  let output: string
  before(async () => {
    server = await startServer()
    output = await bash(server, ['examples/walk-through.sh'])
  })
  after(() => server.stop())

  it('takes a label from an instruction to a virtual printer', async () => {
    const [instruction] = await server.rpc.call('order_instruction.list', ['100000309'])
    expect(instruction).to.include({ file_name: 'amazon_fba_3425232.pdf', copies_printed: '1' })
    expect(instruction.confirmations).to.have.length(1)

    const folder = join(server.dataDir, 'virtual-printers', 'Label')
    const [kept = '', ...more] = (await readdir(folder)).filter((name) => name.endsWith('.pdf'))
    expect(more).to.deep.equal([])
    expect(output).to.include(join(folder, kept))
    const label = await readFile(new URL('examples/amazon-fba-label.pdf', ROOT))
    expect(await readFile(join(folder, kept))).to.deep.equal(label)
  })

  it('prints a barcode that a scanner reads', async function () {
    requirePeer(this, 'zbarimg', 'zbar-tools')
    const picture = output.split('\n').find((line) => line.endsWith('.png')) ?? ''
    const { stdout } = await run('zbarimg', ['--quiet', picture], { timeout: LIMIT_MS })
    expect(stdout.trim()).to.equal('CODE-128:FBA15K3X9QWLU000001')
  })
})

describe('the walk-through in the README', function () {
  this.timeout(LIMIT_MS)
  let readme: string
  before(async () => {
    readme = await readFile(new URL('README.md', ROOT), 'utf8')
  })

  it('answers what is shown when its blocks are pasted one after the other', async () => {
    const server = await startServer()
    try {
      const pasted = blocksOf(readme, 'bash').join('\n')
      const output = await bash(server, ['-euo', 'pipefail', '-c', pasted])
      const shown = [...blocksOf(readme, 'json'), ...blocksOf(readme, 'text')].join('\n')
      expect(withoutChance(output.replaceAll(server.dataDir, 'data'))).to.equal(withoutChance(shown))
    } finally {
      await server.stop()
    }
  })

  it('has the commands of the script', async () => {
    const script = await readFile(new URL('examples/walk-through.sh', ROOT), 'utf8')
    const places = blocksOf(readme, 'bash').map((block) => script.indexOf(`\n${block}\n`))
    expect(places).to.have.length.greaterThan(0)
    expect(places).to.not.include(-1)
    expect(places).to.deep.equal(places.toSorted((one, other) => one - other))
  })
})

/** Runs it in the project's folder, as the README says, with the keys of that server. */
async function bash(server: TestServer, args: readonly string[]): Promise<string> {
  const env = { ...process.env, CREDENTIALS: join(server.dataDir, 'credentials.json') }
  const { stdout } = await run('bash', args, { cwd: ROOT, env, timeout: LIMIT_MS })
  return stdout
}

function blocksOf(markdown: string, language: string): readonly string[] {
  const fenced = new RegExp(`^\`\`\`${language}\\n(.*?)\\n\`\`\`$`, 'gms')
  return [...markdown.matchAll(fenced)].map((match) => match[1] ?? '')
}

/** Ids and times differ from run to run; numbers of confirmations rise, with gaps where one was tried anew. */
function withoutChance(output: string): string {
  return output
    .trim()
    .replaceAll(/(prnt_\w+?_)[0-9A-Za-z]{22}/g, '$1…')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uuid')
    .replaceAll(/("confirmed_id": )"\d+"/g, '$1"n"')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?/g, 'time')
}
