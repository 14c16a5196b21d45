import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { killUntilGone, makeReachableFolder, postmasterPid, removeFolder } from '../db/embedded-fixture.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'
import { startOwnPostgres } from '../helpers/own-postgres.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import type { RpcClient } from '../helpers/rpc-client.ts'
import { readCredentials, rpcClientOf } from '../helpers/server.ts'
import { StartedServer } from '../helpers/started-server.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../helpers/webhook-receiver.ts'

const ROUNDS = 40
const ROUND_MS = 150
const RECOVERY_MS = 60_000
/** The limit of a drain, and what a busy machine adds. */
const DRAIN_LIMIT_MS = 25_000
const MARGIN_MS = 5_000

describe('a server that loses connections to its database while webhooks are at work', function () {
  this.timeout(180_000)
  let receiver: WebhookReceiver
  const servers: StartedServer[] = []
  const cleanUps: (() => unknown)[] = []

  beforeEach(async () => {
    receiver = await startWebhookReceiver()
  })
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.end('SIGKILL')))
    for (const cleanUp of cleanUps.splice(0)) await cleanUp()
    await receiver.close()
  })

  const start = async (dataDir: string, env: Readonly<Record<string, string>> = {}) => {
    const server = new StartedServer({ DATA_DIR: dataDir, EGRESS_ALLOW: '127.0.0.1', ...env })
    servers.push(server)
    const url = await server.ready()
    const credentials = await readCredentials(dataDir)
    const admin = createRestClient(url, credentials.admin.api_key)
    const webhook = await admin.post('/v1/webhooks', { url: receiver.url, topics: ['order.created'] })
    expect(webhook.status).to.equal(201)
    return { server, url, flow: startFlow(rpcClientOf(url, credentials)) }
  }

  it('lives when those of its background jobs are ended over and over, and delivers every event', async () => {
    const database = await cloneDatabase()
    const dataDir = await mkdtemp(path.join(tmpdir(), 'packhouse-lost-'))
    cleanUps.push(
      () => database.drop(),
      () => rm(dataDir, { recursive: true, force: true }),
    )
    const { server, flow } = await start(dataDir, { DATABASE_URL: database.url, DEMO: 'true' })
    let ended = 0
    for (let round = 1; round <= ROUNDS; round += 1) {
      ended += await endJobConnections(database)
      expect(server.child.exitCode, server.stdout).to.equal(null)
      await Promise.race([delay(ROUND_MS), server.exited])
    }
    expect(ended).to.be.above(ROUNDS / 4)
    await deliversAll(receiver, await flow.stop())
    expect(await server.end('SIGTERM'), server.stderr).to.equal(0)
    expect(server.stdout).not.to.contain('a defect')
  })

  it('lives when its embedded PostgreSQL is killed, twice, and delivers every event', async () => {
    const dataDir = makeReachableFolder()
    cleanUps.push(
      () => killUntilGone(postmasterPid(dataDir)),
      () => removeFolder(dataDir),
    )
    const { server, url, flow } = await start(dataDir)
    for (let time = 1; time <= 2; time += 1) {
      const before = receiver.received.length
      await receiver.atLeast(before + 5)
      await killUntilGone(postmasterPid(dataDir))
      await eventually(
        'it is ready, or has ended',
        async () => {
          if (server.child.exitCode !== null) return true
          const status = await fetch(`${url}/readyz`).then((reply) => reply.status)
          return status === 200 ? true : undefined
        },
        RECOVERY_MS,
      )
      expect(server.child.exitCode, server.stdout).to.equal(null)
    }
    await deliversAll(receiver, await flow.stop())
    expect(await server.end('SIGTERM'), server.stderr).to.equal(0)
  })

  it('replaces those of its background jobs when they are frozen, and delivers every event', async () => {
    // Not on the server of all tests: whoever drops a database there waits until each of its backends has heard of it.
    const { database } = await startOwnPostgres()
    const dataDir = await mkdtemp(path.join(tmpdir(), 'packhouse-lost-'))
    cleanUps.push(
      () => database.drop(),
      () => rm(dataDir, { recursive: true, force: true }),
    )
    const { server, flow } = await start(dataDir, { DATABASE_URL: database.url, DEMO: 'true' })
    await receiver.atLeast(5)
    const frozen = await freezeJobConnections(database)
    try {
      await Promise.race([server.logs('background jobs failed; they are started again'), server.exited])
      expect(server.stdout).to.contain('no background job was looked for with success for 30 s')
      await deliversAll(receiver, await flow.stop())
    } finally {
      for (const pid of frozen) process.kill(pid, 'SIGCONT')
    }
    expect(await server.end('SIGTERM'), server.stderr).to.equal(0)
  })

  it('ends within its limit when it is told to stop and its database is frozen, and says what it waited for', async () => {
    const dataDir = makeReachableFolder()
    const frozen: number[] = []
    cleanUps.push(
      () => Promise.all(frozen.map((pid) => killUntilGone(pid))),
      () => removeFolder(dataDir),
    )
    const { server, flow } = await start(dataDir)
    await receiver.atLeast(5)
    frozen.push(...freeze(postmasterPid(dataDir)))
    const toldAt = performance.now()
    server.child.kill('SIGTERM')
    const code = await Promise.race([
      server.exited,
      delay(DRAIN_LIMIT_MS + MARGIN_MS, 'it still runs', { ref: false }),
    ])
    expect(code).to.equal(1)
    expect(performance.now() - toldAt).to.be.above(DRAIN_LIMIT_MS - 1_000)
    // Which of its parts asked the database last is a matter of chance.
    expect(server.stderr).to.match(/did not stop within 25 s, and ends: it waited for [a-z]/)
    await flow.stop()
  })
})

interface Flow {
  /** Answers the ids of the orders that were acknowledged. */
  stop(): Promise<readonly string[]>
}

/** One order after the other; one that is refused is not asked for again. */
function startFlow(rpc: RpcClient): Flow {
  const accepted: string[] = []
  let isStopped = false
  const run = async (): Promise<void> => {
    for (let number = 1; !isStopped; number += 1) {
      const id = `LOST-${number}`
      const order = rpc.call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: id }])
      await order.then(
        () => accepted.push(id),
        () => delay(50),
      )
      await delay(20)
    }
  }
  const running = run()
  return {
    async stop() {
      isStopped = true
      await running
      return accepted
    },
  }
}

async function deliversAll(receiver: WebhookReceiver, ids: readonly string[]): Promise<void> {
  expect(ids.length).to.be.above(10)
  await eventually(
    'every event is delivered',
    () => {
      const delivered = new Set(receiver.received.map(({ json }) => json.data.unique_id))
      return ids.every((id) => delivered.has(id)) ? true : undefined
    },
    RECOVERY_MS,
  )
}

async function endJobConnections({ db }: TestDatabase): Promise<number> {
  const { rows } = await db.raw(
    `select count(pg_terminate_backend(pid))::integer as count from pg_stat_activity
     where application_name = 'packhouse jobs' and datname = current_database()`,
  )
  return rows[0].count
}

/** Answers the ids of their backends. */
async function freezeJobConnections({ db }: TestDatabase): Promise<number[]> {
  const { rows } = await db.raw(
    `select pid from pg_stat_activity where application_name = 'packhouse jobs' and datname = current_database()`,
  )
  const pids = (rows as { readonly pid: number }[]).map(({ pid }) => pid)
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  return pids
}

/** The postmaster and all its backends. Answers their ids. */
function freeze(postmaster: number): number[] {
  process.kill(postmaster, 'SIGSTOP')
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8')
  const pids = children.trim().split(' ').map(Number)
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  return [postmaster, ...pids]
}
