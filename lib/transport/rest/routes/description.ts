import { createRequire } from 'node:module'
import type { Response } from 'express'
import { createOpenApi } from '../openapi.ts'
import type { OtherAnswer } from '../rest-answer.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'

const require = createRequire(import.meta.url)

const TAG = 'Description'
const ASSETS_MAX_AGE_MS = 3_600_000

/** Everything from this server, nothing inline; swagger-ui draws its icons from data URLs. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const ASSETS: readonly { readonly name: string; readonly mediaType: string; readonly file: string }[] = [
  {
    name: 'swagger-ui.css',
    mediaType: 'text/css',
    file: require.resolve('swagger-ui-dist/swagger-ui.css'),
  },
  {
    name: 'swagger-ui-bundle.js',
    mediaType: 'text/javascript',
    file: require.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
  },
]

/** `GET /openapi.json` for programs and `GET /docs` for people, of all the routes and of these themselves. */
export function descriptionRoutes(
  described: readonly RestRoute[],
  { basePath }: { basePath: string },
): readonly RestRoute[] {
  const own: readonly RestRoute[] = [
    publicPage('/openapi.json', {
      summary: 'Describe this interface in OpenAPI',
      mediaType: 'application/json',
      send: (response) => {
        response.set('Cache-Control', 'no-store').json(openApi)
      },
    }),
    publicPage('/docs', {
      summary: 'Describe this interface to people',
      mediaType: 'text/html',
      send: (response) => sendPage(response, pageOf(basePath)),
    }),
  ]
  const openApi = createOpenApi([...described, ...own], basePath)
  const assets = ASSETS.map(({ name, mediaType, file }) =>
    publicPage(`/docs/${name}`, {
      summary: 'Part of the page',
      mediaType,
      send: (response) => response.sendFile(file, { maxAge: ASSETS_MAX_AGE_MS }),
    }),
  )
  const start = publicPage('/docs/start.js', {
    summary: 'Part of the page',
    mediaType: 'text/javascript',
    send: (response) => {
      response.set('Content-Type', 'text/javascript; charset=utf-8').send(startScript(basePath))
    },
  })
  return [...own, ...assets, start]
}

function publicPage(
  path: string,
  page: { summary: string; mediaType: string; send(response: Response): void },
): RestRoute {
  const { summary, mediaType, send } = page
  return defineRoute({
    method: 'GET',
    path,
    scope: 'public',
    summary,
    tag: TAG,
    answer: { status: 200, mediaType, description: summary },
    handle: (): Promise<OtherAnswer> => Promise.resolve({ kind: 'other', send }),
  })
}

function sendPage(response: Response, html: string): void {
  response
    .set('Content-Security-Policy', PAGE_POLICY)
    .set('Content-Type', 'text/html; charset=utf-8')
    .set('Cache-Control', 'no-store')
    .send(html)
}

function pageOf(basePath: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Packhouse API</title>
<link rel="stylesheet" href="${basePath}/docs/swagger-ui.css">
</head>
<body>
<main id="description"><noscript>This page needs JavaScript; <a href="${basePath}/openapi.json">openapi.json</a> doesn't.</noscript></main>
<script src="${basePath}/docs/swagger-ui-bundle.js"></script>
<script src="${basePath}/docs/start.js"></script>
</body>
</html>
`
}

/** Without the validator badge and the link to a hosted one: nothing is told to anybody else. */
function startScript(basePath: string): string {
  const options = {
    url: `${basePath}/openapi.json`,
    dom_id: '#description',
    deepLinking: true,
    validatorUrl: null,
    docExpansion: 'list',
  }
  return `SwaggerUIBundle(${JSON.stringify(options)})\n`
}
