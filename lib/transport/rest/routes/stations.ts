import {
  type StationListQuery,
  stationAnswer,
  stationCreateBody,
  stationListQuery,
  stationUpdateBody,
} from '../../../../schemas/station.ts'
import type { NewStation, StationChange } from '../../../printers/printer.ts'
import type { StationsService } from '../../../printers/stations-service.ts'
import { listAnswer, type Noun, resourceAnswer } from '../rest-answer.ts'
import { toListQuery } from '../rest-query.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { readNewStation, readStationChange } from '../station-body.ts'
import { stationView } from '../views/station-view.ts'

const NOUN: Noun = { one: 'print station', many: 'print stations' }
const PATH = '/v1/cloud-printing/stations'
const TAG = 'Print stations'

/** Stations with their printers: contracts/cloud-printing.md, sections 2 and 5. */
export const stationRoutes = (stations: StationsService): readonly RestRoute[] => [
  ...readingRoutes(stations),
  ...writingRoutes(stations),
]

const readingRoutes = (stations: StationsService): readonly RestRoute[] => [
  defineRoute<unknown, StationListQuery>({
    method: 'GET',
    path: PATH,
    scope: 'print_stations:read',
    summary: 'List print stations',
    tag: TAG,
    query: stationListQuery,
    answer: { status: 200, schema: stationAnswer, isList: true },
    refusals: ['location_access'],
    async handle({ caller, query }) {
      const list = toListQuery(query)
      const filter = { locationId: query.location_id ?? null, status: query.status ?? null }
      const page = await stations.list(caller, filter, list)
      return listAnswer(NOUN, { page, list, view: (station) => stationView(station, caller) })
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id`,
    scope: 'print_stations:read',
    summary: 'Retrieve a print station',
    tag: TAG,
    answer: { status: 200, schema: stationAnswer },
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'retrieved', stationView(await stations.get(caller, id), caller))
    },
  }),
]

const writingRoutes = (stations: StationsService): readonly RestRoute[] => [
  defineRoute<NewStation>({
    method: 'POST',
    path: PATH,
    scope: 'print_stations:write',
    summary: 'Create a print station',
    tag: TAG,
    body: stationCreateBody,
    readBody: (body) => readNewStation(body, stations.printerErrors),
    answer: { status: 201, schema: stationAnswer },
    refusals: ['not_found', 'location_access', 'already_exists'],
    async handle({ caller, body }) {
      return resourceAnswer(NOUN, 'created', stationView(await stations.create(caller, body), caller))
    },
  }),
  defineRoute<StationChange>({
    method: 'POST',
    path: `${PATH}/:id`,
    scope: 'print_stations:write',
    summary: 'Update a print station',
    description:
      'What is not named stays. `printers` replaces the list: a printer is matched by its name and keeps its id and the ' +
      'members left out; one that is left out is removed, and its queued jobs are canceled.',
    tag: TAG,
    body: stationUpdateBody,
    readBody: (body) => readStationChange(body, stations.printerErrors),
    answer: { status: 200, schema: stationAnswer },
    refusals: ['already_exists'],
    async handle({ caller, params: { id = '' }, body }) {
      const { station, canceledJobs } = await stations.update(caller, id, body)
      return resourceAnswer(NOUN, 'updated', stationView(station, caller), eventsOf(canceledJobs))
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: `${PATH}/:id`,
    scope: 'print_stations:write',
    summary: 'Delete a print station',
    description: 'With its printers, whose queued jobs are canceled. What is being printed goes on.',
    tag: TAG,
    answer: { status: 200, schema: stationAnswer },
    async handle({ caller, params: { id = '' } }) {
      const { station, canceledJobs } = await stations.remove(caller, id)
      return resourceAnswer(NOUN, 'deleted', stationView(station, caller), eventsOf(canceledJobs))
    },
  }),
]

function eventsOf(canceledJobs: number): readonly string[] {
  return canceledJobs > 0 ? ['cloud_printing.job.canceled'] : []
}
