import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { updateBaseUrl, writeCredentials } from '../lib/credentials-file.ts'

const DEMO = {
  admin: { apiKey: 'a' },
  rpc: { username: 'demo', apiKey: 'b' },
  rpcOtherMerchant: { username: 'demo-other', apiKey: 'c' },
  packer: { username: 'packer', apiKey: 'd' },
  supervisor: { username: 'supervisor', apiKey: 's' },
  thermal: { apiKey: 'e' },
  locationId: 'loc_1',
  stationId: 'prnt_stn_1',
}
const URL_1 = 'http://127.0.0.1:8080'
const URL_2 = 'http://127.0.0.1:9090'

describe('credentials file', () => {
  let dataDir: string
  let file: string

  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'credentials-test-'))
    file = path.join(dataDir, 'credentials.json')
  })
  afterEach(() => rm(dataDir, { recursive: true }))

  const read = (): unknown => JSON.parse(readFileSync(file, 'utf8'))

  it('has the documented members of a demo workspace, in that order', async () => {
    await writeCredentials(dataDir, { baseUrl: URL_1, ...DEMO })
    expect(JSON.stringify(read())).to.equal(
      JSON.stringify({
        base_url: URL_1,
        admin: { api_key: 'a' },
        rpc: { username: 'demo', api_key: 'b' },
        rpc_other_merchant: { username: 'demo-other', api_key: 'c' },
        packer: { username: 'packer', api_key: 'd' },
        supervisor: { username: 'supervisor', api_key: 's' },
        thermal: { api_key: 'e' },
        location_id: 'loc_1',
        station_id: 'prnt_stn_1',
      }),
    )
  })

  it('holds the admin key alone without a demo workspace', async () => {
    await writeCredentials(dataDir, { baseUrl: URL_1, admin: { apiKey: 'a' } })
    expect(read()).to.deep.equal({ base_url: URL_1, admin: { api_key: 'a' } })
  })

  it('is private, whatever the umask and whatever was there before', async () => {
    writeFileSync(file, '{}')
    await chmod(file, 0o644)
    const umask = process.umask(0)
    try {
      await writeCredentials(dataDir, { baseUrl: URL_1, ...DEMO })
    } finally {
      process.umask(umask)
    }
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
  })

  it('leaves no draft behind, not even when it can not be put in place', async () => {
    await writeCredentials(dataDir, { baseUrl: URL_1, ...DEMO })
    expect(readdirSync(dataDir)).to.deep.equal(['credentials.json'])
    const blocked = path.join(dataDir, 'blocked')
    const written = writeCredentials(blocked, { baseUrl: URL_1, ...DEMO }).catch((error: unknown) => error)
    expect(await written).to.have.property('code', 'ENOENT')
    expect(readdirSync(dataDir)).to.deep.equal(['credentials.json'])
  })

  it('follows the server to another port and keeps everything else', async () => {
    await writeCredentials(dataDir, { baseUrl: URL_1, ...DEMO })
    const before = read() as object
    expect(await updateBaseUrl(dataDir, URL_2)).to.equal(true)
    expect(read()).to.deep.equal({ ...before, base_url: URL_2 })
    expect(await updateBaseUrl(dataDir, URL_2)).to.equal(false)
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
  })

  it('is not made by a change of port, nor changed where it is something else', async () => {
    expect(await updateBaseUrl(dataDir, URL_2)).to.equal(false)
    expect(readdirSync(dataDir)).to.deep.equal([])
    for (const text of ['', 'not JSON', '[]', 'null', '{"admin":{}}']) {
      writeFileSync(file, text)
      expect(await updateBaseUrl(dataDir, URL_2)).to.equal(false)
      expect(readFileSync(file, 'utf8')).to.equal(text)
    }
  })
})
