import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { freePort } from '../helpers/free-port.ts'
import { packhouse } from '../helpers/packhouse-command.ts'
import { addSocketPrinter } from '../helpers/print-floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('the command of an operator', () => {
  let server: TestServer
  let folder: string

  before(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    folder = await mkdtemp(join(tmpdir(), 'packhouse-command-'))
    await chmod(folder, 0o755)
  })
  after(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const atServer = () => ({ DATABASE_URL: server.env['DATABASE_URL'] ?? '', DATA_DIR: folder })

  it('makes a key that works at once, has the scopes named and is printed alone', async () => {
    const words = ['key', 'create', '--name', 'shop', '--scope', 'locations:read']
    const { code, stdout, stderr } = await packhouse(words, atServer())
    expect(code, stderr).to.equal(0)
    expect(stderr).to.match(/^key_\w{22} is made; this is shown once:\n$/)
    const rest = createRestClient(server.url, stdout.trimEnd())
    expect((await rest.get('/v1/locations')).status).to.equal(200)
    expect((await rest.get('/v1/users')).json.code).to.equal('missing_scope')
  })

  const REFUSED = [
    { words: [], says: 'usage: packhouse start' },
    { words: ['print'], says: 'there is no command "print"' },
    { words: ['doctor', '--name', 'x'], says: 'doctor takes no options' },
    { words: ['key', 'create', '--scope', 'all'], says: '--name is missing' },
    { words: ['key', 'create', '--name', 'x'.repeat(192), '--scope', 'all'], says: '191 characters' },
    {
      words: ['key', 'create', '--name', 'x', '--scope', 'admin'],
      says: '--scope admin: there are all, api_keys:read',
    },
    {
      words: ['key', 'create', '--name', 'x', '--scope', 'all', '--expires', 'soon'],
      says: '--expires soon: a date',
    },
    {
      words: ['key', 'create', '--name', 'x', '--scope', 'all', '--expires', '2001-01-01'],
      says: 'in the future',
    },
    {
      words: ['key', 'create', '--name', 'x', '--scope', 'all', '--location', 'loc_none'],
      says: 'no such location',
    },
  ]
  for (const { words, says } of REFUSED) {
    it(`refuses "${words.join(' ').slice(0, 60)}" in words, with exit code 1`, async () => {
      const { code, stdout, stderr } = await packhouse(words, atServer())
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' })
      expect(stderr).to.contain(says)
    })
  }

  it('finds nothing wrong where nothing is', async () => {
    const { code, stdout } = await packhouse(['doctor'], atServer())
    expect(stdout)
      .to.match(/^ok {2}database: PostgreSQL 1\d/m)
      .and.match(/^ok {2}migrations: none is outstanding$/m)
    expect(stdout).to.match(/^ok {2}clock: 0\.\d s between/m)
    expect(stdout).not.to.contain('BAD')
    expect(code).to.equal(0)
  })

  it('finds the printer that does not answer, says what to do, and exits with 1', async () => {
    const port = await freePort()
    await addSocketPrinter(server, { host: '127.0.0.1', port }, 'Held')
    const { code, stdout } = await packhouse(['doctor'], atServer())
    expect(stdout)
      .to.contain(`BAD printer Held laser: does not answer at 127.0.0.1:${port}`)
      .and.contain('see that it is on and in the network')
    expect(code).to.equal(1)
  })

  it('says that the database is out of reach, without its password', async () => {
    const port = await freePort()
    const DATABASE_URL = `postgres://packhouse:hunter2@127.0.0.1:${port}/packhouse`
    const { code, stdout } = await packhouse(['doctor'], { DATABASE_URL, DATA_DIR: folder })
    expect(stdout).to.contain('BAD database: ').and.contain('see that PostgreSQL runs at DATABASE_URL')
    expect(stdout).not.to.contain('hunter2')
    expect(code).to.equal(1)
  })

  it('tells every mistake of the environment at once', async () => {
    const { code, stdout } = await packhouse(['doctor'], { PORT: 'x', HOST: '-' })
    expect(stdout).to.contain('BAD environment: PORT').and.contain('BAD environment: HOST')
    expect(code).to.equal(1)
  })

  it('looks at a machine before the first start and makes nothing there', async () => {
    const { code, stdout } = await packhouse(['doctor'], { DATA_DIR: join(folder, 'none') })
    expect(stdout).to.contain('database: not there yet')
    expect(code).to.equal(0)
  })
})

describe('packhouse migrate', () => {
  let database: TestDatabase
  before(async () => {
    database = await cloneDatabase()
    await database.db.raw(
      'drop schema public cascade; create schema public; drop schema graphile_worker cascade',
    )
  })
  after(() => database.drop())

  it('brings an empty database up to date, and then finds nothing to do', async () => {
    const env = { DATABASE_URL: database.url }
    const first = await packhouse(['migrate'], env)
    expect(first.stdout, first.stderr).to.match(/^migrated: 0001-access, /)
    const again = await packhouse(['migrate'], env)
    expect(again.stdout).to.equal('the database is up to date\n')
    await database.db.raw('select from print_jobs')
  })
})
