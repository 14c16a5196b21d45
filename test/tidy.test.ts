import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { findImportCycles, findRepeatedTitles, readSources, type SourceFile } from './helpers/source-tree.ts'

const LINES_MAX = 300
/** A table of cases reads better in one piece. */
const TEST_LINES_MAX = 600

/** Where a library may be imported, so that replacing it touches one place. Types don't count. */
const HOMES: Readonly<Record<string, RegExp>> = {
  '@hyzyla/pdfium': /^lib\/rendering\//,
  '@preact/signals': /^web\//,
  preact: /^web\//,
  ajv: /^lib\/transport\//,
  'bonjour-service': /^lib\/delivery\//,
  'content-disposition': /^lib\/egress\//,
  esbuild: /^lib\/transport\/pages\//,
  express: /^lib\/transport\//,
  'file-type': /^lib\/rendering\//,
  got: /^lib\/egress\//,
  helmet: /^lib\/transport\//,
  'ipaddr.js': /^lib\/egress\//,
  jayson: /^lib\/transport\/rpc\//,
  knex: /^lib\/db\//,
  'pdf-lib': /^(lib\/rendering|examples)\//,
  pg: /^lib\/db\//,
  pino: /^(lib\/process-log|bin\/packhouse)\.ts$/,
  'pino-http': /^lib\/transport\//,
  piscina: /^lib\/(rendering|delivery)\//,
  'prom-client': /^lib\/(packhouse\.ts$|transport\/)/,
  'raw-body': /^lib\/transport\//,
  sharp: /^lib\/rendering\//,
  ws: /^lib\/transport\//,
  'zxing-wasm': /^lib\/rendering\//,
}

/** The files that build the server from its parts and know all of them. */
const COMPOSITION = /^lib\/(main|packhouse|printing|services|first-start)\.ts$/
/** What documents, printers and foreign servers are handled with; services call it, it calls none. */
const TOOLS = /^lib\/(rendering|delivery|egress)\//
/** What PostgreSQL can hold, and which of its errors mean what: no connection is needed to know. */
const PURE_OF_DB = /^lib\/db\/(storable-text|database-availability)\.ts$/
/** Decisions that are tested as tables and properties. */
const PURE = ['lib/packing/due-engine.ts', 'lib/printers/routing.ts', 'lib/print-jobs/job-state.ts']
/** Said once here, in pieces, so that this file doesn't break its own rule. */
const WORKPLACE = [`/${'work'}/`, `/${'tmp'}/`, `/${'root'}/`, `/${'farm'}/`]
const UNFINISHED = ['TO' + 'DO', 'FIX' + 'ME', 'not implemented', 'place' + 'holder', 'for ' + 'now']
const MACHINES = [
  'clau' + 'de',
  'anthro' + 'pic',
  'open' + 'ai',
  'chat' + 'gpt',
  'co' + 'pilot',
  'sub' + 'agent',
]

const files = readSources()
const code = files.filter(({ path }) => /\.tsx?$/.test(path))
const lib = code.filter(({ path }) => path.startsWith('lib/'))
/** Measurements stand beside the product, as tests do: they use what they are compared with. */
const product = code.filter(({ path }) => !/^(test|bench)\//.test(path))
const stores = lib.filter(({ path }) => path.endsWith('-store.ts'))
const tests = code.filter(({ path }) => path.endsWith('.test.ts'))
const methods = lib.filter(({ path }) => path.startsWith('lib/transport/rpc/methods/'))

describe('the arrows between the parts', () => {
  it('lead into the transports from the files that build the server alone', () => {
    const inner = lib.filter(({ path }) => !isTransport(path) && !COMPOSITION.test(path))
    none(importing(inner, (target) => isTransport(target)))
  })

  it('lead from the transports to services, not to stores, transactions or drivers', () => {
    const transport = lib.filter(({ path }) => isTransport(path))
    const isBelow = (target: string) =>
      target.endsWith('-store.ts') ||
      (target.startsWith('lib/db/') && !PURE_OF_DB.test(target)) ||
      TOOLS.test(target)
    none(importing(transport, isBelow))
  })

  it("lead to a store from its own noun's folder, the first start and the seeds", () => {
    const isForeign = (target: string, { path }: SourceFile) =>
      target.endsWith('-store.ts') && folderOf(target) !== folderOf(path)
    none(
      importing(
        lib.filter(({ path }) => path !== 'lib/first-start.ts'),
        isForeign,
      ),
    )
  })

  it('lead from a store to no service and no tool', () => {
    none(importing(stores, (target) => target.endsWith('-service.ts') || TOOLS.test(target)))
  })

  it('lead from the database, the drivers, the workers and the egress to no service', () => {
    const below = lib.filter(({ path }) => path.startsWith('lib/db/') || TOOLS.test(path))
    none(importing(below, (target) => /-(service|store)\.ts$/.test(target) || COMPOSITION.test(target)))
  })

  it('lead from config.ts and errors.ts to parsers alone', () => {
    const leaves = lib.filter(({ path }) => ['lib/config.ts', 'lib/errors.ts'].includes(path))
    none(importing(leaves, (target) => !/^lib\/(config-values|egress\/egress-allow)\.ts$/.test(target)))
  })

  it('form no cycle', () => {
    none(findImportCycles(code))
  })
})

describe('what only one place may do', () => {
  it('SQL is in stores, in lib/db, in migrations and in seeds', () => {
    const others = lib.filter(({ path }) => !path.endsWith('-store.ts') && !path.startsWith('lib/db/'))
    const sql =
      /\b(db|trx|knex)\.raw\(|\b(db|trx|knex)\(['"`]|\bquery(One)?(<[^(]*>)?\(\s*(db|trx)\b|['"`]\s*(select|insert into|update \w+\s+set|delete from)\s/
    none(matching(others, sql))
  })

  it('transactions are opened by services, in lib/db and at the first start', () => {
    const others = lib.filter(
      ({ path }) => !/(-service|^lib\/first-start)\.ts$/.test(path) && !path.startsWith('lib/db/'),
    )
    none(matching(others, /\binTransaction\(|\binOneGo\b.*\(|\.transaction\(/))
  })

  it('stores take the database first, and so can not tell a pool from a transaction', () => {
    const functions = /^export async function \w+(<[^(]*>)?\((?!\s*(db|trx): Db\b)/m
    none(matching(stores, functions))
  })

  it('the numbers of JSON-RPC are in the transports', () => {
    none(
      matching(
        lib.filter(({ path }) => !isTransport(path)),
        /-32[_\d]\d{2,3}\b/,
      ),
    )
  })

  it('each outside library has one home', () => {
    const astray = product.flatMap(({ path, imports }) =>
      imports
        .filter(({ target, isOurs, isTypeOnly }) => !isOurs && !isTypeOnly && HOMES[packageOf(target)])
        .filter(({ target }) => !HOMES[packageOf(target)]?.test(path))
        .map(({ target }) => `${path} imports ${target}`),
    )
    none(astray)
  })

  it('the environment is read by readConfig', () => {
    const others = product.map(({ path, text }) => ({
      path,
      text: text.replaceAll('readConfig(process.env)', ''),
    }))
    none(matching(others, /process\.env/))
  })

  it('decisions that are pure import neither I/O nor services', () => {
    const isImpure = (target: string) =>
      target.startsWith('node:') || target.startsWith('lib/db/') || /-(service|store)\.ts$/.test(target)
    const pure = lib.filter(({ path }) => PURE.includes(path))
    expect(pure).to.have.length(PURE.length)
    none(
      pure.flatMap(({ path, imports }) =>
        imports
          .filter(({ target, isTypeOnly }) => !isTypeOnly && isImpure(target))
          .map(({ target }) => `${path} imports ${target}`),
      ),
    )
  })
})

describe('names and sizes', () => {
  it(`no file has more than ${LINES_MAX} lines, or ${TEST_LINES_MAX} if it is a test`, () => {
    const long = code.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    const limitOf = (path: string) => (path.startsWith('test/') ? TEST_LINES_MAX : LINES_MAX)
    none(long.flatMap(({ path, lines }) => (lines > limitOf(path) ? [`${path}: ${lines} lines`] : [])))
  })

  it('files of code are in kebab-case', () => {
    none(pathsOf(code).filter((path) => !/^([a-z0-9-]+\/)*[a-z0-9-]+(\.test)?\.tsx?$/.test(path)))
  })

  it('no file of lib is named after nothing in particular', () => {
    none(pathsOf(lib).filter((path) => /\b(utils?|helpers?|common|misc|index)\b/.test(path)))
  })

  it('nothing is exported as default but the configuration of knex', () => {
    none(
      matching(
        code.filter(({ path }) => path !== 'knexfile.ts'),
        /^export default\b/m,
      ),
    )
  })

  it('no file passes on all that another one exports', () => {
    none(matching(code, /^export (type )?\*/m))
  })

  it('constraints and indexes are named, since code matches on their names', () => {
    const migrations = code.filter(({ path }) => path.startsWith('migrations/'))
    const unnamed =
      /^(?!.*\bconstraint \w+).*\b(primary key|references|check ?\(|unique ?\().*|\bcreate (unique )?index on\b.*/
    none(
      migrations.flatMap(({ path, text }) =>
        sqlDefinitions(text)
          .filter((definition) => unnamed.test(definition))
          .map((definition) => `${path}: ${definition}`),
      ),
    )
  })
})

describe('one stem for each RPC method', () => {
  const resourceMethods = methods.flatMap(({ path, text }) => {
    const name = /^ +path: '([a-z_]+\.[a-z_]+)',$/m.exec(text)?.[1]
    return name === undefined ? [] : [{ path, name, stem: name.replaceAll(/[._]/g, '-') }]
  })

  it('names the file of the method', () => {
    const astray = resourceMethods.filter(({ path, stem }) => !path.endsWith(`/${stem}.ts`))
    none(astray.map(({ path, name }) => `${path} holds ${name}`))
  })

  it('names its schema', () => {
    const missing = resourceMethods.map(({ stem }) => `schemas/${stem}.ts`)
    none(missing.filter((path) => !pathsOf(code).includes(path)))
  })

  it('names its test', () => {
    const missing = resourceMethods.map(({ stem }) => `test/rpc/${stem}.test.ts`)
    none(missing.filter((path) => !pathsOf(tests).includes(path)))
  })

  it('is in the table of contents', () => {
    const contents = lib.find(({ path }) => path === 'lib/transport/rpc/methods.ts')?.imports ?? []
    const listed = new Set(contents.map(({ target }) => target))
    none(pathsOf(methods).filter((path) => !listed.has(path)))
  })
})

describe('tests and the repository', () => {
  it('no file gives two tests the same title', () => {
    none(tests.flatMap(({ path, text }) => findRepeatedTitles(text).map((title) => `${path}: ${title}`)))
  })

  it('no test is skipped or exclusive by its own words', () => {
    none(matching(tests, /^ *(describe|context|it)\.(only|skip)\(|^ *x(it|describe)\(/m))
  })

  it('every variable of the environment is in docs/running.md, and no other', () => {
    const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? ''
    const read = [...textOf('lib/config.ts').matchAll(/\.value\(\s*'([A-Z_]+)'/g)].map((match) => match[1])
    const rows = textOf('docs/running.md')
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+`/.test(line))
    const told = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/[A-Z_]+/g)].map(([name]) => name),
    )
    expect(told.toSorted()).to.deep.equal(read.toSorted())
  })

  it('links of documents lead to files that are there', () => {
    const documents = files.filter(({ path }) => path.endsWith('.md'))
    const links = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)|src="([^"]+)"/g)].map((match) => ({
        path,
        target: match[1] ?? match[2] ?? '',
      })),
    )
    const isThere = (path: string, target: string) =>
      existsSync(new URL(target, new URL(`../${path}`, import.meta.url)))
    none(
      links
        .filter(({ path, target }) => !isThere(path, target))
        .map(({ path, target }) => `${path}: ${target}`),
    )
  })

  it('the lock file names no download address', () => {
    const lock = files.filter(({ path }) => path === 'package-lock.json')
    expect(lock).to.have.length(1)
    none(matching(lock, /"resolved": "http/))
  })

  it('nothing is left unfinished, and nothing names a machine that the project was made on', () => {
    const prose = files.filter(({ path }) => path !== 'package-lock.json' && path !== 'test/tidy.test.ts')
    const shipped = prose
      .filter(({ path }) => !/^(\.ci|test)\//.test(path))
      // Of HTML's attribute that word is the name.
      .map(({ path, text }) => ({
        path,
        text: path.startsWith('web/') ? text.replaceAll('place' + 'holder', '') : text,
      }))
    const words = (list: readonly string[]) => new RegExp(list.join('|'), 'i')
    none([
      ...matching(prose, words(MACHINES)),
      ...matching(shipped, new RegExp(UNFINISHED.map((word) => `\\b${word}\\b`).join('|'))),
      ...matching(shipped, words(WORKPLACE)),
    ])
  })
})

function none(offenders: readonly string[]): void {
  expect(offenders.join('\n')).to.equal('')
}

function pathsOf(sources: readonly SourceFile[]): readonly string[] {
  return sources.map(({ path }) => path)
}

function isTransport(path: string): boolean {
  return path.startsWith('lib/transport/')
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

/** `jayson/promise/index.js` is of `jayson`, `@hyzyla/pdfium/web` of `@hyzyla/pdfium`. */
function packageOf(module: string): string {
  return /^(@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module
}

/** Imports that run, of our own files. */
function importing(
  sources: readonly SourceFile[],
  isWrong: (target: string, from: SourceFile) => boolean,
): readonly string[] {
  return sources.flatMap((file) =>
    file.imports
      .filter(({ target, isOurs, isTypeOnly }) => isOurs && !isTypeOnly && isWrong(target, file))
      .map(({ target }) => `${file.path} imports ${target}`),
  )
}

/** The first line of each file in which the pattern occurs. */
function matching(sources: readonly Pick<SourceFile, 'path' | 'text'>[], pattern: RegExp): readonly string[] {
  return sources.flatMap(({ path, text }) => {
    const at = text.search(pattern)
    return at < 0
      ? []
      : [`${path}:${text.slice(0, at).split('\n').length}: ${text.slice(at, at + 60).split('\n')[0]}`]
  })
}

/** The statements in a migration's template literals, one column or constraint each. */
function sqlDefinitions(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]*)`/g)].flatMap((match) =>
    (match[1] ?? '').split(/[,;]\n/).map((definition) => definition.replaceAll(/\s+/g, ' ').trim()),
  )
}
