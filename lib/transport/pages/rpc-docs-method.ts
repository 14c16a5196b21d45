import type { ContentDescriptor, OpenRpcExample, OpenRpcMethod } from '../rpc/openrpc.ts'
import { ERRORS_OF_ANY, faultNumber, RPC_ERRORS } from '../rpc/rpc-error.ts'
import { type Html, html } from './html.ts'
import { jsonText } from './json-text.ts'
import { schemaRows } from './schema-rows.ts'

/** The part of the page about one method. */
export function methodSection(method: OpenRpcMethod): Html {
  const { name, summary, params, errors, examples } = method
  return html`
<section id="${name}">
<h2>${name}</h2>
<p>${summary}.</p>
${audienceOf(method)}
${params.length > 0 ? parametersTable(params) : html`<p class="quiet">No parameters.</p>`}
${examples.map((example) => exampleBlock(method, example))}
${errors.length > 0 ? faultsTable(errors) : ''}
</section>`
}

function audienceOf({ 'x-roles': roles }: OpenRpcMethod): Html | '' {
  return roles === undefined ? '' : html`<p class="quiet">For users of the role ${roles.join(', ')}.</p>`
}

function parametersTable(params: readonly ContentDescriptor[]): Html {
  const rows = params.flatMap(({ name, required, schema }) =>
    schemaRows(name, schema).map((row, index) => ({
      ...row,
      isNeeded: index === 0 && required === true,
    })),
  )
  return html`<h3>Parameters, in this order</h3>
<div class="table"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Notes</th></tr></thead>
<tbody>${rows.map(
    ({ path, type, notes, isNeeded }) => html`
<tr><td><code>${path}</code></td><td>${type}</td><td>${[isNeeded ? 'required' : '', notes].filter(Boolean).join('; ')}</td></tr>`,
  )}
</tbody></table></div>`
}

function exampleBlock(method: OpenRpcMethod, { params, result }: OpenRpcExample): Html {
  return html`<h3>Example</h3>
<pre><code>${curlOf(
    method,
    params.map(({ value }) => value),
  )}</code></pre>
<h3>Its result</h3>
<pre><code>${jsonText(result.value)}</code></pre>`
}

/** For a POSIX shell that has `$url`, and in `$user` name and key. */
function curlOf({ name, 'x-roles': roles }: OpenRpcMethod, params: readonly unknown[]): string {
  const given = params.length > 0 ? `,\n "params": ${jsonText(params, ' ')}` : ''
  const request = `{"jsonrpc": "2.0", "id": 1, "method": ${JSON.stringify(name)}${given}}`
  const credentials = roles === undefined ? '' : ' -u "$user"'
  return `curl -sS${credentials} "$url" -d '${request.replaceAll("'", `'\\''`)}'`
}

/** The errors of JSON-RPC itself and of limits are no faults of ShipStream's. */
const NO_FAULTS = new Set<number>([RPC_ERRORS.invalidParams, ...ERRORS_OF_ANY].map(({ code }) => code))

function faultOf(error: OpenRpcMethod['errors'][number]): string {
  return NO_FAULTS.has(error.code) ? '–' : String(faultNumber(error))
}

function faultsTable(errors: OpenRpcMethod['errors']): Html {
  return html`<h3>Faults</h3>
<div class="table"><table class="faults">
<thead><tr><th scope="col">Fault</th><th scope="col">error.code</th><th scope="col">Meaning</th></tr></thead>
<tbody>${errors.map(
    (error) => html`
<tr><td>${faultOf(error)}</td><td>${error.code}</td><td>${error.message}</td></tr>`,
  )}
</tbody></table></div>`
}
