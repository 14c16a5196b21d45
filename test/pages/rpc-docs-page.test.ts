import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { html } from '../../lib/transport/pages/html.ts'
import { jsonText } from '../../lib/transport/pages/json-text.ts'
import { renderRpcDocs } from '../../lib/transport/pages/rpc-docs-page.ts'
import { schemaRows } from '../../lib/transport/pages/schema-rows.ts'
import type { OpenRpcDocument } from '../../lib/transport/rpc/openrpc.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('GET /docs/rpc', () => {
  let server: TestServer
  let reply: Response
  let page: string
  let document: OpenRpcDocument
  before(async () => {
    server = await startServer({ env: { BASE_PATH: '/pack' } })
    reply = await fetch(`${server.url}/docs/rpc`)
    page = await reply.text()
    document = (await server.rpc.raw('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}')).json.result
  })
  after(() => server.stop())

  it('is a page in HTML that nobody keeps', () => {
    expect(reply.status).to.equal(200)
    expect(reply.headers.get('content-type')).to.equal('text/html; charset=utf-8')
    expect(reply.headers.get('cache-control')).to.equal('no-store')
  })

  it('has a section and a link for every method, with its example and its faults', () => {
    for (const { name, summary, errors } of document.methods) {
      expect(page).to.include(`href="#${name}"`)
      const section = new RegExp(`<section id="${name.replaceAll('.', '\\.')}">.*?</section>`, 's').exec(
        page,
      )?.[0]
      expect(section, name).to.include(`&quot;method&quot;: &quot;${name}&quot;`)
      expect(section, name).to.include(summary.replaceAll("'", '&#39;'))
      for (const { code } of errors) expect(section, name).to.include(`<td>${code}</td>`)
      expect(section, name).to.include('<td>–</td><td>-32029</td>')
    }
    expect(page.match(/<section /g)).to.have.length(document.methods.length)
  })

  it('shows the operators of each field that can be searched by', () => {
    const section = page.slice(
      page.indexOf('<section id="order.search">'),
      page.indexOf('<section id="order.cancel">'),
    )
    expect(section).to.include('filters.created_at')
    expect(section).to.include(
      'a value, or any of eq, neq, gt, lt, gteq, lteq, in, nin, null, notnull, from, to, datetime',
    )
    expect(section).to.include(
      'a value, or any of eq, neq, gt, lt, gteq, lteq, starts, in, nin, null, notnull<',
    )
    expect(section).to.include('over 100 counts as 100')
  })

  it('says where the server is', () => {
    expect(server.url).to.match(/\/pack$/)
    expect(page).to.include(`url=${server.url}/api/jsonrpc`)
  })

  it('lets nothing in but its own style sheet, known by its hash', () => {
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    const policy = (reply.headers.get('content-security-policy') ?? '').split('; ')
    expect(policy).to.include.members(["default-src 'none'", `style-src 'sha256-${hash}'`, "base-uri 'none'"])
    expect(page).to.not.match(
      /<script|<link|<img|\sstyle=|\son\w+=|https?:\/\/(?!127\.0\.0\.1|[\w.]+\.example)/,
    )
  })

  it('closes what it opens, and gives each id once', () => {
    const open: string[] = []
    for (const [tag, slash, name = ''] of page.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
      if (name === 'meta') continue
      if (slash === '') open.push(name)
      else expect(open.pop(), tag).to.equal(name)
    }
    expect(open).to.deep.equal([])
    expect(page.startsWith('<!doctype html>\n<html lang="en">')).to.equal(true)
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).to.equal(ids.length)
  })

  it('answers HEAD, and nothing else but GET', async () => {
    const head = await fetch(`${server.url}/docs/rpc`, { method: 'HEAD' })
    expect(head.status).to.equal(200)
    expect((await fetch(`${server.url}/docs/rpc`, { method: 'POST' })).status).to.equal(404)
  })
})

describe('the page of a description', () => {
  const hostile = `<script>alert("x")</script>'&`
  const escaped = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;'

  it('shows whatever is described as text', () => {
    const page = renderRpcDocs({
      openrpc: '1.3.2',
      info: { title: hostile, version: hostile, description: hostile },
      servers: [{ name: hostile, url: hostile }],
      methods: [
        {
          name: hostile,
          summary: hostile,
          tags: [{ name: hostile }],
          paramStructure: 'either',
          params: [{ name: hostile, schema: { type: hostile, description: hostile } }],
          result: { name: 'result', schema: {} },
          errors: [{ code: -32100, message: hostile }],
          examples: [
            {
              name: hostile,
              params: [{ name: hostile, value: hostile }],
              result: { name: 'result', value: hostile },
            },
          ],
        },
      ],
    })
    expect(page).to.not.include('<script')
    expect(page.split(escaped).length).to.be.greaterThan(8)
  })

  it('quotes examples for a shell', () => {
    const params = [{ name: 'reason', value: "it's torn" }]
    const page = renderRpcDocs({
      openrpc: '1.3.2',
      info: { title: 'Packhouse', version: 'v1', description: '' },
      servers: [],
      methods: [
        {
          name: 'a.b',
          summary: 'Do',
          tags: [],
          paramStructure: 'either',
          params: [],
          result: { name: 'result', schema: {} },
          errors: [],
          examples: [{ name: 'Do', params, result: { name: 'result', value: 1 } }],
        },
      ],
    })
    expect(page).to.include(html`"params": ["it'\\''s torn"]}'`.html.replaceAll(/["']/g, entityOf))
  })
})

function entityOf(quote: string): string {
  return quote === '"' ? '&quot;' : '&#39;'
}

describe('the parts of the page', () => {
  it('put text into HTML as text, and HTML as it is', () => {
    expect(html`<p title="${'"'}">${['<', html`<b>${1}</b>`]}</p>`.html).to.equal(
      '<p title="&quot;">&lt;<b>1</b></p>',
    )
  })

  it('write JSON that is the same JSON, a line for what fits into one', () => {
    const value = { a: [1, 'two', null], b: { long: 'x'.repeat(90), c: {} }, '"': [] }
    expect(JSON.parse(jsonText(value))).to.deep.equal(value)
    expect(jsonText({ a: [1, { b: null }] })).to.equal('{"a": [1, {"b": null}]}')
    expect(jsonText(value).split('\n')[1]).to.equal('  "a": [1, "two", null],')
  })

  it('list the members of a schema with what they may be', () => {
    const rows = schemaRows('options', {
      type: 'object',
      properties: {
        packages: {
          type: ['array', 'null'],
          maxItems: 200,
          items: { type: 'object', properties: { package_id: { type: 'string', minLength: 1 } } },
        },
        target: { enum: ['LABEL', null] },
      },
    })
    expect(rows).to.deep.equal([
      { path: 'options', type: 'object', notes: '' },
      { path: 'options.packages', type: 'array, null', notes: 'at most 200 elements' },
      { path: 'options.packages[]', type: 'object', notes: '' },
      { path: 'options.packages[].package_id', type: 'string', notes: 'not empty' },
      { path: 'options.target', type: '"LABEL", null', notes: '' },
    ])
  })
})
