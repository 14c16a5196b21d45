import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { expect } from 'chai'
import pino from 'pino'
import { accountFor } from '../../lib/db/embedded-account.ts'
import { findBinariesPackage } from '../../lib/db/embedded-binaries.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../lib/db/embedded-postgres.ts'
import { identifyProcess } from '../../lib/processes/process-identity.ts'
import { adoptOrLaunch, stopServer } from '../../lib/db/embedded-server.ts'
import {
  giveToOwnerOf,
  killChild,
  killUntilGone,
  makeReachableFolder,
  postmasterPid,
  query,
  removeFolder,
  startBystander,
  startInChild,
} from '../db/embedded-fixture.ts'

const log = pino({ level: 'silent' })

describe('the embedded PostgreSQL', function () {
  this.timeout(60_000)

  let root: string
  let dataDir: string
  let running: EmbeddedPostgres | undefined

  const start = async (folder = dataDir) => {
    running = await startEmbeddedPostgres({ dataDir: folder, log })
    return running.connection
  }
  const stop = async () => {
    await running?.stop()
    running = undefined
  }

  // One cluster for all: making another for each would take most of the time.
  before(async () => {
    root = makeReachableFolder()
    dataDir = path.join(root, 'data')
    const connection = await start()
    await query(connection, 'create table kept (note text)')
    await query(connection, `insert into kept values ('before')`)
    await stop()
  })
  afterEach(async () => {
    await stop()
  })
  after(async () => {
    // What a failed test has left running.
    for (const name of readdirSync(root)) await killUntilGone(postmasterPid(path.join(root, name)))
    removeFolder(root)
  })

  it('speaks UTF-8 with a byte order that no library update changes, whatever LANG says', async () => {
    const connection = await start()
    expect(await query(connection, 'show server_encoding')).to.equal('UTF8')
    expect(
      await query(connection, 'select datlocale from pg_database where datname = current_database()'),
    ).to.equal('C.UTF-8')
    expect(await query(connection, `select upper('größe')`)).to.equal('GRÖßE')
  })

  it('opens no TCP port, and its socket only to its own account and root', async () => {
    const connection = await start()
    expect(await query(connection, 'show listen_addresses')).to.equal('')
    expect(statSync(connection.host).mode & 0o777).to.equal(0o700)
    expect(statSync(connection.host).uid).to.equal(statSync(path.join(dataDir, 'postgres')).uid)
  })

  it('loses no acknowledged commit to a power cut', async () => {
    const connection = await start()
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      expect(await query(connection, `show ${setting}`), setting).to.equal('on')
    }
  })

  it('runs as an account that is not root, and as ours when we are not root', async () => {
    await start()
    const { uid } = statSync(`/proc/${postmasterPid(dataDir)}`)
    expect(uid).not.to.equal(0)
    if (process.getuid?.() !== 0) expect(uid).to.equal(process.getuid?.())
  })

  it('has a session of its own, so that Ctrl-C in the terminal does not reach it', async () => {
    await start()
    const pid = postmasterPid(dataDir)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, , processGroup, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    expect([processGroup, session]).to.deep.equal([String(pid), String(pid)])
  })

  it('keeps its data over a stop, and stops once however often it is told to', async () => {
    const database = await startEmbeddedPostgres({ dataDir, log })
    expect(await query(database.connection, 'select note from kept')).to.equal('before')
    await Promise.all([database.stop(), database.stop()])
    await database.stop()
    expect(existsSync(path.join(dataDir, 'postgres/postmaster.pid'))).to.equal(false)
  })

  it('is adopted, with its data, after a kill -9 of the process that started it', async () => {
    const child = await startInChild(dataDir)
    const pid = postmasterPid(dataDir)
    await query(child.connection ?? expect.fail(child.refusal), `insert into kept values ('in child')`)
    await killChild(child)
    const connection = await start()
    expect(postmasterPid(dataDir)).to.equal(pid)
    expect(await query(connection, `select count(*)::int from kept where note = 'in child'`)).to.equal(1)
    await stop()
    expect(identifyProcess(pid)).to.equal(undefined)
  })

  it('recovers every commit after a kill -9 of the server', async () => {
    const connection = await start()
    await query(connection, `insert into kept values ('then killed')`)
    await killUntilGone(postmasterPid(dataDir))
    await stop()
    expect(await query(await start(), `select count(*)::int from kept where note = 'then killed'`)).to.equal(
      1,
    )
  })

  it('is not kept from starting by a dead server whose pid another process of its account has now', async () => {
    const cluster = path.join(dataDir, 'postgres')
    await start()
    const [, ...lines] = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    await stop()
    const bystander = await startBystander(cluster)
    try {
      for (const file of [
        path.join(cluster, 'postmaster.pid'),
        path.join(dataDir, 'socket/.s.PGSQL.5432.lock'),
      ]) {
        writeFileSync(file, [bystander.pid, ...lines].join('\n'))
        giveToOwnerOf(cluster, file)
      }
      expect(await query(await start(), 'select note from kept limit 1')).to.equal('before')
      expect(bystander.signalCode).to.equal(null)
    } finally {
      bystander.kill()
    }
  })

  it('is restarted rather than adopted when an update has replaced its binaries', async () => {
    const child = await startInChild(dataDir)
    const pid = postmasterPid(dataDir)
    await killChild(child)
    const { native } = await findBinariesPackage()
    const updated = path.join(root, 'updated')
    symlinkSync(native, updated)
    const account = accountFor(dataDir)
    const server = await adoptOrLaunch(
      {
        dataDir,
        folder: path.join(dataDir, 'postgres'),
        logFile: path.join(dataDir, 'postgres.log'),
        account: account === 'none' ? undefined : account,
        binaries: { initdb: '', postgres: path.join(updated, 'bin/postgres'), serverVersion: '18.4' },
      },
      log,
    )
    expect(server.isAdopted).to.equal(false)
    expect(server.identity.pid).not.to.equal(pid)
    await stopServer(server.identity, log)
  })

  it('does not start beside a server that it can reach but not see, as in two containers on one volume', async () => {
    const unseen = net.createServer().listen(path.join(dataDir, 'socket/.s.PGSQL.5432'))
    await once(unseen, 'listening')
    try {
      const refusal = await start().then(() => 'started', String)
      expect(refusal).to.contain(
        `DATA_DIR ${dataDir} is in use by a PostgreSQL of another system or container`,
      )
    } finally {
      unseen.close()
    }
  })

  it('sets a server log of over 10 MiB aside, once', async () => {
    truncateSync(path.join(dataDir, 'postgres.log'), 11 * 1024 * 1024)
    await start()
    expect(statSync(path.join(dataDir, 'postgres.log')).size).to.be.lessThan(100_000)
    expect(statSync(path.join(dataDir, 'postgres.log.1')).size).to.equal(11 * 1024 * 1024)
  })

  it('lets one of two processes that start at once have the folder, and tells the other which', async () => {
    const fresh = path.join(root, 'contended')
    const contenders = await Promise.all([startInChild(fresh), startInChild(fresh)])
    const winner = contenders.find(({ connection }) => connection) ?? expect.fail('nobody won')
    try {
      expect(contenders.map(({ refusal }) => refusal)).to.have.members([
        undefined,
        `DATA_DIR ${fresh} is in use by process ${winner.child.pid}; set DATABASE_URL to share one database`,
      ])
      expect(await query(winner.connection ?? expect.fail(), 'select current_database()')).to.equal(
        'packhouse',
      )
    } finally {
      for (const contender of contenders) await killChild(contender)
      await start(fresh)
    }
  })

  it('begins again after a kill -9 in the middle of its first start', async () => {
    const fresh = path.join(root, 'interrupted')
    mkdirSync(path.join(fresh, 'postgres.new-abcdef'), { recursive: true })
    writeFileSync(path.join(fresh, 'postgres.new-abcdef/PG_VERSION'), '18\n')
    expect(await query(await start(fresh), 'select 1')).to.equal(1)
    expect(readdirSync(fresh).filter((name) => name.startsWith('postgres.'))).to.deep.equal(['postgres.log'])
  })

  it('starts in a folder whose path is too long for a socket, through a short private one', async () => {
    const long = path.join(root, 'long'.repeat(30), 'data')
    mkdirSync(path.dirname(long))
    renameSync(dataDir, long)
    try {
      const connection = await start(long)
      expect(connection.host.length).to.be.lessThan(90)
      expect(statSync(connection.host).mode & 0o777).to.equal(0o700)
      expect(await query(connection, 'select note from kept limit 1')).to.equal('before')
      await stop()
      expect(existsSync(connection.host)).to.equal(false)
    } finally {
      await stop()
      renameSync(long, dataDir)
    }
  })

  it('quotes the end of the server log when the server does not start', async () => {
    const settings = path.join(dataDir, 'postgres/postgresql.auto.conf')
    const good = readFileSync(settings)
    writeFileSync(settings, 'shared_buffers = lots\n')
    try {
      const refusal = await start().then(() => 'started', String)
      expect(refusal).to.contain('invalid value for parameter "shared_buffers"')
    } finally {
      writeFileSync(settings, good)
    }
    expect(await query(await start(), 'select 1')).to.equal(1)
  })
})
