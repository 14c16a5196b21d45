import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { fileURLToPath } from 'node:url'

/** The project's own files as text, for tests of its rules. Paths are relative to its folder, with slashes. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly imports: readonly SourceImport[]
}

export interface SourceImport {
  /** Of a file of ours its path, else the module as written: `node:fs`, `got`. */
  readonly target: string
  readonly isOurs: boolean
  /** Erased by the compiler: an `import type`, or one with nothing but types. */
  readonly isTypeOnly: boolean
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const NOT_OURS = new Set(['.git', 'node_modules', 'data', 'coverage'])
const NOT_TEXT = /\.(pdf|png|jpe?g)$/

export function readSources(): readonly SourceFile[] {
  return listFiles('')
    .filter((path) => !NOT_TEXT.test(path))
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      return { path, text, imports: /\.tsx?$/.test(path) ? importsOf(path, text) : [] }
    })
}

/** A copy of the project needn't be a clone, so git isn't asked. */
function listFiles(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return listFiles(path)
      return entry.isFile() ? [path] : []
    })
}

const IMPORT = /^(?:import|export)\s+(?:(type)\s)?(?:([^'"]*?)\sfrom\s+)?'([^']+)'/gm

function importsOf(path: string, text: string): readonly SourceImport[] {
  return [...text.matchAll(IMPORT)].map(([, type, names = '', module = '']) => {
    const isOurs = module.startsWith('.')
    const target = isOurs ? join(dirname(path), module) : module
    return { target, isOurs, isTypeOnly: type !== undefined || hasOnlyTypes(names) }
  })
}

function hasOnlyTypes(names: string): boolean {
  const inBraces = /^\{(.*)\}$/s.exec(names.trim())?.[1]
  const parts = inBraces?.split(',').map((part) => part.trim())
  return parts?.filter(Boolean).every((part) => part.startsWith('type ')) ?? false
}

/** One cycle of imports for each file that closes one; types don't count, as they are gone when the program runs. */
export function findImportCycles(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path)
    if (start >= 0) cycles.push([...way.slice(start), path].join(' → '))
    if (start >= 0 || done.has(path)) return
    for (const { target, isTypeOnly } of byPath.get(path)?.imports ?? []) {
      if (!isTypeOnly) visit(target, [...way, path])
    }
    done.add(path)
  }
  for (const { path } of files) visit(path, [])
  return cycles
}

/** Titles that a file gives to more than one test of the same `describe`. Nesting is told by the formatter's indent. */
export function findRepeatedTitles(text: string): readonly string[] {
  const stack: { indent: number; title: string }[] = []
  const seen = new Set<string>()
  const repeated: string[] = []
  for (const [, blanks = '', kind, , title = ''] of text.matchAll(
    /^( *)(describe|it)\(\s*(['"`])(.*?)\3,/gm,
  )) {
    while ((stack.at(-1)?.indent ?? -1) >= blanks.length) stack.pop()
    const full = [...stack.map((outer) => outer.title), title].join(' › ')
    if (kind === 'describe') stack.push({ indent: blanks.length, title })
    else if (seen.has(full)) repeated.push(full)
    else seen.add(full)
  }
  return repeated
}
