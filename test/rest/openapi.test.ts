import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { ErrorObject } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect } from 'chai'
import { restRoutes } from '../../lib/transport/rest/routes.ts'
import { makePdf } from '../helpers/documents.ts'
import type { RestClient, RestReply } from '../helpers/rest-client.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

// biome-ignore lint/suspicious/noExplicitAny: a document of any shape
type Json = any

describe('the OpenAPI description', () => {
  let workspace: RestWorkspace
  let admin: RestClient
  let document: Json
  let ajv: Ajv2020

  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
    document = (await admin.as(null).get('/openapi.json')).json
    ajv = new Ajv2020({ strict: false, allErrors: true })
    ;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
    ajv.addSchema(document, 'openapi.json')
  })
  after(() => workspace.stop())

  const pathOf = (path: string) => path.replaceAll(/:(\w+)/g, '{$1}')
  const routes = () => restRoutes(workspace.server.services, { basePath: '' })

  function errorsOf(pointer: string, value: unknown): ErrorObject[] {
    const validate = ajv.compile({ $ref: `openapi.json#${pointer}` })
    validate(value)
    return validate.errors ?? []
  }

  function schemaPointer(path: string, method: string, status: number): string {
    const at = [path, method, 'responses', String(status), 'content', 'application/json', 'schema']
    return `/paths/${at.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
  }

  function assertDescribed(path: string, method: string, { status, json }: RestReply): void {
    const errors = errorsOf(schemaPointer(path, method, status), json)
    expect(errors, `${method} ${path} ${status} ${JSON.stringify(json)}`).to.deep.equal([])
  }

  it('passes the recommended rules of a linter', async () => {
    const config = await createConfig({
      extends: ['recommended'],
      rules: { 'operation-4xx-response': 'error', 'tag-description': 'off' },
    })
    const problems = await lintFromString({ source: JSON.stringify(document), config })
    expect(
      problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`),
    ).to.deep.equal([])
  })

  it('holds every route of the table but the parts of its own page', () => {
    for (const { method, path } of routes()) {
      if (path.startsWith('/docs/')) continue
      expect(document.paths[pathOf(path)]?.[method.toLowerCase()], `${method} ${path}`).to.be.an('object')
    }
  })

  it('says of each route which scope it needs, and of public ones that they need no key', () => {
    for (const { method, path, scope } of routes()) {
      const operation = document.paths[pathOf(path)]?.[method.toLowerCase()]
      if (!operation) continue
      if (scope === 'public') expect(operation.security).to.deep.equal([])
      else expect(operation.description).to.include(`\`${scope}\``)
    }
  })

  it('has examples that its schemas accept', () => {
    let count = 0
    for (const [name, schema] of Object.entries<Json>(document.components.schemas)) {
      for (const example of schema.examples ?? []) {
        count += 1
        expect(errorsOf(`/components/schemas/${name}`, example), name).to.deep.equal([])
      }
    }
    expect(count).to.be.greaterThan(10)
  })

  it('has bodies as examples that the server accepts', async () => {
    const locationId = await workspace.newLocation()
    const merchantId = await workspace.newMerchant()
    const ids: Readonly<Record<string, string>> = { location_id: locationId, merchant_id: merchantId }
    for (const path of ['/v1/api-keys', '/v1/merchants', '/v1/users', '/v1/locations']) {
      const { $ref } = document.paths[path].post.requestBody.content['application/json'].schema
      for (const example of document.components.schemas[$ref.split('/').at(-1)].examples) {
        const body = Object.fromEntries(
          Object.entries(example).map(([member, value]) => [member, ids[member] ?? value]),
        )
        const { status, json } = await admin.post(path, body)
        expect(status, JSON.stringify(json)).to.equal(201)
      }
    }
  })

  it('describes the answers that are given, errors too', async () => {
    const bodies: Readonly<Record<string, object>> = {
      '/v1/api-keys': { name: 'described', scopes: ['thermal:read'] },
      '/v1/merchants': { name: 'described' },
      '/v1/users': { username: 'described', role: 'packer' },
      '/v1/locations': { name: 'described' },
      '/v1/webhooks': { url: 'https://hooks.example', topics: ['*'] },
    }
    for (const [path, body] of Object.entries(bodies)) {
      const created = await admin.post(path, body)
      assertDescribed(path, 'post', created)
      assertDescribed(path, 'post', await admin.post(path, {}))
      assertDescribed(path, 'get', await admin.get(path))
      assertDescribed(path, 'get', await admin.get(`${path}?page=0`))
      assertDescribed(path, 'get', await admin.as(null).get(path))
      const own = `${path}/${created.json.data.id}`
      assertDescribed(`${path}/{id}`, 'get', await admin.get(own))
      assertDescribed(`${path}/{id}`, 'post', await admin.post(own, {}))
      assertDescribed(`${path}/{id}`, 'delete', await admin.delete(own))
      assertDescribed(`${path}/{id}`, 'get', await admin.get(own))
    }
  })

  it('describes the answers about print jobs, errors too', async () => {
    const path = '/v1/cloud-printing/jobs'
    const body = {
      location_id: workspace.server.credentials.location_id,
      data: `data:application/pdf;base64,${(await makePdf()).toString('base64')}`,
      printer_name: 'Front desk',
    }
    const created = await admin.post(path, body)
    assertDescribed(path, 'post', created)
    assertDescribed(path, 'post', await admin.post(path, {}))
    assertDescribed(path, 'post', await admin.post(path, { ...body, printer_name: 'none' }))
    assertDescribed(path, 'post', await admin.post(path, { ...body, location_id: 'none' }))
    assertDescribed(path, 'get', await admin.get(path))
    assertDescribed(path, 'get', await admin.get(`${path}?status=x`))
    const own = `${path}/${created.json.data.id}`
    assertDescribed(`${path}/{id}`, 'get', await admin.get(own))
    assertDescribed(`${path}/{id}/routing`, 'get', await admin.get(`${own}/routing`))
    assertDescribed(`${path}/{id}/preview.png`, 'get', await admin.get(`${own}/preview.png?page=9`))
    for (const status of ['processing', 'canceled', 'completed']) {
      assertDescribed(`${path}/{id}`, 'post', await admin.post(own, { status }))
      assertDescribed(`${path}/{id}/attempts`, 'get', await admin.get(`${own}/attempts`))
    }
    assertDescribed(`${path}/{id}/reprint`, 'post', await admin.post(`${own}/reprint`, {}))
    assertDescribed(`${path}/{id}/reprint`, 'post', await admin.post(`${own}/reprint`, { reason: 'Smudged' }))
    assertDescribed('/v1/documents/{id}', 'get', await admin.get('/v1/documents/none'))
  })

  describe('the page for people', () => {
    it('comes from this server alone, under a policy that allows nothing else', async () => {
      const { headers, text } = await admin.as(null).get('/docs')
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).to.include("default-src 'none'").and.include("script-src 'self'")
      expect(policy).to.not.include('unsafe').and.not.include('http')
      const links = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '')
      expect(links).to.have.length(4)
      for (const link of links) {
        expect(link).to.match(/^\//)
        const reply = await admin.as(null).get(link)
        expect(reply.status, link).to.equal(200)
        expect(reply.text.length).to.be.greaterThan(100)
      }
      expect(text).to.not.match(/<script>|<style|style=|onclick/)
    })
  })
})
