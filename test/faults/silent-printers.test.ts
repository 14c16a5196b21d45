import { expect } from 'chai'
import { aDocument, type Asked, type Floor, openFloor } from './floor.ts'
import { startIppWitness, startSocketWitness, type Witness } from './witnesses.ts'

/** The longest of the drivers' own limits: 30 s for an answer, then 60 s without any word. */
const GIVEN_UP_WITHIN_MS = 150_000
/** More than the kernel takes for a printer that doesn't read. */
const LARGE_BYTES = 20 * 1024 * 1024

describe('a printer that takes a document and says nothing', function () {
  this.timeout(GIVEN_UP_WITHIN_MS + 30_000)
  let floor: Floor
  const witnesses: Witness[] = []

  before(async () => {
    floor = await openFloor()
  })
  after(async () => {
    await floor.server.stop()
    await Promise.all(witnesses.map((witness) => witness.close()))
  })

  async function ask(witness: Witness, name: string, document?: Buffer): Promise<Asked> {
    witnesses.push(witness)
    const printer = await floor.addPrinter(witness, name)
    const asked = { name, copies: 1, document: document ?? aDocument(witness, name), printer }
    await floor.submit(floor.server.url, asked)
    return asked
  }

  it('is given up in its time, sent nothing again, and keeps no other printer waiting', async () => {
    const stalled = await ask(
      await startSocketWitness({ isPaused: true }),
      'stalls in the document',
      Buffer.alloc(LARGE_BYTES, 'x'),
    )
    const gone = await ask(
      await startIppWitness({ canCreateJob: true, silence: 'from the document on' }),
      'never answers again',
    )
    const mute = await ask(
      await startIppWitness({ canCreateJob: true, silence: 'about the document' }),
      'does not answer the document',
    )
    const other = await ask(await startSocketWitness(), 'beside them')
    expect(await floor.untilEnded(other.name)).to.include({ status: 'completed' })
    for (const { name } of [stalled, gone, mute]) expect(await floor.find(name)).to.include({ reason: null })

    // It was asked what became of the job, and knew.
    expect(await floor.untilEnded(mute.name, GIVEN_UP_WITHIN_MS)).to.include({ status: 'completed' })
    for (const { name } of [stalled, gone]) {
      const { reason, status, outcomes } = await floor.untilEnded(name, GIVEN_UP_WITHIN_MS)
      expect({ status, outcomes }, name).to.deep.equal({ status: 'failed', outcomes: ['unknown'] })
      expect(reason).to.match(/^outcome-unknown: .*may have printed/)
    }
    for (const asked of [stalled, gone, mute, other]) {
      expect(await floor.untruths(asked)).to.deep.equal([])
    }
    expect(await gone.printer.witness.copiesOf(gone.document)).to.equal(1)
  })
})
