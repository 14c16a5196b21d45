import { type RequestHandler, type Response, Router } from 'express'
import { html } from './html.ts'
import type { PageAsset, PageBundle, PageName } from './page-bundle.ts'

/** Everything from this server and nothing inline; pictures are data that a script has fetched with the session. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PATHS: Readonly<Record<PageName, string>> = { home: '/', pack: '/pack', floor: '/floor' }
/** A name stands for the same bytes for ever. */
const ASSET_CACHING = 'public, max-age=31536000, immutable'

/** The pages of contracts/packing.md, "The pages in the browser": shells, since whatever they show comes by the interfaces. */
export function floorPages(bundle: PageBundle, basePath: string): Router {
  const router = Router({ caseSensitive: true })
  for (const [page, path] of Object.entries(PATHS) as [PageName, string][]) {
    router.get(path, sendPage(bundle, page, basePath))
  }
  router.get('/assets/:name', (request, response, next) => {
    const asset = bundle.assets.get(request.params.name)
    if (!asset) return next()
    sendAsset(response, asset, request.acceptsEncodings('gzip') === 'gzip')
  })
  return router
}

function sendPage(bundle: PageBundle, page: PageName, basePath: string): RequestHandler {
  return (request, response) => {
    const language = request.acceptsLanguages([...bundle.languages]) || 'en'
    response
      .set('Content-Security-Policy', PAGE_POLICY)
      .set('Content-Type', 'text/html; charset=utf-8')
      .set('Cache-Control', 'no-cache')
      .vary('Accept-Language')
      .send(pageOf(bundle, page, { basePath, language }))
  }
}

/** Something is drawn without any script: browsers drop the keys of a page that has shown nothing yet. */
function pageOf(
  { entries, icon }: PageBundle,
  page: PageName,
  { basePath, language }: { readonly basePath: string; readonly language: string },
): string {
  const { script, style, early } = entries[page]
  return html`<!doctype html>
<html lang="${language}" data-theme="light" data-base="${basePath}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Packhouse</title>
<link rel="icon" href="${basePath}/assets/${icon}">
${early === null ? [] : html`<script src="${basePath}/assets/${early}"></script>`}
<link rel="stylesheet" href="${basePath}/assets/${style}">
<script type="module" src="${basePath}/assets/${script}"></script>
</head>
<body class="${page}">
<div id="page"><header class="top"><a class="brand" href="${basePath}/">Packhouse</a></header></div>
<noscript><p>This page needs JavaScript. The interfaces don't: <a href="${basePath}/docs">docs</a>.</p></noscript>
</body>
</html>
`.html
}

function sendAsset(response: Response, { mediaType, bytes, gzipped }: PageAsset, isGzipTaken: boolean): void {
  response.set('Content-Type', mediaType).set('Cache-Control', ASSET_CACHING).vary('Accept-Encoding')
  if (isGzipTaken) response.set('Content-Encoding', 'gzip')
  response.end(isGzipTaken ? gzipped : bytes)
}
