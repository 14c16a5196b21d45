import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts'
import { aDocument, type Asked, type Floor, type FloorPrinter, openFloor, type SeenJob } from './floor.ts'
import { startIppWitness, startSocketWitness, type Witness } from './witnesses.ts'

/** They print at once, so that a document's every byte takes seconds and not minutes. */
const PRINTERS = 6

const KINDS = [
  { name: 'a socket', step: 1, start: () => startSocketWitness() },
  { name: 'Create-Job', step: 1, start: () => startIppWitness({ canCreateJob: true }) },
  { name: 'Print-Job', step: 1, start: () => startIppWitness({ canCreateJob: false }) },
  // The server's part is the same as with Create-Job: some bytes show that it believes no half of a document.
  {
    name: 'Create-Job, printing parts',
    step: 8,
    start: () => startIppWitness({ canCreateJob: true, printsParts: true }),
  },
]

interface CutPrinter extends FloorPrinter {
  readonly proxy: CuttingProxy
}

describe('a connection to a printer that is reset', function () {
  this.timeout(180_000)
  let floor: Floor
  let printers: CutPrinter[]

  before(async () => {
    floor = await openFloor()
  })
  after(() => floor.server.stop())
  beforeEach(() => {
    printers = []
  })
  afterEach(async () => {
    await Promise.all(printers.flatMap(({ proxy, witness }) => [proxy.close(), witness.close()]))
  })

  async function addPrinter(witness: Witness, name: string): Promise<CutPrinter> {
    const proxy = await startCuttingProxy(addressOf(witness))
    const printer = await floor.addPrinter({ ...witness, connection: throughProxy(witness, proxy) }, name)
    const added = { ...printer, witness, proxy }
    printers.push(added)
    return added
  }

  for (const { name, step, start } of KINDS) {
    it(`is told truly wherever in a document for ${name} it happens, and nothing prints twice`, async () => {
      for (let number = 1; number <= PRINTERS; number += 1) {
        await addPrinter(await start(), `${name} ${number}`)
      }
      const length = aJob(printers[0]!, name, 0).document.length
      const asked: Asked[] = []
      for (let offset = 0; offset <= length; offset += step) {
        const printer = printers[(offset / step) % PRINTERS]!
        const job = aJob(printer, name, offset)
        printer.proxy.cut(job.document, offset)
        await floor.submit(floor.server.url, job)
        asked.push(job)
      }
      expect(asked.length).to.be.above(30)
      const untruths: string[] = []
      for (const job of asked) {
        const seen = await floor.untilEnded(job.name)
        untruths.push(...(await floor.untruths(job)), ...silentLosses(job, seen))
      }
      expect(untruths).to.deep.equal([])
    })

    it(`before the first byte for ${name} costs nothing: the job prints when the printer is back`, async () => {
      const printer = await addPrinter(await start(), `${name} refusing`)
      printer.proxy.isRefusing = true
      const job = aJob(printer, name, 9999)
      await floor.submit(floor.server.url, job)
      // One attempt: the printer is looked for before there is another.
      const held = await eventually('a try failed', async () => {
        const seen = await floor.find(job.name)
        return seen?.outcomes.includes('not_sent') ? seen : undefined
      })
      expect(held.status).to.equal('queued')
      expect(await floor.untruths(job)).to.deep.equal([])
      printer.proxy.isRefusing = false
      expect(await floor.untilEnded(job.name)).to.include({ status: 'completed' })
      expect(await printer.witness.copiesOf(job.document)).to.equal(1)
    })
  }
})

/** Every one of these was cut, so none may count as sent, and each that didn't print says why. */
function silentLosses({ name }: Asked, { status, reason, outcomes }: SeenJob): string[] {
  const isTold = status === 'completed' ? outcomes.at(-1) === 'confirmed' : reason !== null
  return isTold ? [] : [`${name}: ${status}, ${outcomes.join()}, without a word`]
}

function aJob(printer: FloorPrinter, kind: string, offset: number): Asked {
  const name = `${kind} reset at ${String(offset).padStart(4, '0')}`
  const mark = `${String(offset).padStart(4, '0')} ${kind.padEnd(60, '.')}`
  return { name, copies: 1, document: aDocument(printer.witness, mark), printer }
}

function addressOf({ connection }: Witness): { host: string; port: number } {
  if (connection.type === 'socket') return connection
  if (connection.type !== 'ipp') throw new TypeError(`no address: ${connection.type}`)
  const { hostname, port } = new URL(connection.uri.replace('ipp:', 'http:'))
  return { host: hostname, port: Number(port) }
}

function throughProxy({ connection }: Witness, { port }: CuttingProxy): Witness['connection'] {
  if (connection.type === 'socket') return { ...connection, port }
  return { type: 'ipp', uri: `ipp://127.0.0.1:${port}/ipp/print` }
}
