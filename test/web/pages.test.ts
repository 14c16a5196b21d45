import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('the pages as they are served', () => {
  let server: TestServer
  let prefixed: TestServer
  before(async () => {
    server = await startServer()
    prefixed = await startServer({ env: { BASE_PATH: '/tenant' } })
  })
  after(async () => {
    await prefixed.stop()
    await server.stop()
  })

  const pageOf = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url, { headers })
    return { answer, text: await answer.text() }
  }
  const addressesIn = (text: string) =>
    [...text.matchAll(/(?:href|src)="([^"]*\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '')

  it('allow nothing from elsewhere and nothing inline', async () => {
    for (const path of ['/', '/pack', '/floor']) {
      const { answer, text } = await pageOf(server.url + path)
      expect(answer.status, path).to.equal(200)
      expect(answer.headers.get('content-type')).to.equal('text/html; charset=utf-8')
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).to.include("default-src 'none'").and.include("frame-ancestors 'none'")
      expect(policy).not.to.match(/unsafe|https?:|\*/)
      expect(text).not.to.match(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/)
      expect(text).not.to.match(/(src|href)="(https?:)?\/\//)
    }
  })

  it('name their files by content, so that browsers keep them for ever', async () => {
    const { text, answer } = await pageOf(`${server.url}/pack`)
    expect(answer.headers.get('cache-control')).to.equal('no-cache')
    const addresses = addressesIn(text)
    expect(addresses).to.have.length(4)
    for (const address of addresses) {
      const file = await fetch(server.url + address)
      expect(file.status, address).to.equal(200)
      expect(address).to.match(/-[A-Z0-9]{8}\.(js|css|svg)$/)
      expect(file.headers.get('cache-control')).to.equal('public, max-age=31536000, immutable')
      expect(file.headers.get('x-content-type-options')).to.equal('nosniff')
      const compressed = await fetch(server.url + address, { headers: { 'Accept-Encoding': 'gzip' } })
      expect(compressed.headers.get('content-encoding')).to.equal('gzip')
      expect(await compressed.text()).to.equal(await file.text())
    }
    expect((await fetch(`${server.url}/assets/pack-00000000.js`)).status).to.equal(404)
    expect((await fetch(`${server.url}/assets/..%2f..%2fpackage.json`)).status).to.equal(404)
  })

  it('are below the base path, files and all', async () => {
    const { answer, text } = await pageOf(`${prefixed.url}/pack`)
    expect(answer.status).to.equal(200)
    expect(text).to.include('data-base="/tenant"')
    for (const address of addressesIn(text)) {
      expect(address).to.match(/^\/tenant\/assets\//)
      expect((await fetch(new URL(address, prefixed.url))).status).to.equal(200)
    }
    expect((await pageOf(prefixed.url)).answer.status).to.equal(200)
  })

  it('speak the language that the browser wants most, else English', async () => {
    const languageFor = async (wanted: string) => {
      const { text, answer } = await pageOf(server.url, { 'Accept-Language': wanted })
      expect(answer.headers.get('vary')).to.include('Accept-Language')
      return /<html lang="([^"]*)"/.exec(text)?.[1]
    }
    expect(await languageFor('es-CO,es;q=0.9,en;q=0.8')).to.equal('es')
    expect(await languageFor('en-GB,es;q=0.5')).to.equal('en')
    expect(await languageFor('ja')).to.equal('en')
    expect(await languageFor('"><script>')).to.equal('en')
  })
})
