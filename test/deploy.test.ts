import { readFile } from 'node:fs/promises'
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
    expect(numberOf('minReadySeconds')).to.be.above(preStopSeconds + DRAIN_SECONDS)
    expect(numberOf('terminationGracePeriodSeconds')).to.be.above(preStopSeconds + DRAIN_SECONDS)
  })

  it('hand the process no key to the cluster', () => {
    expect(text).to.match(/^ {6}automountServiceAccountToken: false$/m)
  })
})
