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
  readonly style: string
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

let bundle: Promise<PageBundle> | undefined

/** The files under web/ for the browser, made in memory: once a process, since they don't change while it runs. */
export function loadPageBundle(): Promise<PageBundle> {
  return (bundle ??= makeBundle())
}

async function makeBundle(): Promise<PageBundle> {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [...PAGES.map((page) => `web/${page}.tsx`), 'web/icon.svg'],
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
    loader: { '.svg': 'copy' },
  })
  const assets = await Promise.all(
    result.outputFiles.map(async ({ path, contents }) => assetOf(path, contents)),
  )
  return {
    assets: new Map(assets),
    entries: Object.fromEntries(PAGES.map((page) => [page, entryOf(result, page)])) as PageBundle['entries'],
    icon: outputOf(result, 'web/icon.svg').file,
    languages: languages(),
  }
}

async function assetOf(path: string, contents: Uint8Array): Promise<[string, PageAsset]> {
  const bytes = Buffer.from(contents)
  const name = basename(path)
  const mediaType = MEDIA_TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  return [name, { mediaType, bytes, gzipped: await promisify(gzip)(bytes) }]
}

function entryOf(result: BuildResult<{ metafile: true }>, page: PageName): PageEntry {
  const { file, style } = outputOf(result, `web/${page}.tsx`)
  return { script: file, style }
}

function outputOf({ metafile }: BuildResult<{ metafile: true }>, entryPoint: string) {
  const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === entryPoint)
  if (!found) throw new Error(`${entryPoint} was not bundled`)
  return { file: basename(found[0]), style: basename(found[1].cssBundle ?? '') }
}

function languages(): readonly string[] {
  const names = readdirSync(join(ROOT, 'web/messages')).map((file) => basename(file, '.ts'))
  return ['en', ...names.filter((name) => name !== 'en').toSorted()]
}
