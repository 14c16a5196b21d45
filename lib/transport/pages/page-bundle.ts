import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type BuildResult, build } from 'esbuild'

export const PAGES = ['home', 'pack', 'floor'] as const
export type PageName = (typeof PAGES)[number]

export interface PageAsset {
  readonly mediaType: string
  readonly bytes: Buffer
  readonly gzipped: Buffer
}

export interface PageBundle {
  /** By file name, which changes with the content. */
  readonly assets: ReadonlyMap<string, PageAsset>
  readonly entries: Readonly<Record<PageName, PageEntry>>
  readonly icon: string
  /** One for each catalogue in web/messages; English is the first. */
  readonly languages: readonly string[]
}

export interface PageEntry {
  readonly script: string
  /** Runs before anything is drawn; null: nothing needs to. */
  readonly early: string | null
  readonly style: string
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** For a page with a scan field: what is scanned while it loads. */
const EARLY = 'web/early-keys.ts'

type Bundled = BuildResult<{ metafile: true }>

let bundle: Promise<PageBundle> | undefined

/** The files under web/ for the browser, made in memory: once a process, since they don't change while it runs. */
export function loadPageBundle(): Promise<PageBundle> {
  return (bundle ??= makeBundle())
}

const COMMON = {
  absWorkingDir: ROOT,
  outdir: 'assets',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  target: 'es2022',
  minify: true,
  metafile: true,
  write: false,
  logLevel: 'silent',
} as const

async function makeBundle(): Promise<PageBundle> {
  const pages = await build({
    ...COMMON,
    entryPoints: [...PAGES.map((page) => `web/${page}.tsx`), 'web/icon.svg'],
    splitting: true,
    format: 'esm',
    loader: { '.svg': 'copy' },
  })
  // A module would wait for the page to be read.
  const early = await build({ ...COMMON, entryPoints: [EARLY], format: 'iife' })
  const files = [...pages.outputFiles, ...early.outputFiles]
  const assets = await Promise.all(files.map(async ({ path, contents }) => assetOf(path, contents)))
  const earlyOf = (page: PageName) => (page === 'pack' ? outputOf(early, EARLY).file : null)
  const entries = PAGES.map((page) => [page, { ...entryOf(pages, page), early: earlyOf(page) }])
  return {
    assets: new Map(assets),
    entries: Object.fromEntries(entries) as PageBundle['entries'],
    icon: outputOf(pages, 'web/icon.svg').file,
    languages: languages(),
  }
}

async function assetOf(path: string, contents: Uint8Array): Promise<[string, PageAsset]> {
  const bytes = Buffer.from(contents)
  const name = basename(path)
  const mediaType = MEDIA_TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  return [name, { mediaType, bytes, gzipped: await promisify(gzip)(bytes) }]
}

function entryOf(result: Bundled, page: PageName): Omit<PageEntry, 'early'> {
  const { file, style } = outputOf(result, `web/${page}.tsx`)
  return { script: file, style }
}

function outputOf({ metafile }: Bundled, entryPoint: string) {
  const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === entryPoint)
  if (!found) throw new Error(`${entryPoint} was not bundled`)
  return { file: basename(found[0]), style: basename(found[1].cssBundle ?? '') }
}

function languages(): readonly string[] {
  const names = readdirSync(join(ROOT, 'web/messages')).map((file) => basename(file, '.ts'))
  return ['en', ...names.filter((name) => name !== 'en').toSorted()]
}
