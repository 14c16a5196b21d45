import { readdir, readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { readConfig } from '../lib/config.ts'

/** docs/scaling.md, "Connections": what a process keeps beside its pool, and what PostgreSQL gives to others than superusers. */
const BESIDE_POOL = 4
const POSTGRES_CONNECTIONS = 100 - 3
/** docs/operations.md: for pg_dump, the doctor and people. */
const SPARE = 5
const DRAIN_SECONDS = 20

describe('the manifests for Kubernetes', () => {
  let text: string
  before(async () => {
    text = await readFile(new URL('../deploy/kubernetes.yaml', import.meta.url), 'utf8')
  })
  const numberOf = (key: string) => Number(new RegExp(`^ *${key}: "?(\\d+)"?$`, 'm').exec(text)?.[1])
  const given = () =>
    Object.fromEntries(
      [...text.matchAll(/- name: ([A-Z_]+)\n +value: "?([^"\n]+)"?$/gm)].map(([, name, value]) => [
        name,
        value,
      ]),
    )

  it('give an environment that the server takes, with a proxy to trust', () => {
    const config = readConfig({ ...given(), DATABASE_URL: 'postgres://h/d' })
    expect(config.http.publicUrl).to.match(/^https:/)
    expect(config.http.trustProxy).to.have.length(1)
  })

  it("fit into PostgreSQL's default of connections during an update", () => {
    const { databasePoolMax } = readConfig({ ...given(), DATABASE_URL: 'postgres://h/d' })
    // One that starts, and one that still ends: the next is not ended before minReadySeconds are over.
    const processes = numberOf('replicas') + numberOf('maxSurge') + 1
    expect(processes * (databasePoolMax + BESIDE_POOL)).to.be.at.most(POSTGRES_CONNECTIONS - SPARE)
  })

  it('end a process after its traffic has gone elsewhere, and in time', () => {
    const preStopSeconds = Number(/preStop:[^]*?sleep, "(\d+)"/.exec(text)?.[1])
    expect(preStopSeconds).to.be.at.least(5)
    // Else two would end at once when a drain takes all the time that it has: one process more than counted above.
    expect(numberOf('minReadySeconds')).to.be.above(numberOf('terminationGracePeriodSeconds'))
    expect(numberOf('terminationGracePeriodSeconds')).to.be.above(preStopSeconds + DRAIN_SECONDS)
  })

  it('hand the process no key to the cluster', () => {
    expect(text).to.match(/^ {6}automountServiceAccountToken: false$/m)
  })
})

describe('compose.yaml', () => {
  /** What the image sets, and what a container has no use for. */
  const ELSEWHERE = /^(HOST|PORT|DATA_DIR|PRINTER_DISCOVERY|THERMAL_\w+)$/

  const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8')

  it('passes on the variables that an operator may have to set, and leaves their defaults', async () => {
    const manual = await read('docs/running.md')
    const cells = [...manual.matchAll(/^\| (`[A-Z_]+`[^|]*) \|/gm)].map(([, cell = '']) => cell)
    const known = cells.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name))
    const passed = [...(await read('compose.yaml')).matchAll(/^ {6}([A-Z_]+): /gm)].map(([, name]) => name)
    expect(known).to.have.length.above(20)
    expect(passed).to.include.members(known.filter((name) => !ELSEWHERE.test(name)))
    expect(() =>
      readConfig({ TRUST_PROXY: '', DATABASE_POOL_MAX: '', LOG_LEVEL: '', DEMO: '' }),
    ).not.to.throw()
  })

  it('takes PostgreSQL for healthy when it answers by TCP, and not while its image makes the database', async () => {
    const check = /healthcheck:[^]*?test: \[CMD, pg_isready, (.*)\]/.exec(await read('compose.yaml'))?.[1]
    expect(check?.split(', ')).to.include.members(['-h', '127.0.0.1'])
  })

  it('lets the process drain before it is killed, as the command for Docker does', async () => {
    const graceSeconds = Number(
      / packhouse:[^]*?stop_grace_period: (\d+)s/.exec(await read('compose.yaml'))?.[1],
    )
    expect(graceSeconds).to.be.above(DRAIN_SECONDS)
    const command = /^docker run --detach (?:[^]*?\\\n)+.*$/m.exec(await read('docs/operations.md'))?.[0]
    expect(Number(/--stop-timeout (\d+)/.exec(command ?? '')?.[1])).to.be.above(DRAIN_SECONDS)
    for (const option of ['--read-only', '--tmpfs /tmp', '--cap-drop ALL', '--publish 127.0.0.1:'])
      expect(command).to.include(option)
  })

  it('keeps its passwords out of the repository', async () => {
    expect((await read('.gitignore')).split('\n')).to.include('.env')
  })
})

describe('migrations', () => {
  it('have each a number of its own, but for the pair that databases know already', async () => {
    const files = await readdir(new URL('../migrations/', import.meta.url))
    const numbers = files.map((file) => file.slice(0, 4))
    expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).to.deep.equal(['0021'])
  })
})
