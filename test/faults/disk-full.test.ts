import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { type OwnPostgres, startOwnPostgres } from '../helpers/own-postgres.ts'
import { aPdf, type Asked, type Floor, openFloor } from './floor.ts'
import { mountSmallDisk } from './small-disk.ts'
import { startSocketWitness, virtualWitness, type Witness } from './witnesses.ts'

const MIB = 1024 * 1024
/** The empty cluster and its log, with room for the tests' documents until they are too many. */
const CLUSTER_MIB = 220
const DOCUMENT_BYTES = 4 * MIB
const DOCUMENTS_MAX = 60
const RECOVERY_MS = 60_000

describe('a disk that is full', function () {
  this.timeout(180_000)
  const cleanUp: (() => Promise<unknown>)[] = []

  afterEach(async () => {
    for (const step of cleanUp.splice(0).toReversed()) await step()
  })

  async function ask(floor: Floor, witness: Witness, name: string, document: Buffer): Promise<Asked> {
    const printer = await floor.addPrinter(witness, name)
    return { name, copies: 1, document, printer }
  }

  it('holds the queue of a virtual printer, leaves no part of a document there, and prints when there is room', async function () {
    const floor = await openFloor()
    cleanUp.push(() => floor.server.stop())
    const folder = join(floor.server.dataDir, 'virtual-printers')
    const disk = await mountSmallDisk(this, 8, folder)
    cleanUp.push(() => disk.unmount())
    await disk.fill(64 * 1024)
    const witness = virtualWitness(floor.server.dataDir, 'Small', 1)
    const asked = await ask(floor, witness, 'Small', aPdf('x'.repeat(MIB)))
    await floor.submit(floor.server.url, asked)
    const held = await eventually('two tries failed', async () => {
      const job = await floor.find(asked.name)
      return (job?.outcomes.filter((outcome) => outcome === 'not_sent').length ?? 0) >= 2 ? job : undefined
    })
    expect(held.status).to.equal('queued')
    expect(await floor.untruths(asked)).to.deep.equal([])
    await disk.clear()
    expect(await floor.untilEnded(asked.name, RECOVERY_MS)).to.include({ status: 'completed' })
    expect(await witness.copiesOf(asked.document)).to.equal(1)
  })

  it('under the database refuses documents, loses none that was accepted, and the server goes on when there is room', async function () {
    const folder = await mkdtemp(join(tmpdir(), 'packhouse-full-'))
    cleanUp.push(() => rm(folder, { recursive: true, force: true }))
    const disk = await mountSmallDisk(this, CLUSTER_MIB, folder)
    cleanUp.push(() => disk.unmount())
    const postgres: OwnPostgres = await startOwnPostgres(folder)
    const floor = await openFloor(postgres.database)
    cleanUp.push(() => floor.server.stop())
    const witness = await startSocketWitness({ takes: 'pdf' })
    cleanUp.push(() => witness.close())
    const { printer } = await ask(floor, witness, 'Database', Buffer.alloc(0))
    await disk.fill(24 * MIB)

    const accepted: Asked[] = []
    let refusal = ''
    for (let number = 1; refusal === '' && number <= DOCUMENTS_MAX; number += 1) {
      const name = `document ${number}`
      const asked = { name, copies: 1, document: aPdf(incompressible(number)), printer }
      try {
        expect(await floor.submit(floor.server.url, asked)).to.equal(true)
        accepted.push(asked)
      } catch (error) {
        refusal = String(error)
      }
    }
    expect(refusal).to.include('"status":503').and.include('"code":"unavailable"')

    await disk.clear()
    await eventually(
      'the server is ready again by itself',
      async () => ((await fetch(`${floor.server.url}/readyz`)).status === 200 ? true : undefined),
      RECOVERY_MS,
    )
    const late = { name: 'late', copies: 1, document: aPdf('late'), printer }
    await eventually(
      'it takes documents again',
      () => floor.submit(floor.server.url, late).catch(() => undefined),
      RECOVERY_MS,
    )
    for (const asked of [...accepted, late]) {
      await floor.untilEnded(asked.name, RECOVERY_MS)
      expect(await floor.untruths(asked)).to.deep.equal([])
    }
    expect(await witness.copiesOf(late.document)).to.equal(1)
  })
})

/** Text of which PostgreSQL saves nothing by packing it. */
function incompressible(seed: number): string {
  let state = seed
  const bytes = Buffer.alloc(DOCUMENT_BYTES)
  for (let index = 0; index < bytes.length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[index] = 0x30 + ((state >>> 16) % 64)
  }
  return bytes.toString('latin1')
}
