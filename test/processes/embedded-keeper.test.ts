import { renameSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { readCredentials } from '../helpers/server.ts'
import { StartedServer } from '../helpers/started-server.ts'
import { killUntilGone, makeReachableFolder, postmasterPid, removeFolder } from '../db/embedded-fixture.ts'

const RECOVERY_MS = 60_000

describe('an embedded PostgreSQL that ends under a running server', function () {
  this.timeout(150_000)
  const servers: StartedServer[] = []
  let root: string
  let dataDir: string
  before(() => {
    root = makeReachableFolder()
    // Too deep for a socket's path: the server must come back where the connections look for it.
    dataDir = path.join(root, 'x'.repeat(90))
  })
  after(async () => {
    await Promise.all(servers.map((server) => server.end('SIGKILL')))
    await killUntilGone(postmasterPid(dataDir))
    removeFolder(root)
  })

  const start = (): StartedServer => {
    const server = new StartedServer({ DATA_DIR: dataDir, LOG_LEVEL: 'info' })
    servers.push(server)
    return server
  }
  const readiness = async (url: string): Promise<number> => (await fetch(`${url}/readyz`)).status
  const untilReady = (url: string) =>
    eventually('it is ready', async () => ((await readiness(url)) === 200 ? true : undefined), RECOVERY_MS)

  it('is started again, twice, and the server goes on with what it had', async () => {
    const server = start()
    const url = await server.ready()
    const rest = createRestClient(url, (await readCredentials(dataDir)).admin.api_key)
    const { json: printers } = await rest.get('/v1/cloud-printing/printers?limit=100')
    const laser = printers.data.find(({ name }: { name: string }) => name === 'Laser')
    const print = async (): Promise<string> =>
      (await rest.post(`/v1/cloud-printing/printers/${laser.id}/test-page`, {})).json.data.id
    const statusOf = async (id: string) => (await rest.get(`/v1/cloud-printing/jobs/${id}`)).json.data.status
    const printed = (id: string) =>
      eventually('the page is printed', async () => ((await statusOf(id)) === 'completed' ? true : undefined))
    await rest.post(`/v1/cloud-printing/printers/${laser.id}/pause`, {})
    const waiting = await print()

    for (let time = 1; time <= 2; time += 1) {
      const dead = postmasterPid(dataDir)
      await killUntilGone(dead)
      await eventually(
        'another one runs',
        () => ([0, dead].includes(postmasterPid(dataDir)) ? undefined : true),
        RECOVERY_MS,
      )
      await untilReady(url)
    }
    expect(server.stdout).to.contain('embedded PostgreSQL has ended: starting it again')
    expect(await statusOf(waiting)).to.equal('queued')
    await rest.post(`/v1/cloud-printing/printers/${laser.id}/resume`, {})
    await printed(waiting)
    await printed(await print())
    const last = postmasterPid(dataDir)
    expect(await server.end('SIGTERM')).to.equal(0)
    expect(postmasterPid(dataDir), `${last} was stopped`).to.equal(0)
  })

  it('ends the process with a message and exit code 1 where it cannot be started again', async () => {
    const server = start()
    await server.ready()
    const control = path.join(dataDir, 'postgres/global/pg_control')
    renameSync(control, `${control}.away`)
    await killUntilGone(postmasterPid(dataDir))
    expect(await server.exited).to.equal(1)
    expect(server.stderr)
      .to.contain('Packhouse stops: the embedded PostgreSQL ended more than 5 times in 10 minutes')
      .and.contain('pg_control')
    renameSync(`${control}.away`, control)
    await untilReady(await start().ready())
  })
})
