import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { acquireDataDirLock } from '../../lib/db/embedded-lock.ts'
import { identifyProcess } from '../../lib/processes/process-identity.ts'
import { makeReachableFolder, removeFolder } from './embedded-fixture.ts'

describe('the lock of DATA_DIR', () => {
  let dataDir: string

  beforeEach(() => {
    dataDir = makeReachableFolder()
  })
  afterEach(() => removeFolder(dataDir))

  const refusal = () => acquireDataDirLock(dataDir).then(() => undefined, String)
  const lockOf = (owner: string) => symlinkSync(owner, path.join(dataDir, 'packhouse.lock.7'))

  it('is held until it is released', async () => {
    const lock = await acquireDataDirLock(dataDir)
    expect(await refusal()).to.contain(`${dataDir} is in use by process ${process.pid}; set DATABASE_URL`)
    await lock.release()
    expect(await refusal()).to.equal(undefined)
  })

  it('goes to exactly one of many that ask at once, every time', async () => {
    for (let round = 0; round < 20; round++) {
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => acquireDataDirLock(dataDir)))
      const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
      expect(won).to.have.length(1)
      await won[0]?.release()
    }
    expect(readdirSync(dataDir)).to.have.length(1)
  })

  it('is free when its owner has ended', async () => {
    const owner = spawn('sleep', ['60'])
    await once(owner, 'spawn')
    const identity = identifyProcess(owner.pid ?? 0)
    lockOf(`${identity?.pid} ${identity?.start}`)
    expect(await refusal()).to.contain(`in use by process ${owner.pid}`)
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    expect(await refusal()).to.equal(undefined)
  })

  it('is free when another process has its owner’s pid now', async () => {
    lockOf(`${process.pid} started-at-another-time`)
    expect(await refusal()).to.equal(undefined)
  })
})
