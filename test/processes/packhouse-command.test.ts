import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { freePort } from '../helpers/free-port.ts'
import { packhouse, runPackhouse } from '../helpers/packhouse-command.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const MISTYPED = 2
const NO_DATABASE = 3
const NEW_KEY = ['key', 'create', '--name', 'x', '--scope', 'all']

/** Two plain sentences, not what a program says to another one. */
function expectPlain(text: string): void {
  expect(text).not.to.match(/\n\s+at |node:|node_modules|\bselect\b|\binsert into\b|Acquire connection|\$1/i)
  expect(text.trimEnd().split('\n')).to.have.length(2)
}

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

  it('ends quietly where nobody reads on, with its own exit code, and in words where its answer has no room', async () => {
    const env = { ...atServer(), PORT: 'x' }
    const into = (words: string) => ['bash', '-c', `set -o pipefail; "$@" ${words}`, 'bash']
    const unread = await runPackhouse({ words: ['doctor'], env, before: into('| true') })
    expect(unread).to.deep.equal({ code: 1, stdout: '', stderr: '' })
    const full = await runPackhouse({ words: ['help'], before: into('> /dev/full') })
    expect(full.stderr).to.match(/^the answer can't be written: .*ENOSPC.*\n$/)
    expect(full.code).to.equal(1)
  })

  it('makes a key that works at once, has the scopes named and is printed alone', async () => {
    const words = ['key', 'create', '--name', 'shop', '--scope', 'locations:read']
    const { code, stdout, stderr } = await packhouse(words, atServer())
    expect(code, stderr).to.equal(0)
    expect(stderr).to.match(/^key_\w{22} is made; this is shown once:\n$/)
    const rest = createRestClient(server.url, stdout.trimEnd())
    expect((await rest.get('/v1/locations')).status).to.equal(200)
    expect((await rest.get('/v1/users')).json.code).to.equal('missing_scope')
  })

  it('makes a key that ends at the beginning of the day named', async () => {
    const { code, stdout } = await packhouse([...NEW_KEY, '--expires', '2096-02-29'], atServer())
    expect(code).to.equal(0)
    const rest = createRestClient(server.url, server.credentials.admin.api_key)
    const { json } = await rest.get('/v1/api-keys?limit=100')
    const made = json.data.find(({ last4 }: { last4: string }) => last4 === stdout.trimEnd().slice(-4))
    expect(made.expires_at).to.equal('2096-02-29T00:00:00.000Z')
  })

  const HELP = [
    { words: ['--help'], says: ['usage: packhouse COMMAND', 'key create', 'Exit code: 0 done'] },
    { words: ['help', 'doctor'], says: ['usage: packhouse doctor\n', 'if something is BAD'] },
    { words: ['start', '-h'], says: ['usage: packhouse start\n', 'Drains on SIGTERM'] },
    { words: ['key', 'create', '--help'], says: ['--expires DATE', 'SCOPE may be "all"'] },
  ]
  for (const { words, says } of HELP) {
    it(`answers "${words.join(' ')}" on the standard output, with exit code 0 and without a database`, async () => {
      const { code, stdout, stderr } = await packhouse(words, { DATABASE_URL: 'postgres://u@127.0.0.1:1/d' })
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
      for (const text of says) expect(stdout).to.contain(text)
    })
  }

  const REFUSED = [
    { words: [], says: 'usage: packhouse COMMAND', exit: MISTYPED },
    { words: ['print'], says: 'there is no command "print"', exit: MISTYPED },
    { words: ['doctor', '--quietly'], says: "Unknown option '--quietly'\nusage: ", exit: MISTYPED },
    { words: ['doctor', '--name', 'x'], says: 'doctor takes no options', exit: MISTYPED },
    { words: ['key', 'create', '--scope', 'all'], says: '--name is missing', exit: MISTYPED },
    {
      words: ['key', 'create', '--name', 'x'.repeat(192), '--scope', 'all'],
      says: '191 characters',
      exit: MISTYPED,
    },
    {
      words: ['key', 'create', '--name', 'x', '--scope', 'admin'],
      says: '--scope admin: there are all, api_keys:read',
      exit: MISTYPED,
    },
    { words: [...NEW_KEY, '--expires', 'soon'], says: '--expires soon: a date', exit: MISTYPED },
    { words: [...NEW_KEY, '--expires', '2027-02-31'], says: '--expires 2027-02-31: a date', exit: MISTYPED },
    {
      words: [...NEW_KEY, '--expires', '2027-01-31T24:30:00Z'],
      says: '--expires 2027-01-31T24:30:00Z: a date',
      exit: MISTYPED,
    },
    { words: [...NEW_KEY, '--expires', '2001-01-01'], says: 'in the future', exit: 1 },
    { words: [...NEW_KEY, '--location', 'loc_none'], says: 'no such location', exit: 1 },
  ]
  for (const { words, says, exit } of REFUSED) {
    it(`refuses "${words.join(' ').slice(0, 70)}" in words, with exit code ${exit}`, async () => {
      const { code, stdout, stderr } = await packhouse(words, atServer())
      expect({ code, stdout }).to.deep.equal({ code: exit, stdout: '' })
      expect(stderr).to.contain(says)
    })
  }

  for (const words of [NEW_KEY, ['migrate']]) {
    it(`says of "${words[0]}" that the database is out of reach, plainly and without its password`, async () => {
      const port = await freePort()
      const DATABASE_URL = `postgres://packhouse:hunter2@127.0.0.1:${port}/packhouse`
      const { code, stdout, stderr } = await packhouse(words, { DATABASE_URL, DATA_DIR: folder })
      expect({ code, stdout }).to.deep.equal({ code: NO_DATABASE, stdout: '' })
      expect(stderr)
        .to.contain("the database can't be reached: connect ECONNREFUSED")
        .and.contain('see that PostgreSQL runs at DATABASE_URL')
      expectPlain(stderr)
      expect(stderr).not.to.contain('hunter2')
    })
  }

  it('names the database that is not there, and what makes it', async () => {
    const url = new URL(atServer().DATABASE_URL)
    url.pathname = '/nowhere'
    const { code, stdout, stderr } = await packhouse(['migrate'], { DATABASE_URL: url.href })
    expect({ code, stdout }).to.deep.equal({ code: NO_DATABASE, stdout: '' })
    expect(stderr).to.contain('database "nowhere" does not exist').and.contain('createdb')
    expectPlain(stderr)
  })

  it('says that a name of the database leads nowhere', async () => {
    const DATABASE_URL = 'postgres://u@database.invalid/d'
    const { code, stderr } = await packhouse(['migrate'], { DATABASE_URL })
    expect(code).to.equal(NO_DATABASE)
    expect(stderr).to.contain('database.invalid')
    expectPlain(stderr)
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

  it('is what a command on a database that is not migrated asks for', async () => {
    const { code, stdout, stderr } = await packhouse(NEW_KEY, { DATABASE_URL: database.url })
    expect({ code, stdout }).to.deep.equal({ code: NO_DATABASE, stdout: '' })
    expect(stderr).to.equal('the database is not migrated\nrun packhouse migrate\n')
  })

  it('brings an empty database up to date, and then finds nothing to do', async () => {
    const env = { DATABASE_URL: database.url }
    const first = await packhouse(['migrate'], env)
    expect(first.stdout, first.stderr).to.match(/^migrated: 0001-access, /)
    const again = await packhouse(['migrate'], env)
    expect(again.stdout).to.equal('the database is up to date\n')
    await database.db.raw('select from print_jobs')
  })
})
