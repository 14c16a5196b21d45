import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { aKey, createJob } from './station-client-fixtures.ts'

/** docs/decisions/0011: statements that are no part of a transaction are tried again after a deadlock. */
describe('a dispatcher whose statements are chosen to end a deadlock', () => {
  let server: TestServer
  const logged: Record<string, unknown>[] = []

  before(async () => {
    server = await startServer({
      env: { LOG_LEVEL: 'warn' },
      onLog: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>),
    })
    // The first time that each row is written; a sequence is not rolled back.
    await server.db.raw(`
      create sequence inserts;
      create sequence updates;
      create function lose_deadlock() returns trigger language plpgsql as $$
      begin
        if nextval(tg_argv[0]) = 1 then raise exception 'deadlock detected' using errcode = '40P01'; end if;
        return new;
      end $$;
      create trigger lose_claim before insert on print_attempts for each row execute function lose_deadlock('inserts');
      create trigger lose_mark before update on print_attempts for each row execute function lose_deadlock('updates')`)
  })
  after(() => server.stop())

  it('asks them again, and prints, once, without a word in the log', async () => {
    const { jobId } = await createJob(server, { printerName: 'Laser' })
    await eventually('it is printed', async () => {
      const { status } = await server.services.jobLookup.getJob(aKey(), jobId)
      return status === 'completed' ? true : undefined
    })
    const { rows } = await server.db.raw(
      'select last_value > 1 as is_lost from inserts union all select last_value > 1 from updates',
    )
    expect(rows.map(({ is_lost }: { is_lost: boolean }) => is_lost)).to.deep.equal([true, true])
    const attempts = await server.services.jobLookup.attempts(aKey(), jobId)
    expect(attempts.map(({ outcome }) => outcome)).to.deep.equal(['confirmed'])
    expect(logged).to.deep.equal([])
  })
})
