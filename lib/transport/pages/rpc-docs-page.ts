import { createHash } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { OpenRpcDocument, OpenRpcMethod } from '../rpc/openrpc.ts'
import { type Html, html } from './html.ts'
import { methodSection } from './rpc-docs-method.ts'
import { RPC_DOCS_STYLE } from './rpc-docs-style.ts'

/** One style sheet, known by its hash; no script, no picture, nothing from elsewhere. */
const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(RPC_DOCS_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** `GET /docs/rpc`: what `rpc.discover` answers, for people. */
export function rpcDocsPage(describe: () => OpenRpcDocument): RequestHandler {
  return (_request, response) => {
    response
      .set('Content-Security-Policy', PAGE_POLICY)
      .set('Content-Type', 'text/html; charset=utf-8')
      .set('Cache-Control', 'no-store')
      .send(renderRpcDocs(describe()))
  }
}

export function renderRpcDocs({ info, servers, methods }: OpenRpcDocument): string {
  const url = servers[0]?.url ?? ''
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} JSON-RPC</title>
<style>${{ html: RPC_DOCS_STYLE }}</style>
</head>
<body>
<div class="frame">
<nav aria-label="Methods">${navigation(methods)}
</nav>
<main>
<h1>${info.title} JSON-RPC</h1>
<p>${withoutBackticks(info.description)}</p>
<p>Every method as data: call <a href="#rpc.discover">rpc.discover</a>. The REST interface: <a href="../docs">docs</a>.</p>
<h2>Before the examples</h2>
<pre><code>url=${url}
user=demo:API_KEY   # name and key, as in credentials.json</code></pre>
${methods.map(methodSection)}
</main>
</div>
</body>
</html>
`.html
}

function navigation(methods: readonly OpenRpcMethod[]): Html {
  const byTag = new Map<string, string[]>()
  for (const { name, tags } of methods) {
    const tag = tags[0]?.name ?? ''
    byTag.set(tag, [...(byTag.get(tag) ?? []), name])
  }
  return html`${[...byTag].map(
    ([tag, names]) => html`
<h2>${tag}</h2>
<ul>${names.map((name) => html`<li><a href="#${name}">${name}</a></li>`)}</ul>`,
  )}`
}

function withoutBackticks(markdown: string): readonly Html[] {
  return markdown
    .split('`')
    .map((text, index) => (index % 2 === 1 ? html`<code>${text}</code>` : html`${text}`))
}
