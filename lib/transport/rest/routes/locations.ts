import { type ListParameters, listParameters } from '../../../../schemas/list-query.ts'
import {
  type LocationCreateBody,
  type LocationUpdateBody,
  locationAnswer,
  locationCreateBody,
  locationUpdateBody,
} from '../../../../schemas/location.ts'
import type { LocationChange } from '../../../locations/location.ts'
import type { LocationsService } from '../../../locations/locations-service.ts'
import { listAnswer, type Noun, resourceAnswer } from '../rest-answer.ts'
import { toListQuery } from '../rest-query.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { locationView } from '../views/location-view.ts'

const NOUN: Noun = { one: 'location', many: 'locations' }
const PATH = '/v1/locations'
const TAG = 'Locations'

/** Locations: contracts/running.md, "Administration". */
export const locationRoutes = (locations: LocationsService): readonly RestRoute[] => [
  ...readingRoutes(locations),
  ...writingRoutes(locations),
]

const readingRoutes = (locations: LocationsService): readonly RestRoute[] => [
  defineRoute<unknown, ListParameters>({
    method: 'GET',
    path: PATH,
    scope: 'locations:read',
    summary: 'List locations',
    tag: TAG,
    query: listParameters,
    answer: { status: 200, schema: locationAnswer, isList: true },
    async handle({ caller, query }) {
      const list = toListQuery(query)
      return listAnswer(NOUN, { page: await locations.list(caller, list), list, view: locationView })
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id`,
    scope: 'locations:read',
    summary: 'Retrieve a location',
    tag: TAG,
    answer: { status: 200, schema: locationAnswer },
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'retrieved', locationView(await locations.get(caller, id)))
    },
  }),
]

const writingRoutes = (locations: LocationsService): readonly RestRoute[] => [
  defineRoute<LocationCreateBody>({
    method: 'POST',
    path: PATH,
    scope: 'locations:write',
    summary: 'Create a location',
    description: 'A warehouse. Locale, currency, time zone and language are defaults for thermal printing.',
    tag: TAG,
    body: locationCreateBody,
    answer: { status: 201, schema: locationAnswer },
    refusals: ['location_access', 'already_exists'],
    async handle({ caller, body }) {
      const location = await locations.create(caller, { ...settingsOf(body), name: body.name })
      return resourceAnswer(NOUN, 'created', locationView(location))
    },
  }),
  defineRoute<LocationUpdateBody>({
    method: 'POST',
    path: `${PATH}/:id`,
    scope: 'locations:write',
    summary: 'Update a location',
    description: 'What is not named stays.',
    tag: TAG,
    body: locationUpdateBody,
    answer: { status: 200, schema: locationAnswer },
    refusals: ['already_exists'],
    async handle({ caller, params: { id = '' }, body }) {
      const location = await locations.update(caller, id, settingsOf(body))
      return resourceAnswer(NOUN, 'updated', locationView(location))
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: `${PATH}/:id`,
    scope: 'locations:write',
    summary: 'Delete a location',
    description: 'Refused while stations, shipments, print jobs, users or API keys belong to it.',
    tag: TAG,
    answer: { status: 200, schema: locationAnswer },
    refusals: ['validation_error'],
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'deleted', locationView(await locations.delete(caller, id)))
    },
  }),
]

function settingsOf({ time_zone: timeZone, ...settings }: LocationUpdateBody): LocationChange {
  const { name, code, locale, currency, language } = settings
  return { name, code, locale, currency, language, timeZone }
}
