import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RequestHandler } from 'express'
import { html } from './html.ts'
import { THERMAL_EXAMPLES } from './thermal-docs-examples.ts'
import { THERMAL_DOCS_STYLE } from './thermal-docs-style.ts'

const SCRIPT = readFileSync(new URL('../../../web/thermal-docs.js', import.meta.url), 'utf8')

/** One style sheet and one script, known by their hashes; it talks to this server alone, and pictures are its answers. */
const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(THERMAL_DOCS_STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "connect-src 'self'",
  'img-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** `GET /docs/thermal`: a template and a document to be edited, and the receipt that they make. */
export function thermalDocsPage({ basePath }: { basePath: string }): RequestHandler {
  const page = renderThermalDocs(basePath)
  return (_request, response) => {
    response
      .set('Content-Security-Policy', PAGE_POLICY)
      .set('Content-Type', 'text/html; charset=utf-8')
      .set('Cache-Control', 'no-store')
      .send(page)
  }
}

function renderThermalDocs(basePath: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Receipt templates</title>
<style>${{ html: THERMAL_DOCS_STYLE }}</style>
</head>
<body>
<header>
<h1>Receipt templates</h1>
<p>The receipt is drawn as you type, dot for dot as a printer gets it. Nothing is printed or stored; a template is stored by <code>POST ${basePath}/v1/thermal/templates</code>. The REST interface: <a href="${basePath}/docs">docs</a>.</p>
</header>
<form autocomplete="off">
<label>API key with thermal:read <input id="key" type="password" autocomplete="off" spellcheck="false"></label>
<label>Begin with <select id="example">${THERMAL_EXAMPLES.map(({ name }) => html`<option>${name}</option>`)}</select></label>
<label>Paper <select id="paper"><option value="">the printer's, else 80 mm</option><option value="80">80 mm</option><option value="58">58 mm</option></select></label>
<label>Settings of a printer (PrinterId) <input id="printer" spellcheck="false"></label>
</form>
<main data-templates="${basePath}/v1/thermal/templates">
<label class="editor">Template <textarea id="template" spellcheck="false"></textarea></label>
<div class="editors">
<label class="editor">Document <textarea id="document" spellcheck="false"></textarea></label>
<label class="editor">Pictures, barcodes and QR codes <textarea id="media" spellcheck="false"></textarea></label>
</div>
<section class="receipt" aria-labelledby="receipt">
<h2 id="receipt">Receipt</h2>
<div class="roll"><p id="words" role="status"></p><img id="picture" alt="The receipt" hidden></div>
</section>
</main>
<noscript><p>This page needs JavaScript.</p></noscript>
<script type="application/json" id="examples">${{ html: scriptJson(THERMAL_EXAMPLES) }}</script>
<script>${{ html: SCRIPT }}</script>
</body>
</html>
`.html
}

/** JSON that can't end the element that it stands in. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
