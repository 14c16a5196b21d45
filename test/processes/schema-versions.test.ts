import { expect } from 'chai'
import { migrationConfig } from '../../lib/db/migrations.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { packhouse } from '../helpers/packhouse-command.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { StartedServer } from '../helpers/started-server.ts'

const JOBS = '/v1/cloud-printing/jobs'

/** What the migration of a later version leaves behind; it sorts after all that there will ever be. */
const LATER = `
  alter table print_jobs add column of_a_later_version text;
  insert into schema_migrations (name, batch, migration_time) values ('9999-later', 99, now())`

describe('a process beside a database of another version', function () {
  this.timeout(60_000)
  let server: TestServer
  const logged: Record<string, unknown>[] = []

  beforeEach(async () => {
    server = await startServer({
      env: { LOG_LEVEL: 'warn' },
      onLog: (line) => void logged.push(JSON.parse(line)),
    })
  })
  afterEach(async () => {
    await server.stop()
    logged.length = 0
  })

  const atDatabase = () => ({
    DATABASE_URL: server.env['DATABASE_URL'] ?? '',
    DATA_DIR: server.dataDir,
  })
  const readiness = async (url = server.url) => {
    const reply = await fetch(`${url}/readyz`)
    const { reason } = (await reply.json()) as { reason?: string }
    return { status: reply.status, reason }
  }
  const newest = async (): Promise<string> =>
    (await server.db.raw('select max(name) as name from schema_migrations')).rows[0].name

  async function prints(): Promise<void> {
    const rest = createRestClient(server.url, server.credentials.admin.api_key)
    const pdf = await makePdf({ text: 'beside' })
    const { json } = await rest.post(JOBS, {
      location_id: server.credentials.location_id,
      printer_name: 'Laser',
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
    })
    await eventually('the job is printed', async () =>
      (await rest.get(`${JOBS}/${json.data.id}`)).json.data.status === 'completed' ? true : undefined,
    )
  }

  it('stays ready and prints when a later version has migrated it, and can start there too', async () => {
    await prints()
    await server.db.raw(LATER)
    expect(await readiness()).to.include({ status: 200 })
    await prints()

    const beside = await startServerProcess({ ...server.env, LOG_LEVEL: 'silent' })
    expect(await readiness(beside.baseUrl)).to.include({ status: 200 })
    beside.kill('SIGTERM')
    await beside.ended
  })

  it('says at its start and to its operator that the database is newer, and leaves it as it is', async () => {
    await server.db.raw(LATER)
    await server.pause()
    await server.resume()
    const [line] = logged.filter(({ msg }) => msg === 'the database is newer than this program')
    expect(line).to.deep.include({ level: 40, migrations: ['9999-later'] })

    const doctor = await packhouse(['doctor'], atDatabase())
    expect(doctor.stdout).to.contain(
      '?   migrations: the database is newer than this program: it has 9999-later\n      → end the update',
    )
    expect(doctor.code).to.equal(0)
    const migrated = await packhouse(['migrate'], atDatabase())
    expect(migrated).to.deep.include({
      code: 0,
      stdout: 'the database is newer than this program: it has 9999-later\n',
    })
    expect(await newest()).to.equal('9999-later')
  })

  it('is unready while one of its own migrations is missing', async () => {
    const name = await newest()
    await server.db.raw('delete from schema_migrations where name = ?', [name])
    expect(await readiness()).to.deep.include({ status: 503, reason: 'the database is not migrated' })
    const { code, stdout } = await packhouse(['doctor'], atDatabase())
    expect(stdout).to.contain(`BAD migrations: outstanding: ${name}`).and.contain('printer Laser: ')
    expect(code).to.equal(1)
    await server.db.raw('insert into schema_migrations (name, batch, migration_time) values (?, 1, now())', [
      name,
    ])
    expect(await readiness()).to.include({ status: 200 })
  })

  it('migrates however long a table takes, and waits for locks of others within a limit', async function () {
    this.timeout(120_000)
    await server.pause()
    await server.db.migrate.down(migrationConfig)
    await server.db.raw(`
      create table seen_limits (statements text, locks text);
      create sequence seen_statements;
      create function see_limits() returns event_trigger language plpgsql as $$
      begin
        -- Longer than any statement of a server is waited for.
        if nextval('seen_statements') = 1 then perform pg_sleep(36); end if;
        insert into seen_limits values (current_setting('statement_timeout'), current_setting('lock_timeout'));
      end $$;
      create event trigger see_limits on ddl_command_end execute function see_limits()`)
    const { code, stdout } = await packhouse(['migrate'], atDatabase())
    expect([code, stdout]).to.deep.equal([0, `migrated: ${await newest()}\n`])
    const { rows } = await server.db.raw<{ rows: { statements: string; locks: string }[] }>(
      'select distinct * from seen_limits',
    )
    expect(rows.map(({ statements }) => statements)).to.deep.equal(['0'])
    expect(rows[0]?.locks).to.match(/^[1-3]0s$/)
    await server.db.raw('drop event trigger see_limits')
    await server.resume()
  })

  it('says in the log that it migrates, before it has done so', async () => {
    const name = await newest()
    await server.pause()
    await server.db.migrate.down(migrationConfig)
    const lock = await server.db.transaction()
    await lock.raw('lock table schema_migrations in share mode')
    const starting = new StartedServer({ ...server.env, LOG_LEVEL: 'info' })
    try {
      const told = await eventually(
        'it says what it migrates',
        async () => /"migrations":\["([^"]+)"\],"msg":"migrating the database"/.exec(starting.stdout)?.[1],
      )
      expect(told).to.equal(name)
      expect(starting.stdout).not.to.contain('Packhouse is ready')
      await lock.rollback()
      await starting.ready()
    } finally {
      if (!lock.isCompleted()) await lock.rollback()
      expect(await starting.end()).to.equal(0)
    }
    await server.resume()
  })

  const CONFLICTS = [
    {
      what: 'a foreign migration among its own',
      sql: `insert into schema_migrations (name, batch, migration_time) values ('0003-foreign', 1, now())`,
      undo: `delete from schema_migrations where name = '0003-foreign'`,
      reason: 'the database has migrations that this program lacks: 0003-foreign',
    },
    {
      what: 'one of its own is missing before others',
      sql: `delete from schema_migrations where name = '0010-rest'`,
      undo: `insert into schema_migrations (name, batch, migration_time) values ('0010-rest', 1, now())`,
      reason: 'the database has later migrations, but not 0010-rest',
    },
    {
      what: 'its newest is missing before one of a later version',
      sql: `update schema_migrations set name = '9999-later' where name = (select max(name) from schema_migrations)`,
      undo: null,
      reason: /^the database has later migrations, but not \d{4}-[a-z-]+$/,
    },
  ] as const
  for (const { what, sql, undo, reason } of CONFLICTS) {
    it(`is unready and refuses to start or migrate where ${what}`, async () => {
      const original = await newest()
      const matches = (text: string | undefined) => expect(text).to.match(new RegExp(reason, 'm'))
      await server.db.raw(sql)
      const asked = await readiness()
      expect(asked.status).to.equal(503)
      matches(asked.reason)
      await server.pause()
      const refused = await server.resume().catch((error: unknown) => error)
      expect(refused).to.be.instanceOf(Error)
      matches((refused as Error).message)
      const migrated = await packhouse(['migrate'], atDatabase())
      expect(migrated.code).to.equal(1)
      matches(migrated.stderr.trimEnd())
      const doctor = await packhouse(['doctor'], atDatabase())
      expect(doctor.code).to.equal(1)
      expect(doctor.stdout).to.contain('BAD migrations: the database has').and.contain('restore the backup')
      expect(doctor.stdout).not.to.contain('firewall')
      await server.db.raw(
        undo ?? `update schema_migrations set name = '${original}' where name = '9999-later'`,
      )
      await server.resume()
      expect(await readiness()).to.include({ status: 200 })
    })
  }
})
