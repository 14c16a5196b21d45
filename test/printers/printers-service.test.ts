import { expect } from 'chai'
import type { Knex } from 'knex'
import type { Connection } from '../../lib/delivery/connection.ts'
import { DomainError, InvalidError, NotFoundError } from '../../lib/errors.ts'
import { createPrintJobsService } from '../../lib/print-jobs/print-jobs-service.ts'
import type { NewPrinter, StationWithPrinters } from '../../lib/printers/printer.ts'
import { createPrintersService, type PrintersService } from '../../lib/printers/printers-service.ts'
import { createEventsService } from '../../lib/webhooks/events-service.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import {
  aCaller,
  aDocument,
  aJob,
  aLocation,
  eventsOf,
  PRINTER_PORTS,
  rejection,
} from './printing-fixtures.ts'

const IPP = {
  type: 'ipp',
  uri: 'ipp://printer.example/ipp/print',
  username: 'u',
  password: 'hunter2',
} as const

describe('printers service', () => {
  let database: TestDatabase
  let db: Knex
  let printers: PrintersService
  let locationId: string
  let stationNumber = 0

  before(async () => {
    database = await cloneDatabase()
    db = database.db
    printers = createPrintersService({ db, events: createEventsService(), printerPorts: PRINTER_PORTS })
  })
  after(() => database.drop())
  beforeEach(async () => {
    locationId = await aLocation(db)
  })

  function station(own: readonly NewPrinter[], change: object = {}): Promise<StationWithPrinters> {
    stationNumber += 1
    return printers.createStation('key_1', {
      locationId,
      name: `S${stationNumber}`,
      printers: own,
      ...change,
    })
  }

  async function firstPrinterId(own: NewPrinter): Promise<string> {
    return (await station([own])).printers[0]?.printerId ?? ''
  }

  describe('createStation', () => {
    it('answers the printers in the order given, with defaults for what was left out', async () => {
      const created = await station([
        { name: 'Zebra' },
        { name: 'Alps', pageSizes: ['a4', 'a4'], orientations: [] },
      ])
      expect(created.stationId).to.match(/^prnt_stn_[0-9A-Za-z]{22}$/)
      expect(created).to.include({
        displayName: created.name,
        status: 'online',
        allowAllUsers: true,
        code: null,
      })
      expect(created.location).to.deep.equal({ locationId, name: 'Warehouse', code: null })
      expect(created.printers.map(({ name }) => name)).to.deep.equal(['Zebra', 'Alps'])
      const [zebra, alps] = created.printers
      expect(zebra).to.deep.include({
        connection: { type: 'station' },
        orientations: ['portrait', 'landscape'],
        pageSizes: [],
        status: 'online',
        health: 'online',
        queueDepth: 0,
        isPaused: false,
        isRemoved: false,
        hasColor: false,
        priority: null,
        pool: null,
        configuration: { dpi: null, speed: null, spooling: false, port: null, type: null, thermal: null },
      })
      expect(zebra?.printerId).to.match(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      )
      expect(alps).to.deep.include({ pageSizes: ['a4'], orientations: ['portrait', 'landscape'] })
    })

    it('refuses a name that another station of the location has, and takes it in another location', async () => {
      const { name } = await station([])
      const error = await rejection(station([], { name }))
      expect(error).to.be.instanceOf(DomainError)
      expect(error).to.deep.include({
        code: 'conflict',
        details: { subject: 'station', reason: 'taken', field: 'name' },
      })
      await station([], { name, locationId: await aLocation(db) })
    })

    it('gives the name and code of a removed station away', async () => {
      const { stationId, name } = await station([], { code: 'GONE' })
      await db.raw('update stations set deleted_at = now() where station_id = ?', [stationId])
      await station([], { name, code: 'GONE' })
    })

    it('refuses a code that another station or printer has, and keeps nothing of the station', async () => {
      await station([{ name: 'Laser', code: 'P1' }], { code: 'TAKEN' })
      expect(await rejection(station([], { code: 'TAKEN' }))).to.deep.include({
        details: { subject: 'station', reason: 'taken', field: 'code' },
      })
      const second = station([{ name: 'a' }, { name: 'b', code: 'P1' }], { code: 'OTHER' })
      expect(await rejection(second)).to.deep.include({
        details: { subject: 'printer', reason: 'taken', field: 'printers.1.code' },
      })
      expect(await rejection(printers.getStation(aCaller(), 'OTHER'))).to.be.instanceOf(NotFoundError)
    })

    it('refuses a location that does not exist', async () => {
      const error = await rejection(station([], { locationId: 'loc_none' }))
      expect(error).to.deep.include({ code: 'not_found', details: { subject: 'location', id: 'loc_none' } })
    })

    it('says which printer has a name twice or an unregistered paper size', async () => {
      const twice = await rejection(station([{ name: 'a' }, { name: 'a' }]))
      expect(twice)
        .to.be.instanceOf(InvalidError)
        .with.deep.property('details')
        .that.includes({ field: 'printers.1.name' })
      const size = await rejection(station([{ name: 'a', pageSizes: ['a4', 'foolscap'] }]))
      expect(size).to.be.instanceOf(InvalidError)
      expect(size).to.deep.include({
        details: { field: 'printers.0.page_size', reason: 'unknown_paper_size' },
      })
    })
  })

  describe('connections', () => {
    const socket = { type: 'socket', host: '127.0.0.1', port: 9100, language: 'zpl' } as const
    const accepted: readonly Connection[] = [
      socket,
      { ...socket, host: '::1', port: 9109 },
      { ...socket, host: 'zebra-1.floor.example' },
      { type: 'ipp', uri: 'ipp://printer.example/ipp/print' },
      { type: 'ipp', uri: 'ipps://[::1]:631/ipp/print' },
      { type: 'virtual' },
      { type: 'station' },
    ]
    for (const connection of accepted) {
      it(`accepts ${JSON.stringify(connection)}`, async () => {
        const id = await firstPrinterId({ name: 'p', connection })
        expect((await printers.getPrinter(db, id)).connection).to.deep.equal(connection)
      })
    }

    const refused: readonly (readonly [string, Connection, string])[] = [
      ['host', { ...socket, host: 'http://printer' }, 'malformed'],
      ['host', { ...socket, host: '' }, 'malformed'],
      ['host', { ...socket, host: 'a b' }, 'malformed'],
      ['port', { ...socket, port: 22 }, 'port_not_allowed'],
      ['port', { ...socket, port: 9110 }, 'port_not_allowed'],
      ['uri', { type: 'ipp', uri: 'ipp://printer.example:80/' }, 'port_not_allowed'],
      ['uri', { type: 'ipp', uri: 'http://printer.example:631/' }, 'malformed'],
      ['uri', { type: 'ipp', uri: 'ipp:///ipp/print' }, 'malformed'],
      ['uri', { type: 'ipp', uri: 'printer' }, 'malformed'],
      ['uri', { type: 'ipp', uri: 'ipp://u:hunter2@printer.example/' }, 'userinfo'],
      ['ca', { type: 'ipp', uri: 'ipps://printer.example/', ca: 'not PEM' }, 'malformed'],
    ]
    for (const [member, connection, reason] of refused) {
      it(`refuses ${JSON.stringify(connection)} for its ${member}`, async () => {
        const error = await rejection(station([{ name: 'a' }, { name: 'p', connection }]))
        expect(error).to.be.instanceOf(InvalidError)
        expect(error).to.deep.include({ details: { field: `printers.1.connection.${member}`, reason } })
        expect(String(error)).not.to.include('hunter2')
      })
    }

    it('shows a password to the dispatcher alone', async () => {
      const created = await station([{ name: 'p', connection: IPP }])
      const printerId = created.printers[0]?.printerId ?? ''
      await printers.reportState(printerId, { status: 'error', stateReasons: ['media-jam'] })
      expect((await printers.getPrinter(db, printerId)).connection).to.deep.equal(IPP)
      const seen = [
        created,
        await printers.listStations(aCaller({ locationId })),
        await printers.candidates(db, locationId, 'usr_1'),
        await eventsOf(db, printerId),
      ]
      expect(JSON.stringify(seen)).to.include('printer.example').and.not.include('hunter2')
    })
  })

  describe('stations as callers see them', () => {
    it('finds a station by id or code, not by name', async () => {
      const { stationId, name } = await station([], { code: 'BY_CODE' })
      expect((await printers.getStation(aCaller(), stationId)).stationId).to.equal(stationId)
      expect((await printers.getStation(aCaller(), 'BY_CODE')).stationId).to.equal(stationId)
      for (const unknown of [name, '', 'a\0b', '\ud800']) {
        expect(await rejection(printers.getStation(aCaller(), unknown))).to.be.instanceOf(NotFoundError)
      }
    })

    it('hides stations of other locations', async () => {
      const { stationId } = await station([])
      const elsewhere = aCaller({ locationId: await aLocation(db) })
      expect(await rejection(printers.getStation(elsewhere, stationId))).to.be.instanceOf(NotFoundError)
      expect(await printers.listStations(elsewhere)).to.deep.equal([])
      await printers.getStation(aCaller({ locationId }), stationId)
    })

    it('opens a closed station to those it lists, and lists it for supervisors', async () => {
      const { stationId } = await station([{ name: 'p' }], { allowAllUsers: false, allowedUsers: ['usr_1'] })
      const other = aCaller({ id: 'usr_2', locationId })
      await printers.getStation(aCaller(), stationId)
      expect(await rejection(printers.getStation(other, stationId))).to.be.instanceOf(NotFoundError)
      expect(await printers.listStations(other)).to.have.length(0)
      expect(await printers.listStations({ ...other, role: 'supervisor' })).to.have.length(1)
      const open = async (id: string) =>
        (await printers.candidates(db, locationId, id))[0]?.isStationOpenToCaller
      expect(await open('usr_1')).to.equal(true)
      expect(await open('usr_2')).to.equal(false)
    })
  })

  describe('candidates', () => {
    it('counts queued and processing jobs, and no others', async () => {
      const { printers: own } = await station([{ name: 'one' }, { name: 'two', priority: 1 }])
      const jobs = createPrintJobsService({ printers, renderable: new Set() })
      const document = await aDocument(db)
      const statuses = ['queued', 'processing', 'completed', 'failed', 'canceled']
      for (const status of statuses) {
        const job = await jobs.submit(db, aJob(document, locationId, { printerName: 'one' }))
        await db.raw('update print_jobs set status = ? where job_id = ?', [status, job.jobId])
      }
      const found = await printers.candidates(db, locationId, 'usr_1')
      expect(found.map(({ name, queueDepth }) => ({ name, queueDepth }))).to.deep.equal([
        { name: 'one', queueDepth: 2 },
        { name: 'two', queueDepth: 0 },
      ])
      expect((await printers.getPrinter(db, own[0]?.printerId ?? '')).queueDepth).to.equal(2)
    })

    it('leaves removed printers out, which getPrinter still finds', async () => {
      const { printers: own } = await station([{ name: 'kept' }, { name: 'removed' }])
      const removed = own[1]?.printerId ?? ''
      await db.raw('update printers set deleted_at = now() where printer_id = ?', [removed])
      const found = await printers.candidates(db, locationId, 'usr_1')
      expect(found.map(({ name }) => name)).to.deep.equal(['kept'])
      expect(await printers.getPrinter(db, removed)).to.include({ name: 'removed', isRemoved: true })
      expect((await printers.listStations(aCaller({ locationId })))[0]?.printers).to.have.length(1)
    })

    it('counts a station as offline whose client fell silent for 90 s', async () => {
      const { stationId, printers: own } = await station([{ name: 'p' }])
      const statusAfter = async (seconds: number) => {
        await db.raw(
          `update stations set last_seen_at = now() - ? * interval '1 second' where station_id = ?`,
          [seconds, stationId],
        )
        const [candidate] = await printers.candidates(db, locationId, 'usr_1')
        return [candidate?.stationStatus, (await printers.getPrinter(db, own[0]?.printerId ?? '')).health]
      }
      expect(await statusAfter(60)).to.deep.equal(['online', 'online'])
      expect(await statusAfter(100)).to.deep.equal(['offline', 'offline'])
    })
  })

  it('knows no printer by what is no UUID', async () => {
    for (const id of ['', 'Laser', 'a\0', '0192f5e0-0000-7000-8000-000000000000']) {
      expect(await rejection(printers.getPrinter(db, id))).to.be.instanceOf(NotFoundError)
      const report = printers.reportState(id, { status: 'online', stateReasons: [] })
      expect(await rejection(report)).to.be.instanceOf(NotFoundError)
    }
  })

  describe('reportState', () => {
    it('records each change once, with the state before it', async () => {
      const id = await firstPrinterId({ name: 'p', connection: { type: 'virtual' } })
      await printers.reportState(id, {
        status: 'error',
        stateReasons: ['media-empty', 'cover-open', 'cover-open'],
      })
      await printers.reportState(id, { status: 'error', stateReasons: ['cover-open', 'media-empty'] })
      await printers.reportState(id, { status: 'online', stateReasons: [] })
      await printers.reportState(id, { status: 'online', stateReasons: [] })

      const events = await eventsOf(db, id)
      expect(events.map(({ sequence, data }) => [sequence, data['status'], data['previous']])).to.deep.equal([
        [1, 'error', { status: 'online', stateReasons: [] }],
        [2, 'online', { status: 'error', stateReasons: ['media-empty', 'cover-open'] }],
      ])
      expect(events[0]).to.include({
        type: 'cloud_printing.printer.state_changed',
        resource_type: 'printer',
        location_id: locationId,
        merchant_id: null,
      })
      expect(events[0]?.data).to.deep.include({ printerId: id, stateReasons: ['media-empty', 'cover-open'] })
    })

    it('leaves the row alone when nothing changed', async () => {
      const id = await firstPrinterId({ name: 'p' })
      const { updatedAt } = await printers.getPrinter(db, id)
      await printers.reportState(id, { status: 'online', stateReasons: [] })
      expect((await printers.getPrinter(db, id)).updatedAt).to.deep.equal(updatedAt)
      await printers.reportState(id, { status: 'busy', stateReasons: [] })
      expect((await printers.getPrinter(db, id)).updatedAt).to.be.above(updatedAt)
    })

    it('tells one of several equal reports at once', async () => {
      const id = await firstPrinterId({ name: 'p' })
      const report = () => printers.reportState(id, { status: 'offline', stateReasons: ['printer-offline'] })
      await Promise.all([report(), report(), report(), report()])
      expect(await eventsOf(db, id)).to.have.length(1)
    })
  })
})
