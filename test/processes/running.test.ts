import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { startDatabaseLine } from '../helpers/database-line.ts'
import { eventually } from '../helpers/eventually.ts'
import { readCredentials } from '../helpers/server.ts'
import { StartedServer } from '../helpers/started-server.ts'

const run = promisify(execFile)
const ORDER = '100000309'

async function rpc(url: string, method: string, params: unknown, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const reply = await fetch(`${url}/api/jsonrpc`, { method: 'POST', body, headers })
  return (await reply.json()) as { result?: any; error?: { code: number } }
}

function basic({ username, api_key }: { username: string; api_key: string }): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${username}:${api_key}`).toString('base64')}` }
}

describe('a running server', () => {
  const running: StartedServer[] = []
  const folders: string[] = []
  const databases: TestDatabase[] = []
  const start = (env: Readonly<Record<string, string>>, nodeOptions?: readonly string[]) => {
    const server = new StartedServer({ LOG_LEVEL: 'info', ...env }, nodeOptions)
    running.push(server)
    return server
  }
  const folder = async () => {
    const made = await mkdtemp(join(tmpdir(), 'packhouse-running-'))
    await chmod(made, 0o755)
    folders.push(made)
    return made
  }
  const clone = async () => {
    const database = await cloneDatabase()
    databases.push(database)
    return database
  }
  after(async () => {
    await Promise.all(running.map((server) => server.end('SIGTERM')))
    await Promise.all(databases.map((database) => database.drop()))
    await Promise.all(folders.map((made) => rm(made, { recursive: true, force: true })))
  })

  describe('on the embedded database', () => {
    let dataDir: string
    let first: StartedServer
    before(async function () {
      // initdb, on a machine that has much else to do.
      this.timeout(120_000)
      dataDir = await folder()
      first = start({ DATA_DIR: dataDir })
      await first.ready()
    })

    it('prints a curl command that works when it is pasted', async () => {
      const url = await first.ready()
      const command = await eventually(
        'the command is printed',
        () => /^\s*(curl .*)$/m.exec(first.stdout)?.[1],
      )
      expect(command).to.contain(`${url}/api/jsonrpc`)
      const { stdout } = await run('bash', ['-c', command])
      expect(JSON.parse(stdout))
        .to.have.property('result')
        .that.matches(/^[0-9a-f]{32}$/)
    })

    it('keeps its generated keys in credentials.json, for its owner alone, and prints none', async () => {
      const file = join(dataDir, 'credentials.json')
      expect((await stat(file)).mode & 0o777).to.equal(0o600)
      const credentials = await readCredentials(dataDir)
      expect(Object.keys(credentials)).to.deep.equal([
        'base_url',
        'admin',
        'rpc',
        'rpc_other_merchant',
        'packer',
        'supervisor',
        'thermal',
        'location_id',
        'station_id',
      ])
      expect(credentials.base_url).to.equal(await first.ready())
      expect(credentials.location_id).to.match(/^loc_/)
      expect(credentials.station_id).to.match(/^prnt_stn_/)
      const { admin, rpc: user, rpc_other_merchant: other, packer, thermal } = credentials
      expect([user.username, other.username, packer.username]).to.deep.equal(['demo', 'demo-other', 'packer'])
      const keys = [admin, user, other, packer, thermal].map(({ api_key }) => api_key)
      expect(new Set(keys)).to.have.property('size', 5)
      for (const key of keys) {
        expect(key).to.match(/^[0-9A-Za-z]{40}$/)
        expect(first.stdout + first.stderr).not.to.contain(key)
      }
    })

    it('listens on loopback', async () => {
      expect(new URL(await first.ready()).hostname).to.equal('127.0.0.1')
    })

    it('keeps data, keys and sessions over kill -9', async () => {
      const credentials = await readCredentials(dataDir)
      const url = await first.ready()
      const { result: session } = await rpc(url, 'login', [credentials.rpc.username, credentials.rpc.api_key])
      const created = await rpc(url, 'call', [session, 'order_instruction.create', [ORDER, 'kept']])
      expect(created.error).to.equal(undefined)

      await first.end('SIGKILL')
      const second = start({ DATA_DIR: dataDir })
      const secondUrl = await second.ready()
      expect(
        (await rpc(secondUrl, 'call', [session, 'order_instruction.list', [ORDER]])).result,
      ).to.deep.equal([created.result])
      const now = await readCredentials(dataDir)
      expect(now).to.deep.equal({ ...credentials, base_url: secondUrl })
      expect(second.stdout).not.to.contain('curl')

      expect(await second.end('SIGINT')).to.equal(0)
    })
  })

  describe('that cannot start', () => {
    it('lists every mistake of the environment and exits with 1', async () => {
      const server = start({
        PORT: 'http',
        DEMO: 'yes',
        DATABASE_URL: 'mysql://u:swordfish@h/d',
        LOG_LEVEL: 'loud',
      })
      expect(await server.exited).to.equal(1)
      const named = server.stderr
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0])
      expect(named).to.have.members(['PORT', 'DEMO', 'DATABASE_URL', 'LOG_LEVEL'])
      expect(server.stdout + server.stderr).not.to.contain('swordfish')
    })

    it('says why the database is out of reach, without its password, and exits with 1', async () => {
      const server = start({
        DATABASE_URL: 'postgres://u:swordfish@localhost:1/d',
        DATA_DIR: await folder(),
        LOG_LEVEL: 'silent',
      })
      expect(await server.exited).to.equal(1)
      expect(server.stderr).to.match(/^Packhouse could not start: .*ECONNREFUSED/m)
      expect(server.stdout + server.stderr).not.to.contain('swordfish')
    })
  })

  describe('that cannot have what its environment asks for', () => {
    const refusalOf = async (env: Readonly<Record<string, string>>) => {
      const server = start({ LOG_LEVEL: 'silent', ...env })
      expect(await server.exited).to.equal(1)
      return server.stderr
    }

    it('names HOST where the address is that of another machine, and exits with 1', async () => {
      const { url } = await clone()
      const said = await refusalOf({ DATABASE_URL: url, DATA_DIR: await folder(), HOST: '192.0.2.1' })
      expect(said).to.contain('EADDRNOTAVAIL').and.contain('set HOST to an address of this machine')
    })

    it('names DATA_DIR where the folder can not be made, and exits with 1', async function () {
      // Four servers at a time.
      this.timeout(60_000)
      const file = join(await folder(), 'file')
      await writeFile(file, 'mine')
      const link = `${file}-link`
      // Nobody may write there, not even root.
      await symlink('/sys', link)
      const folders = [file, join(file, 'data'), ...(process.platform === 'linux' ? ['/proc/x', link] : [])]
      for (const said of await Promise.all(folders.map((DATA_DIR) => refusalOf({ DATA_DIR })))) {
        expect(said).to.match(/^Packhouse could not start: DATA_DIR \S+: E\w+/)
        expect(said).to.match(/\n(run as the account that owns DATA_DIR, or )?set DATA_DIR to a folder that /)
      }
    })
  })

  describe('on a real database', () => {
    it('seeds nothing unless it is told to, and keeps the first admin key in credentials.json', async () => {
      const { url, db } = await clone()
      const dataDir = join(await folder(), 'made')
      const server = start({ DATABASE_URL: url, DATA_DIR: dataDir })
      const baseUrl = await server.ready()
      const credentials = JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8'))
      expect(credentials).to.deep.equal({ base_url: baseUrl, admin: { api_key: credentials.admin.api_key } })
      expect(credentials.admin.api_key).to.match(/^[0-9A-Za-z]{40}$/)
      expect((await db('merchants').count())[0]).to.deep.equal({ count: '0' })
      expect(await server.end()).to.equal(0)
    })

    it('takes ADMIN_API_KEY as the first key and writes it nowhere', async () => {
      const { url, db } = await clone()
      const dataDir = await folder()
      const server = start({ DATABASE_URL: url, DATA_DIR: dataDir, ADMIN_API_KEY: 'swordfish-swordfish' })
      await server.ready()
      const { rows } = await db.raw('select last4, scopes from api_keys')
      expect(rows).to.have.length(1)
      expect(rows[0].last4).to.equal('fish')
      expect(rows[0].scopes).to.include.members(['api_keys:write', 'print_jobs:write', 'thermal:write'])
      expect(await readFile(join(dataDir, 'credentials.json')).catch(({ code }) => code)).to.equal('ENOENT')
      expect(server.stdout + server.stderr).not.to.contain('swordfish')
      expect(server.stdout).to.match(/"level":40.*ADMIN_API_KEY opens everything and is short/)
      expect(await server.end()).to.equal(0)
    })

    it('links to this machine where it listens on every address, and warns that PUBLIC_URL is missing', async () => {
      const { url } = await clone()
      const DATA_DIR = await folder()
      const startAt = async (HOST: string, PUBLIC_URL: string) => {
        const server = start({ DATABASE_URL: url, DATA_DIR, HOST, PUBLIC_URL })
        const { origin, hostname } = new URL(await server.ready())
        expect(await server.end()).to.equal(0)
        return { origin, hostname, isWarned: /"level":40.*PUBLIC_URL is not set/.test(server.stdout) }
      }
      const [everywhere, named, loopback] = await Promise.all([
        startAt('0.0.0.0', ''),
        startAt('0.0.0.0', 'https://packhouse.example'),
        startAt('127.0.0.1', ''),
      ])
      expect(everywhere).to.include({ hostname: '127.0.0.1', isWarned: true })
      expect(named).to.include({ origin: 'https://packhouse.example', isWarned: false })
      expect(loopback).to.include({ hostname: '127.0.0.1', isWarned: false })
    })

    it('is seeded by exactly one of several processes that start together', async () => {
      const { url, db } = await clone()
      // Empty: not even migrated.
      await db.raw('drop schema public cascade; create schema public')
      const dataDirs = await Promise.all([folder(), folder(), folder()])
      const servers = dataDirs.map((dataDir) => start({ DATABASE_URL: url, DATA_DIR: dataDir, DEMO: 'true' }))
      const urls = await Promise.all(servers.map((server) => server.ready()))
      const written = await Promise.all(
        dataDirs.map((dataDir) => readCredentials(dataDir).catch(() => undefined)),
      )
      const [credentials, ...others] = written.filter((found) => found !== undefined)
      expect(others).to.deep.equal([])
      expect(servers.filter(({ stdout }) => stdout.includes('curl'))).to.have.length(1)
      if (!credentials) throw new Error('nobody has credentials')
      for (const each of urls) {
        const { result } = await rpc(each, 'order.info', [ORDER], basic(credentials.rpc))
        expect(result?.unique_id, each).to.equal(ORDER)
      }
      expect(await Promise.all(servers.map((server) => server.end()))).to.deep.equal([0, 0, 0])
    })
  })

  describe('to probes and signals', () => {
    let database: TestDatabase
    let server: StartedServer
    let url: string
    before(async () => {
      database = await clone()
      server = start({
        DATABASE_URL: database.url,
        DATA_DIR: join(await folder(), `an owner's "folder"`),
        BASE_PATH: '/tenant/one/',
        DEMO: 'true',
      })
      url = await server.ready()
    })

    it('answers under BASE_PATH and nowhere else', async () => {
      expect(new URL(url).pathname).to.equal('/tenant/one')
      expect((await rpc(url, 'endSession', ['x'])).result).to.equal(true)
      for (const path of ['/api/jsonrpc', '/healthz', '/tenant/api/jsonrpc']) {
        expect((await fetch(new URL(path, url), { method: 'POST' })).status, path).to.equal(404)
      }
    })

    it('says that its port is taken, and exits with 1', async () => {
      const { port } = new URL(url)
      const second = start({ DATABASE_URL: database.url, DATA_DIR: await folder(), PORT: port })
      expect(await second.exited).to.equal(1)
      expect(second.stderr).to.contain('EADDRINUSE').and.contain('\nset PORT to a free port')
    })

    it('prints a curl command that works whatever DATA_DIR is called', async () => {
      const { stdout } = await run('bash', ['-c', await server.says(/^\s*(curl .*)$/m)])
      expect(JSON.parse(stdout))
        .to.have.property('result')
        .that.matches(/^[0-9a-f]{32}$/)
    })

    it('is alive, ready and measured', async () => {
      expect((await fetch(`${url}/healthz`)).status).to.equal(200)
      expect((await fetch(`${url}/readyz`)).status).to.equal(200)
      const metrics = await fetch(`${url}/metrics`)
      expect(metrics.headers.get('Content-Type')).to.match(/^text\/plain/)
      expect(await metrics.text()).to.match(/^process_cpu_seconds_total \d/m)
    })

    it('drains once when the signal comes twice, as Ctrl-C does under npm', async () => {
      const another = start({ DATABASE_URL: database.url, DATA_DIR: await folder() })
      const anotherUrl = await another.ready()
      const request = httpRequest(`${anotherUrl}/api/jsonrpc`, { method: 'POST' })
      const answered = once(request, 'response')
      request.write('{"jsonrpc":"2.0","id":1,')
      await (await fetch(`${anotherUrl}/healthz`)).text()
      another.child.kill('SIGINT')
      await another.logs('draining')
      another.child.kill('SIGINT')
      another.child.kill('SIGTERM')
      request.end('"method":"endSession"}')
      const [response] = await answered
      expect(response.statusCode).to.equal(200)
      response.resume()
      expect(await another.exited).to.equal(0)
    })

    it('answers what is in flight after SIGTERM, takes nothing new, and exits with 0', async () => {
      const another = start({ DATABASE_URL: database.url, DATA_DIR: await folder() })
      const anotherUrl = await another.ready()
      const request = httpRequest(`${anotherUrl}/api/jsonrpc`, { method: 'POST' })
      const answered = once(request, 'response')
      request.write('{"jsonrpc":"2.0","id":1,')
      const late = connect(Number(new URL(anotherUrl).port), '127.0.0.1')
      await once(late, 'connect')
      late.write('GET /healthz HTTP/1.1\r\nHost: x\r\n')
      await (await fetch(`${anotherUrl}/healthz`)).text()

      another.child.kill('SIGTERM')
      await another.logs('draining')
      await eventually('nothing new is accepted', () =>
        fetch(`${anotherUrl}/healthz`).then(
          () => undefined,
          () => true,
        ),
      )
      late.write('\r\n')
      const [refusal] = (await once(late, 'data')) as [Buffer]
      expect(refusal.toString()).to.match(/^HTTP\/1\.1 503 /)
      request.end('"method":"endSession"}')
      const [response] = await answered
      expect(response.statusCode).to.equal(200)
      expect(response.headers.connection).to.equal('close')
      response.resume()
      expect(await another.exited).to.equal(0)
    })

    it('logs a defect that nobody caught, and exits with 1', async () => {
      const trigger = `process.on('SIGUSR2', () => { Promise.reject(new Error('nobody caught this')) })`
      const failing = start({ DATABASE_URL: database.url, DATA_DIR: await folder() }, [
        '--import',
        `data:text/javascript,${encodeURIComponent(trigger)}`,
      ])
      await failing.ready()
      expect(await failing.end('SIGUSR2')).to.equal(1)
      expect(failing.stdout).to.match(/"level":60.*nobody caught this/)
    })

    it('answers what is in flight though further defects follow the first', async () => {
      const trigger = `process.on('SIGUSR2', () => { Promise.reject(new Error('nobody caught this')) })`
      const failing = start({ DATABASE_URL: database.url, DATA_DIR: await folder() }, [
        '--import',
        `data:text/javascript,${encodeURIComponent(trigger)}`,
      ])
      const failingUrl = await failing.ready()
      const request = httpRequest(`${failingUrl}/api/jsonrpc`, { method: 'POST' })
      const answered = once(request, 'response')
      request.write('{"jsonrpc":"2.0","id":1,')
      await (await fetch(`${failingUrl}/healthz`)).text()
      failing.child.kill('SIGUSR2')
      await failing.logs('draining')
      failing.child.kill('SIGUSR2')
      await failing.says(/((?:"a defect[^]*){2})/)
      failing.child.kill('SIGUSR2')
      await failing.says(/((?:"a defect[^]*){3})/)
      request.end('"method":"endSession"}')
      const [response] = await answered
      expect(response.statusCode).to.equal(200)
      response.resume()
      expect(await failing.exited).to.equal(1)
    })

    it('exits with 1 where the database goes away in the midst of the start', async () => {
      const line = await startDatabaseLine(database.url)
      try {
        const lost = line.loseAnswerTo('packhouse_stream')
        const failing = start({ DATABASE_URL: line.url, DATA_DIR: await folder() })
        await lost
        expect(await failing.exited).to.equal(1)
        expect(failing.stderr).to.match(/^Packhouse could not start: /)
      } finally {
        await line.close()
      }
    })

    it('is not ready, and says why, when the database is gone', async () => {
      await database.drop()
      databases.splice(databases.indexOf(database), 1)
      const reply = await eventually('it notices', async () => {
        const asked = await fetch(`${url}/readyz`)
        return asked.status === 503 ? asked : undefined
      })
      expect(await reply.json()).to.deep.equal({
        status: 'unavailable',
        reason: 'the database is not reachable',
      })
      expect((await fetch(`${url}/healthz`)).status).to.equal(200)
      const { error } = await rpc(url, 'order.info', [ORDER], basic({ username: 'demo', api_key: 'x' }))
      expect(error).to.have.property('code', -32001)
      expect(await server.end()).to.equal(0)
    })
  })
})
