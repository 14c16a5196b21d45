import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { stopWhatRuns } from '../../bench/running.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { openLoadDatabase } from '../load/load-database.ts'
import { readLoadOptions } from '../load/load-options.ts'

const RUN = fileURLToPath(new URL('../load/run.ts', import.meta.url))

describe('the database of npm run test:load', () => {
  let used: TestDatabase

  beforeEach(async () => {
    used = await cloneDatabase()
  })
  afterEach(async () => {
    await stopWhatRuns()
    await used.drop()
  })

  it('is refused in one sentence unless it is empty, and nothing is done to it', async () => {
    await empty(used)
    await used.db.raw('create schema somebody create table papers (id int)')
    const { code, said } = await runLoad({ LOAD_DATABASE_URL: used.url })
    expect(code).to.equal(1)
    expect(said).to.match(
      /^LOAD_DATABASE_URL must name an empty database; that one has .*somebody\.papers.*\n$/,
    )
    const { rows } = await used.db.raw(`select relname from pg_class where relname in ('papers', 'orders')`)
    expect(rows).to.deep.equal([{ relname: 'papers' }])
  })

  it('may be an empty one', async () => {
    await empty(used)
    expect((await openLoadDatabase(used.url)).url).to.equal(used.url)
  })

  it('is never the one that DATABASE_URL names', () => {
    expect(readLoadOptions({ DATABASE_URL: used.url }).databaseUrl).to.equal(null)
  })

  it('is shared by three processes at most', async () => {
    const { code, said } = await runLoad({ LOAD_PROCESSES: '4' })
    expect(code).to.equal(1)
    expect(said).to.equal('LOAD_PROCESSES must be a whole number from 1 to 3, not 4\n')
  })
})

async function empty({ db }: TestDatabase): Promise<void> {
  const { rows } = await db.raw(
    `select nspname from pg_namespace where nspname not like 'pg\\_%' and nspname <> 'information_schema'`,
  )
  for (const { nspname } of rows) await db.raw('drop schema ?? cascade', [nspname])
  await db.raw('create schema public')
}

async function runLoad(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--import', 'tsx', RUN], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, said }
}
