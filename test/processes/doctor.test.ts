import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { freePort } from '../helpers/free-port.ts'
import { type Answer, packhouse, runPackhouse } from '../helpers/packhouse-command.ts'
import { addSocketPrinter } from '../helpers/print-floor.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { StartedServer } from '../helpers/started-server.ts'

/** As a database does whose disk is full: it is there, and ends each connection. Answers what puts the old state back. */
async function hangUpInsteadOf(pidFile: string): Promise<() => Promise<void>> {
  const socketFolder = (await readFile(pidFile, 'utf8')).split('\n')[4] ?? ''
  const path = join(socketFolder, '.s.PGSQL.5432')
  await rename(path, `${path}.aside`)
  const hangingUp = createServer((socket) => socket.destroy()).listen(path)
  await once(hangingUp, 'listening')
  return async () => {
    await new Promise((resolve) => hangingUp.close(resolve))
    await rename(`${path}.aside`, path)
  }
}

describe('packhouse doctor', () => {
  let server: TestServer
  let folder: string

  beforeEach(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    folder = await mkdtemp(join(tmpdir(), 'packhouse-doctor-'))
    await chmod(folder, 0o755)
  })
  afterEach(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const atServer = () => ({ DATABASE_URL: server.env['DATABASE_URL'] ?? '', DATA_DIR: folder })
  const rest = () => createRestClient(server.url, server.credentials.admin.api_key)

  async function queueAt(printerName: string): Promise<string> {
    const pdf = (await makePdf({ text: 'waits' })).toString('base64')
    const { json } = await rest().post('/v1/cloud-printing/jobs', {
      location_id: server.credentials.location_id,
      printer_name: printerName,
      data: `data:application/pdf;base64,${pdf}`,
    })
    return json.data.id
  }

  /** No door makes a job older than it is. */
  async function age(jobId: string, seconds: number): Promise<void> {
    await server.db.raw(
      `update print_jobs set created_at = clock_timestamp() - make_interval(secs => ?) where job_id = ?`,
      [seconds, jobId],
    )
  }

  async function pause(printerName: string): Promise<void> {
    const { json } = await rest().get('/v1/cloud-printing/printers?limit=100')
    const { id } = json.data.find(({ name }: { name: string }) => name === printerName)
    expect((await rest().post(`/v1/cloud-printing/printers/${id}/pause`, {})).status).to.equal(200)
  }

  it('finds nothing wrong where nothing is', async () => {
    const { code, stdout } = await packhouse(['doctor'], atServer())
    expect(stdout)
      .to.match(/^ok {2}database: PostgreSQL 1\d/m)
      .and.match(/^ok {2}migrations: none is outstanding$/m)
    expect(stdout).to.match(/^ok {2}clock: 0\.\d s between/m)
    expect(stdout).to.match(/^ok {2}queues: no job waits$/m)
    expect(stdout).to.match(/^ok {2}printer Front desk: by a station client$/m)
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

  it('asks many printers at a time, so that a silent network does not keep it for minutes', async () => {
    const asked = new Set<Socket>()
    const silent = createServer((socket) => {
      asked.add(socket)
      socket.on('error', () => undefined)
    })
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    await server.db.raw(
      `insert into printers (printer_id, station_id, position, name, connection)
       select gen_random_uuid(), (select min(station_id) from stations), 100 + n, 'Silent ' || n,
              jsonb_build_object('type', 'ipp', 'uri', ?::text)
       from generate_series(1, 80) as n`,
      [`ipp://127.0.0.1:${port}/ipp/print`],
    )
    const doctor = packhouse(['doctor'], atServer())
    await eventually('all eighty are asked, though none has answered', async () =>
      [...asked].filter((socket) => !socket.destroyed).length === 80 ? true : undefined,
    )
    for (const socket of asked) socket.destroy()
    silent.close()
    expect((await doctor).stdout.match(/^BAD printer Silent \d+: does not answer/gm)).to.have.length(80)
  })

  it('finds bad that jobs wait for a station client that has never called', async () => {
    await queueAt('Front desk')
    const { code, stdout } = await packhouse(['doctor'], atServer())
    expect(stdout)
      .to.contain("BAD printer Front desk: its station's client has never called, 1 jobs wait")
      .and.contain('packhouse-station')
    expect(code).to.equal(1)
  })

  it('finds a queue doubtful that has stood for five minutes, and bad after fifteen', async () => {
    const jobId = await queueAt('Front desk')
    await server.db.raw('update stations set last_seen_at = clock_timestamp()')
    await age(jobId, 400)
    const early = await packhouse(['doctor'], atServer())
    expect(early.stdout).to.match(/^\? {3}queues: 1 jobs wait, the oldest for 40\d s at Front desk$/m)
    expect(early.code).to.equal(0)
    await age(jobId, 950)
    const late = await packhouse(['doctor'], atServer())
    expect(late.stdout)
      .to.match(/^BAD queues: 1 jobs wait, the oldest for 95\d s at Front desk$/m)
      .and.contain("the jobs' state_reasons say what keeps them")
    expect(late.code).to.equal(1)
  })

  it('finds a queue that a person has paused doubtful, however long it stands', async () => {
    await pause('Laser')
    await age(await queueAt('Laser'), 864_000)
    const { code, stdout } = await packhouse(['doctor'], atServer())
    expect(stdout)
      .to.match(/^\? {3}queues: 1 jobs wait, the oldest for 8640\d\d s at Laser$/m)
      .and.match(/^\? {3}printer Laser: paused, 1 jobs wait$/m)
    expect(code).to.equal(0)
  })

  it('counts what became unknown today of jobs that were made before', async () => {
    const jobId = await queueAt('Front desk')
    await age(jobId, 864_000)
    const report = (body: object) => rest().post(`/v1/cloud-printing/jobs/${jobId}`, body)
    await report({ status: 'processing' })
    const failed = await report({ status: 'failed', reason: 'outcome-unknown: the cable came off' })
    expect(failed.status, failed.text).to.equal(200)
    const outcomes = '?   outcomes: 1 jobs that failed in the last day may have printed, or not'
    expect((await packhouse(['doctor'], atServer())).stdout).to.contain(outcomes)
  })

  it('says how many printers it did not look at, where there are too many', async () => {
    await server.db.raw(
      `insert into printers (printer_id, station_id, position, name, is_paused)
       select gen_random_uuid(), (select min(station_id) from stations), n, 'A' || n, true
       from generate_series(1, 1002) as n`,
    )
    const { stdout } = await packhouse(['doctor'], atServer())
    expect(stdout.match(/^\? {3}printer A\d+: paused$/gm)).to.have.length(1_000)
    expect(stdout).to.contain('?   printers: 7 more, behind the first 1000 by name, were not looked at')
  })

  it('finds a wrong clock and looks at everything else all the same', async () => {
    const port = await freePort()
    await addSocketPrinter(server, { host: '127.0.0.1', port }, 'Held')
    await age(await queueAt('Front desk'), 950)
    const shift = 'const now = Date.now; Date.now = () => now() + 600_000'
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(shift)}`
    const { code, stdout } = await packhouse(['doctor'], { ...atServer(), NODE_OPTIONS })
    expect(stdout).to.match(/^BAD clock: (599|600|601)\.\d s between/m)
    expect(stdout)
      .to.contain('ok  migrations: ')
      .and.match(/^BAD queues: 1 jobs wait/m)
      .and.contain('BAD printer Held laser: does not answer')
    expect(code).to.equal(1)
  })

  it('counts the connections of other users too, where PostgreSQL tells it little of them', async () => {
    const role = `doctor_${randomBytes(6).toString('hex')}`
    await server.db.raw(`create role ${role} login password 'doctor'`)
    const others = []
    try {
      await server.db.raw(`grant select on all tables in schema public to ${role}`)
      for (let count = 0; count < 8; count += 1) others.push(await server.db.transaction())
      const asRole = new URL(server.env['DATABASE_URL'] ?? '')
      asRole.username = role
      asRole.password = 'doctor'
      const { stdout } = await packhouse(['doctor'], { ...atServer(), DATABASE_URL: asRole.href })
      const [, used] = /^(?:ok|\?) +connections: (\d+) of \d+ are in use$/m.exec(stdout) ?? []
      expect(Number(used), stdout).to.be.above(8)
    } finally {
      for (const other of others) await other.rollback()
      await server.db.raw(`drop owned by ${role}`)
      await server.db.raw(`drop role ${role}`)
    }
  })

  it('counts no connection as free that PostgreSQL keeps for superusers', async () => {
    const { rows } = await server.db.raw<{ rows: { max: number }[] }>(
      `select current_setting('max_connections')::integer as max`,
    )
    const { stdout } = await packhouse(['doctor'], atServer())
    expect(Number(/ of (\d+) are in use$/m.exec(stdout)?.[1])).to.be.below(rows[0]?.max ?? 0)
  })

  it('tells what it saw before it came to a table that is not there', async () => {
    await server.db.raw('alter table stations rename to stations_of_old')
    const { code, stdout } = await packhouse(['doctor'], atServer())
    expect(stdout)
      .to.contain('ok  queues: no job waits')
      .and.contain('BAD everything else: the database is not migrated\n      → run packhouse migrate')
    expect(code).to.equal(1)
  })

  it('says of what packhouse hold paused that it is held, and to resume only what a person paused', async () => {
    await pause('Laser')
    await packhouse(['hold'], atServer())
    const { stdout } = await packhouse(['doctor'], atServer())
    expect(stdout)
      .to.match(/^\? {3}printer Label: held by packhouse hold\n(?! )/m)
      .and.match(/^\? {3}printer Laser: paused\n {6}→ resume it at \/floor/m)
    expect(stdout.match(/resume it/g)).to.have.length(1)
  })

  it('says that it may not look into DATA_DIR, where it may not', async () => {
    const dataDir = join(folder, 'private')
    await mkdir(join(dataDir, 'postgres'), { recursive: true })
    await chmod(dataDir, 0)
    const before =
      process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
    const { stdout } = await runPackhouse({ words: ['doctor'], env: { DATA_DIR: dataDir }, before })
    await chmod(dataDir, 0o700)
    expect(stdout)
      .to.contain(`?   database: can't be looked for in ${dataDir} (EACCES)`)
      .and.contain('run as the account that runs the server')
    expect(stdout).not.to.contain('first start makes it')
  })

  it('shows what a terminal would obey in the names that others chose, a line for each printer', async () => {
    const names = [
      'Gone\u001b[31m',
      'a\r\nok  forged: line',
      'c1\u009b2J',
      'bidi\u202etxt\u2066',
      'del\u007f',
    ]
    for (const [position, name] of names.entries()) {
      await server.db.raw(
        `insert into printers (printer_id, station_id, position, name, is_paused)
         select gen_random_uuid(), (select min(station_id) from stations), 100 + ?::int, ?::text, true`,
        [position, name],
      )
    }
    const { stdout } = await packhouse(['doctor'], atServer())
    for (const shown of [
      'Gone\\u001b[31m',
      'a\\u000d\\u000aok  forged: line',
      'c1\\u009b2J',
      'bidi\\u202etxt\\u2066',
      'del\\u007f',
    ])
      expect(stdout).to.contain(`?   printer ${shown}: paused\n`)
    expect(stdout).not.to.match(/^ok {2}forged/m)
    expect(stdout.replaceAll('\n', '')).not.to.match(/[\p{Cc}\u202e\u2066]/u)
  })

  it('says of a DATA_DIR that is a file, or lies in one, that no server can start there', async () => {
    const file = join(folder, 'file')
    await writeFile(file, 'mine')
    const atFile = await packhouse(['doctor'], { DATA_DIR: file })
    expect(atFile.stdout)
      .to.contain(`BAD disk of ${file}: is no folder\n      → set DATA_DIR to a folder`)
      .and.contain('?   database: not there, and no start can make it')
    expect(atFile.code).to.equal(1)
    const below = await packhouse(['doctor'], { DATA_DIR: join(file, 'data') })
    expect(below.stdout).to.contain(
      `BAD disk of ${file}/data: can't be written (ENOTDIR)\n      → set DATA_DIR`,
    )
    expect(below.code).to.equal(1)
  })

  it('says of a DATA_DIR that is not there whether the first start can make it', async function () {
    const made = await packhouse(['doctor'], { DATA_DIR: join(folder, 'some/where') })
    expect(made.stdout).to.contain(
      `?   disk of ${folder}/some/where: not there yet; the first start makes it`,
    )
    if (process.platform !== 'linux') this.skip()
    const { code, stdout } = await packhouse(['doctor'], { DATA_DIR: '/proc/x' })
    expect(stdout).to.contain("BAD disk of /proc/x: can't be made").and.contain('set DATA_DIR')
    expect(stdout).not.to.contain('the first start makes it')
    expect(code).to.equal(1)
  })

  it('names the log and the disk where the embedded database hangs up, and then what comes after its end', async function () {
    this.timeout(60_000)
    const DATA_DIR = join(folder, 'data')
    const other = new StartedServer({ DATA_DIR, DEMO: 'false' })
    try {
      await other.ready()
      const [pid = ''] = (await readFile(join(DATA_DIR, 'postgres/postmaster.pid'), 'utf8')).split('\n')
      other.child.kill('SIGSTOP')
      const cut = await hangUpInsteadOf(join(DATA_DIR, 'postgres/postmaster.pid'))
      const dying = await packhouse(['doctor'], { DATA_DIR })
      await cut()
      expect(dying.stdout)
        .to.contain("BAD database: the embedded database can't be reached")
        .and.contain(`see that the disk of ${DATA_DIR} has room; ${DATA_DIR}/postgres.log says why`)
      expect(dying.stdout).not.to.match(/DATABASE_URL|firewall/)
      expect(dying.code).to.equal(1)
      process.kill(Number(pid), 'SIGKILL')
      const { code, stdout } = await packhouse(['doctor'], { DATA_DIR })
      expect(stdout)
        .to.contain(`in use by process ${other.child.pid}, and its embedded database does not answer here`)
        .and.contain('the server starts it again within seconds')
      expect(stdout).not.to.contain('DATABASE_URL')
      expect(code).to.equal(1)
    } finally {
      other.child.kill('SIGCONT')
      await other.end()
    }
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

  describe('of a small disk under DATA_DIR', () => {
    const onSmallDisk = (env: Readonly<Record<string, string>>): Promise<Answer> => {
      const mounting = 'mount -t tmpfs -o size=64m none "$1" && shift && exec "$@"'
      return runPackhouse({
        words: ['doctor'],
        env: { ...env, DATA_DIR: folder },
        before: ['unshare', '--mount', 'sh', '-c', mounting, 'sh', folder],
      })
    }

    before(function () {
      if (spawnSync('unshare', ['--mount', 'true']).status === 0) return
      console.log('      skipped: to make a small disk takes the right to mount')
      this.skip()
    })

    it('finds bad what the embedded database has to live on', async () => {
      const { code, stdout } = await onSmallDisk({})
      expect(stdout)
        .to.contain(`BAD disk of ${folder}: 64 MiB are free`)
        .and.contain('a database whose disk is full takes no more jobs')
      expect(code).to.equal(1)
    })

    it('finds doubtful what only virtual printers write to', async () => {
      const { code, stdout } = await onSmallDisk({ DATABASE_URL: server.env['DATABASE_URL'] ?? '' })
      expect(stdout)
        .to.contain(`?   disk of ${folder}: 64 MiB are free; that of the database can't be seen from here`)
        .and.contain('make room where there are virtual printers')
      expect(code).to.equal(0)
    })
  })
})
