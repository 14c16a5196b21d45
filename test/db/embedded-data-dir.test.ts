import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { barrierOnTheWay, type DatabaseAccount, firstAccount } from '../../lib/db/embedded-account.ts'
import { defaultDataDir, prepareDataDir } from '../../lib/db/embedded-data-dir.ts'
import { makeReachableFolder, removeFolder } from './embedded-fixture.ts'

const isRoot = process.getuid?.() === 0
const somebody: DatabaseAccount = { name: 'somebody', uid: 65534, gid: 65534 }

describe('DATA_DIR', () => {
  let folder: string

  beforeEach(() => {
    folder = makeReachableFolder()
  })
  afterEach(() => removeFolder(folder))

  it('is by default ./data, unless root’s working folder is closed to the database’s account', () => {
    expect(defaultDataDir(folder)).to.equal(path.join(folder, 'data'))
    chmodSync(folder, 0o700)
    expect(defaultDataDir(folder)).to.equal(isRoot ? '/var/lib/packhouse' : path.join(folder, 'data'))
  })

  it('is made with its parents where it is missing, private whatever the umask', async () => {
    const umask = process.umask(0)
    try {
      const dataDir = await prepareDataDir(path.join(folder, 'a/b/data'))
      expect(statSync(dataDir).mode & 0o777).to.equal(0o700)
    } finally {
      process.umask(umask)
    }
  })

  if (isRoot) {
    it('can be passed by the database’s account, but not read, even with umask 077', async () => {
      const umask = process.umask(0o077)
      try {
        const dataDir = await prepareDataDir(path.join(folder, 'a/b/data'), somebody)
        expect(barrierOnTheWay(dataDir, somebody)).to.equal(undefined)
        expect(statSync(dataDir).mode & 0o777).to.equal(0o710)
      } finally {
        process.umask(umask)
      }
    })

    it('is refused with the name of the folder that bars the database’s account from it', async () => {
      const closed = path.join(folder, 'closed')
      mkdirSync(path.join(closed, 'data'), { recursive: true })
      chmodSync(closed, 0o700)
      const refusal = await prepareDataDir(path.join(closed, 'data'), somebody).then(() => 'fine', String)
      expect(refusal).to.contain(`runs as somebody, which may not pass ${closed} on its way`)
    })

    it('keeps the permissions of a folder that a group was given', async () => {
      chmodSync(folder, 0o750)
      chownSync(folder, 0, 4)
      await prepareDataDir(folder, somebody).catch(() => undefined)
      expect([statSync(folder).mode & 0o777, statSync(folder).gid]).to.deep.equal([0o750, 4])
    })
  }
})

describe('the database’s account, for root', () => {
  const line = (name: string, uid: number) => `${name}:x:${uid}:${uid}:::/bin/false\n`

  it('is the first of postgres, node and nobody that the account file has', () => {
    const all = line('nobody', 65534) + line('node', 1000) + line('postgres', 101)
    expect(firstAccount(all)).to.deep.equal({ name: 'postgres', uid: 101, gid: 101 })
    expect(firstAccount(line('nobody', 65534) + line('node', 1000))?.name).to.equal('node')
    expect(firstAccount(line('root', 0) + line('nobody', 65534))?.name).to.equal('nobody')
  })

  it('is never root by another name', () => {
    expect(firstAccount(line('postgres', 0))).to.equal(undefined)
  })
})
