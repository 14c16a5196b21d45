import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { type IppPrinter, startIppPrinter } from '../helpers/ippeveprinter.ts'
import { addIppPrinter, addPackagesWithFile } from '../helpers/print-floor.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

interface JobRow {
  readonly status: string
  readonly reason: string | null
  readonly state_reasons: readonly string[]
}

/** What each file in the printer's folder makes of a job that is there when it is printed. */
const SCRIPT = `
[ -e "$FOLDER/abort" ] && { echo "ERROR: the fuser broke" >&2; exit 1; }
[ -e "$FOLDER/jam" ] && echo "STATE: +media-jam" >&2
while [ -e "$FOLDER/jam" ] || [ -e "$FOLDER/hold" ]; do touch "$FOLDER/working"; sleep 0.05; done
echo "STATE: -media-jam" >&2
exit 0`

describe('an IPP printer on the packing floor', function () {
  this.timeout(60_000)
  let server: TestServer
  let printer: IppPrinter
  let place: { readonly stationId: string; readonly printerId: string }

  before(async () => {
    server = await startServer({
      env: { PRINTER_PORTS: '1-65535' },
      printingTiming: { retryMinMs: 50, retryMaxMs: 200 },
    })
  })
  after(() => server.stop())
  beforeEach(async function () {
    printer = await startIppPrinter(this, { script: SCRIPT })
    // Nobody else takes its queue over.
    await server.db.raw('update printers set is_paused = true')
    place = await addIppPrinter(server, printer.uri, randomUUID().slice(0, 8))
  })
  afterEach(() => (printer as IppPrinter | undefined)?.close())

  const sign = (name: string) => writeFile(join(printer.folder, name), '')
  const unsign = (name: string) => rm(join(printer.folder, name))

  async function confirm(): Promise<Buffer> {
    const id = randomUUID().slice(0, 8)
    const pdf = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: id })
    const { instructionId } = await addPackagesWithFile(server, { id, count: 1, pdf })
    const where = { station_id: place.stationId }
    await server.rpc.call('packing.confirm', [instructionId, `${id}-s-1`, where], 'packer')
    return pdf
  }

  const jobsWhen = (what: string, test: (rows: readonly JobRow[]) => boolean) =>
    eventually(what, async () => {
      const { rows } = await server.db.raw(
        'select status, reason, state_reasons from print_jobs where station_id = ? order by queue_position',
        [place.stationId],
      )
      return test(rows) ? (rows as readonly JobRow[]) : undefined
    })
  const allEnded = () =>
    jobsWhen('every job ends', (rows) =>
      rows.every(({ status }) => status !== 'queued' && status !== 'processing'),
    )
  const printerSays = async () => {
    const { status, stateReasons } = await server.services.printers.getPrinter(server.db, place.printerId)
    return [status, ...stateReasons].join(' ')
  }
  const printerBecomes = (said: string) =>
    eventually(`the printer is shown as ${said}`, async () =>
      (await printerSays()).startsWith(said) ? true : undefined,
    )
  const lines = async (): Promise<number> => {
    const { rows } = await server.db.raw(
      'select attempt_id from print_attempts join print_jobs using (job_id) where station_id = ?',
      [place.stationId],
    )
    return rows.length
  }
  /** Somebody else's job, which the printer works on for as long as there is a file `hold`, or no paper. */
  async function strangersJob(): Promise<void> {
    const job = { jobName: 'a stranger’s', userName: 'stranger', mediaType: 'application/pdf', template: [] }
    const bytes = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: 'stranger' })
    const document = { bytes, beforeFirstByte: async () => undefined, onBytes: () => undefined }
    await printer.client.printJob(job, document, new AbortController().signal)
  }

  it('holds its queue while it has no paper, says so, and prints all in order once it is refilled', async () => {
    await printer.loadPaper(0)
    const first = await confirm()
    const second = await confirm()
    await printerBecomes('error media-empty')
    const [atPrinter, behind] = await jobsWhen('one is there', ([job]) => job?.status === 'processing')
    expect(atPrinter?.reason).to.equal(null)
    expect(behind?.status).to.equal('queued')
    await printer.loadPaper(250)
    expect((await allEnded()).map(({ status }) => status)).to.deep.equal(['completed', 'completed'])
    expect(await printer.documents()).to.deep.equal([first, second])
    await printerBecomes('online')
    expect(await lines()).to.equal(2)
  })

  it('waits while paper is jammed, says so, and prints once somebody has cleared it', async () => {
    await sign('jam')
    const pdf = await confirm()
    await printerBecomes('error media-jam')
    await jobsWhen('it waits there', ([job]) => job?.status === 'processing')
    await unsign('jam')
    expect((await allEnded()).map(({ status }) => status)).to.deep.equal(['completed'])
    expect(await printer.documents()).to.deep.equal([pdf])
    await printerBecomes('online')
  })

  it('fails the job that it aborts, in its own words, and prints the next', async () => {
    await sign('abort')
    await confirm()
    const [aborted] = await allEnded()
    expect(aborted?.status).to.equal('failed')
    expect(aborted?.reason).to.match(/^aborted-by-system: .*the fuser broke/)
    await unsign('abort')
    await confirm()
    expect((await allEnded()).map(({ status }) => status)).to.deep.equal(['failed', 'completed'])
  })

  it('is tried again while it is busy with somebody else’s job, and prints then', async () => {
    await sign('hold')
    await strangersJob()
    await eventually('it is at work', async () => existsSync(join(printer.folder, 'working')) || undefined)
    const pdf = await confirm()
    await jobsWhen('it is held', ([job]) => job?.state_reasons[0] === 'printer-busy')
    expect(await printerSays()).to.equal('online')
    await unsign('hold')
    expect((await allEnded()).map(({ status }) => status)).to.deep.equal(['completed'])
    expect((await printer.documents()).at(-1)).to.deep.equal(pdf)
  })

  it('fills no ledger while somebody else’s job waits there for paper', async () => {
    await printer.loadPaper(0)
    await strangersJob()
    await confirm()
    await printerBecomes('error media-empty')
    const tries = async (): Promise<number> => {
      const { rows } = await server.db.raw('select tries from print_jobs where station_id = ?', [
        place.stationId,
      ])
      return rows[0]?.tries ?? 0
    }
    await eventually('it was tried often', async () => ((await tries()) >= 5 ? true : undefined))
    expect(await lines()).to.equal(1)
    const [held] = await jobsWhen('it is held', () => true)
    expect(held).to.include({ status: 'queued', reason: null })
    expect(held?.state_reasons).to.include('media-empty')
    await printer.loadPaper(250)
    expect((await allEnded()).map(({ status }) => status)).to.deep.equal(['completed'])
  })
})
