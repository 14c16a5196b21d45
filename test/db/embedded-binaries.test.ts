import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { accountFor } from '../../lib/db/embedded-account.ts'
import { type BinariesPackage, findBinariesPackage, prepareBinaries } from '../../lib/db/embedded-binaries.ts'
import { makeReachableFolder, removeFolder } from './embedded-fixture.ts'

describe('the embedded PostgreSQL’s binaries', function () {
  this.timeout(60_000)

  let folder: string
  let original: BinariesPackage

  before(async () => {
    original = await findBinariesPackage()
  })
  beforeEach(() => {
    folder = makeReachableFolder()
  })
  afterEach(() => {
    for (const closed of ['closed', 'closed/native/lib']) {
      if (statSync(path.join(folder, closed), { throwIfNoEntry: false }))
        chmodSync(path.join(folder, closed), 0o755)
    }
    removeFolder(folder)
  })

  const prepare = (binaries: BinariesPackage) => {
    const account = accountFor(folder)
    return prepareBinaries(binaries, folder, account === 'none' ? undefined : account)
  }

  /** The package as npm leaves it with --ignore-scripts, where the account can neither pass nor add the links. */
  const closedPackage = (): BinariesPackage => {
    const native = path.join(folder, 'closed/native')
    cpSync(original.native, native, { recursive: true, verbatimSymlinks: true })
    for (const { target } of links()) rmSync(path.join(native, '..', target), { force: true })
    chmodSync(path.join(native, 'lib'), 0o555)
    chmodSync(path.join(folder, 'closed'), process.getuid?.() === 0 ? 0o700 : 0o500)
    return { version: '18.4.0', native }
  }
  const links = () =>
    JSON.parse(readFileSync(path.join(original.native, 'pg-symlinks.json'), 'utf8')) as { target: string }[]

  it('are copied once for each version where the account can’t use the package, and old copies go', async () => {
    const stale = path.join(folder, 'binaries/17.0.0')
    mkdirSync(stale, { recursive: true })
    mkdirSync(path.join(folder, 'binaries/partial-abcdef'))
    const closed = closedPackage()

    const first = await prepare(closed)
    expect(first.postgres).to.equal(path.join(folder, 'binaries/18.4.0/bin/postgres'))
    expect(first.serverVersion).to.match(/^18\.\d+$/)
    expect(readdirSync(path.join(folder, 'binaries'))).to.deep.equal(['18.4.0'])
    for (const { target } of links()) {
      const copy = path.join(folder, 'binaries/18.4.0', path.relative('native', target))
      expect(lstatSync(copy).isSymbolicLink(), target).to.equal(true)
    }

    const { ino } = statSync(first.postgres)
    expect(await prepare(closed)).to.deep.equal(first)
    expect(statSync(first.postgres).ino).to.equal(ino)
  })

  it('are refused in plain words on a platform that has none', async () => {
    const refusal = await findBinariesPackage('linux-riscv64').then(() => 'found', String)
    expect(refusal)
      .to.contain('no embedded PostgreSQL exists for linux-riscv64')
      .and.contain('set DATABASE_URL')
  })

  it('are refused in plain words on musl, whose loader is another', async () => {
    const native = path.join(folder, 'native')
    mkdirSync(path.join(native, 'bin'), { recursive: true })
    writeFileSync(path.join(native, 'bin/postgres'), '#!/lib64/no-such-loader\n', { mode: 0o755 })
    const refusal = await prepare({ version: '18.4.0', native }).then(() => 'ran', String)
    expect(refusal).to.contain('needs glibc').and.contain('Alpine').and.contain('set DATABASE_URL')
  })
})
