import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { PrintJob } from '../../lib/print-jobs/print-job.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startSocketSink } from '../helpers/socket-sink.ts'
import { aLocation, eventsOf, rejection } from '../printers/printing-fixtures.ts'
import { aDraft, aKey, aStation, createJob } from './station-client-fixtures.ts'

describe('job intake service', () => {
  let server: TestServer
  const client = aKey()

  before(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
  })
  after(() => server.stop())

  const untilEnded = (jobId: string) =>
    eventually('the end of a job', async () => {
      const job = await server.services.jobLookup.getJob(client, jobId)
      return job.status === 'completed' || job.status === 'failed' ? job : undefined
    })

  async function ended(change = {}): Promise<PrintJob> {
    const { stationId } = await aStation(server)
    const job = await createJob(server, { stationId, ...change })
    const report = { status: 'failed', reason: 'out of paper' } as const
    return (await server.services.jobProgress.updateJob(client, job.jobId, report)).job
  }

  describe('createJob', () => {
    it('checks the location, then the station, before it fetches anything', async () => {
      const closed = await aStation(server, [{ name: 'p' }], { allowAllUsers: false })
      const unreachable = { kind: 'url', url: 'http://127.0.0.1:1/x.pdf' } as const
      const limited = aKey({ locationId: await aLocation(server.db) })
      const attempt = async (caller: typeof client, change: object) => {
        const draft = await aDraft(server, { source: unreachable, ...change })
        const { code, details } = (await rejection(server.services.jobIntake.createJob(caller, draft))) as {
          code: string
          details: { reason?: string; subject?: string }
        }
        return `${code}:${details.reason ?? details.subject}`
      }
      expect(await attempt(client, { locationId: 'loc_none' })).to.equal('not_found:location')
      expect(await attempt(limited, {})).to.equal('forbidden:location')
      expect(await attempt(client, { stationId: 'prnt_stn_none' })).to.equal('not_found:station')
      expect(await attempt(client, { stationId: closed.stationId })).to.equal('forbidden:unauthorized')
      expect(await attempt(client, {})).to.equal('invalid:document_unreachable')
    })

    it('finds no printer at a station of another location', async () => {
      const elsewhere = await aStation(server, [{ name: 'p' }], { locationId: await aLocation(server.db) })
      expect(await rejection(createJob(server, { stationId: elsewhere.stationId }))).to.include({
        code: 'no_printer',
      })
    })

    it('sends raw documents copies times, without what the filter takes out', async () => {
      const sink = await startSocketSink()
      try {
        const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'zpl' } as const
        const { stationId } = await aStation(server, [{ name: 'zpl', connection }])
        const bytes = Buffer.from('^XA^JUS^FDlabel^FS^XZ')
        const source = { kind: 'data', declaredType: 'application/vnd.zebra-zpl', bytes } as const
        const job = await createJob(server, {
          stationId,
          source,
          options: { copies: 2, orientation: 'landscape' },
        })
        expect(job.warnings).to.deep.equal(['zpl-command-removed: ^JU'])
        expect(await untilEnded(job.jobId)).to.include({ status: 'completed' })
        expect(sink.received.toString()).to.equal(`~HS${'^XA^FDlabel^FS^XZ'.repeat(2)}`)
      } finally {
        await sink.close()
      }
    })
  })

  describe('reprint', () => {
    it('makes a new job of the same document, name, resource and options', async () => {
      const resource = { type: 'shipment', id: 's1', document: 'shipping_label' }
      const job = await ended({ name: 'Slip', resource, options: { copies: 3, pagesToPrint: ['2'] } })
      const copy = await server.services.jobIntake.reprint(client, job.jobId, { reason: 'Smudged' })
      expect(copy).to.deep.include({
        status: 'queued',
        name: 'Slip',
        documentId: job.documentId,
        options: job.options,
        resourceType: 'shipment',
        resourceId: 's1',
        resourceDocument: 'shipping_label',
        reprintOf: job.jobId,
        reprintReason: 'Smudged',
        createdBy: client.id,
      })
      expect(copy.jobId).not.to.equal(job.jobId)
      expect((await eventsOf(server.db, copy.jobId)).map(({ type }) => type)).to.deep.equal([
        'cloud_printing.job.created',
      ])
      expect(await server.services.jobLookup.getJob(client, job.jobId)).to.deep.equal(job)
    })

    it('goes to the printer that is named, if it can print it and is of the location', async () => {
      const job = await ended({ options: { paperSize: null } })
      const station = await aStation(server, [{ name: 'a' }, { name: 'z', orientations: ['landscape'] }])
      const other = await aStation(server, [{ name: 'p' }], { locationId: await aLocation(server.db) })
      const reprint = (printerId: string | undefined) =>
        server.services.jobIntake.reprint(client, job.jobId, { reason: 'again', printerId: printerId ?? '' })
      expect((await reprint(station.printers[0]?.printerId)).printer.name).to.equal('a')
      expect(await rejection(reprint(station.printers[1]?.printerId))).to.include({ code: 'no_printer' })
      expect(await rejection(reprint(other.printers[0]?.printerId))).to.include({ code: 'no_printer' })
      expect(await rejection(reprint('no-uuid'))).to.include({ code: 'not_found' })
    })

    it('is refused for jobs that have not ended, and without a reason', async () => {
      const { stationId } = await aStation(server)
      const job = await createJob(server, { stationId })
      const reprint = (reason: unknown) => server.services.jobIntake.reprint(client, job.jobId, { reason })
      expect(await rejection(reprint('Smudged'))).to.have.nested.property(
        'details.reason',
        'invalid_status_transition',
      )
      for (const reason of [undefined, null, 'ab', '  ab  ', 5, 'x'.repeat(1024), 'abc\0']) {
        expect(await rejection(reprint(reason))).to.deep.include({ code: 'invalid' })
      }
    })
  })

  describe('submitTestPage', () => {
    it('prints what each printer takes', async () => {
      const sink = await startSocketSink()
      try {
        const socket = (language: 'zpl' | 'escpos' | 'raw' | 'pdf') =>
          ({ type: 'socket', host: sink.host, port: sink.port, language }) as const
        const languages = ['zpl', 'escpos', 'raw', 'pdf'] as const
        const { printers } = await aStation(
          server,
          languages.map((language) => ({ name: `Zoë (${language})`, connection: socket(language) })),
        )
        for (const [index, start] of ['^XA', '\x1b@', 'Packhouse', '%PDF-'].entries()) {
          const before = sink.received.length
          const job = await server.services.jobIntake.submitTestPage(client, printers[index]?.printerId ?? '')
          expect(job).to.include({ name: 'Test page' })
          expect(await untilEnded(job.jobId)).to.include({ status: 'completed' })
          // Label and receipt printers are asked for their state first.
          const page = sink.received
            .subarray(before)
            .toString('latin1')
            .replace(/^(\x10\x04\x02|~HS)/, '')
          expect(page.slice(0, start.length)).to.equal(start)
          expect(page).to.include('Printer: Zoe')
        }
      } finally {
        await sink.close()
      }
    }).timeout(60_000)

    it('is a PDF for folders and station clients, whatever way up they print', async () => {
      const { printers } = await aStation(server, [
        { name: 'Test folder', connection: { type: 'virtual' }, pageSizes: ['label_4x6'] },
        { name: 'Test client', orientations: ['landscape'] },
      ])
      const [folder, own] = printers
      const job = await server.services.jobIntake.submitTestPage(client, folder?.printerId ?? '')
      expect(await untilEnded(job.jobId)).to.include({ status: 'completed' })
      const file = await readFile(join(server.dataDir, 'virtual-printers', 'Test folder', `${job.jobId}.pdf`))
      expect(file.subarray(0, 5).toString()).to.equal('%PDF-')
      const waiting = await server.services.jobIntake.submitTestPage(client, own?.printerId ?? '')
      expect(waiting).to.deep.include({ mediaType: 'application/pdf', status: 'queued' })
      expect(waiting.printer.name).to.equal('Test client')
    })
  })
})
