import type { Role } from '../../lib/access/caller.ts'
import type { Scope } from '../../lib/access/scope.ts'

/** Who may call a route, by the contracts: written by hand, so that a mistake in the server's own table is found. */
export interface RouteRule {
  readonly scope: Scope | 'public' | 'session'
  /** Of users who signed in on a page. */
  readonly roles: readonly Role[]
  /**
   * What a caller who is limited to another location meets: it is refused, or the answer holds nothing of that location.
   * `shared`: what the route is about belongs to no location.
   */
  readonly elsewhere: 'refused' | 'unseen' | 'shared'
  /** What would do something at that place if it were allowed. */
  readonly body?: (place: Place) => object
  /** What names that place where no part of the path does. */
  readonly query?: (place: Place) => string
}

/** A location with one of everything. */
export interface Place {
  readonly location: string
  readonly key: string
  readonly user: string
  readonly merchant: string
  readonly station: string
  /** Open to nobody but the key that `closedTo` names. */
  readonly closedStation: string
  readonly printer: string
  readonly job: string
  readonly webhook: string
  readonly delivery: string
}

const NOBODY: readonly Role[] = []
const SUPERVISOR: readonly Role[] = ['supervisor']
const FLOOR: readonly Role[] = ['packer', 'supervisor']

const open: RouteRule = { scope: 'public', roles: NOBODY, elsewhere: 'shared' }

/** A list, a resource, and the three verbs that change it, as contracts/running.md has them under "Administration". */
function administration(
  name: string,
  scope: 'api_keys' | 'merchants' | 'users' | 'locations' | 'webhooks',
  body: NonNullable<RouteRule['body']>,
  readers: readonly Role[] = NOBODY,
): Readonly<Record<string, RouteRule>> {
  const read = { scope: `${scope}:read`, roles: readers } as const
  const write = { scope: `${scope}:write`, roles: NOBODY } as const
  return {
    [`GET /v1/${name}`]: { ...read, elsewhere: 'unseen' },
    [`POST /v1/${name}`]: { ...write, elsewhere: 'refused', body },
    [`GET /v1/${name}/:id`]: { ...read, elsewhere: 'refused' },
    [`POST /v1/${name}/:id`]: { ...write, elsewhere: 'refused', body: () => ({}) },
    [`DELETE /v1/${name}/:id`]: { ...write, elsewhere: 'refused' },
  }
}

const JOBS = '/v1/cloud-printing/jobs'
const STATIONS = '/v1/cloud-printing/stations'
const PRINTERS = '/v1/cloud-printing/printers'
const TEMPLATES = '/v1/thermal/templates'

const readJobs = { scope: 'print_jobs:read', roles: FLOOR, elsewhere: 'refused' } as const
const readStations = { scope: 'print_stations:read', roles: FLOOR, elsewhere: 'refused' } as const
const writeStations = { scope: 'print_stations:write', roles: NOBODY, elsewhere: 'refused' } as const
const runPrinters = { ...writeStations, roles: SUPERVISOR } as const

/** contracts/cloud-printing.md, section 2; running.md, "Administration"; thermal.md, section 9; packing.md for the pages. */
export const REST_RULES: Readonly<Record<string, RouteRule>> = {
  [`GET ${JOBS}`]: { ...readJobs, elsewhere: 'unseen' },
  [`POST ${JOBS}`]: {
    scope: 'print_jobs:write',
    roles: NOBODY,
    elsewhere: 'refused',
    body: ({ location }) => ({ location_id: location, data: 'data:text/plain;base64,eA==' }),
  },
  [`GET ${JOBS}/:id`]: readJobs,
  [`POST ${JOBS}/:id`]: {
    scope: 'print_jobs:write',
    roles: FLOOR,
    elsewhere: 'refused',
    body: () => ({ status: 'canceled' }),
  },
  [`GET ${JOBS}/:id/routing`]: readJobs,
  [`GET ${JOBS}/:id/attempts`]: readJobs,
  [`GET ${JOBS}/:id/preview.png`]: readJobs,
  [`GET ${JOBS}/:id/receipt.png`]: readJobs,
  [`POST ${JOBS}/:id/reprint`]: {
    scope: 'print_jobs:write',
    roles: SUPERVISOR,
    elsewhere: 'refused',
    body: () => ({ reason: 'It is smudged' }),
  },
  [`POST ${JOBS}/:id/move`]: {
    scope: 'print_jobs:write',
    roles: SUPERVISOR,
    elsewhere: 'refused',
    body: ({ printer }) => ({ printer_id: printer }),
  },
  // Numbers alone: test/rest/print-job-statistics.test.ts counts them for each place.
  'GET /v1/cloud-printing/job-statistics': {
    ...readJobs,
    query: ({ location }) => `?location_id=${location}`,
  },

  [`GET ${STATIONS}`]: { ...readStations, elsewhere: 'unseen' },
  [`POST ${STATIONS}`]: {
    ...writeStations,
    body: ({ location }) => ({ name: 'Another', location_id: location }),
  },
  [`GET ${STATIONS}/:id`]: readStations,
  [`POST ${STATIONS}/:id`]: { ...writeStations, body: () => ({ display_name: 'Renamed' }) },
  [`DELETE ${STATIONS}/:id`]: writeStations,
  [`GET ${STATIONS}/:id/next`]: { scope: 'print_jobs:write', roles: NOBODY, elsewhere: 'refused' },
  [`GET ${STATIONS}/:id/events`]: { scope: 'print_jobs:read', roles: NOBODY, elsewhere: 'refused' },

  [`GET ${PRINTERS}`]: { ...readStations, elsewhere: 'unseen' },
  [`GET ${PRINTERS}/discover`]: { ...writeStations, elsewhere: 'shared' },
  [`GET ${PRINTERS}/:id`]: readStations,
  [`POST ${PRINTERS}/:id/test-page`]: runPrinters,
  [`POST ${PRINTERS}/:id/pause`]: runPrinters,
  [`POST ${PRINTERS}/:id/resume`]: runPrinters,
  [`POST ${PRINTERS}/:id/identify`]: runPrinters,

  // The links are signed and short-lived instead.
  'GET /v1/documents/:id': open,

  ...administration('api-keys', 'api_keys', ({ location }) => ({
    name: 'another',
    scopes: ['api_keys:read'],
    limit_to_location: location,
  })),
  ...administration('merchants', 'merchants', () => ({ name: 'Another' })),
  ...administration('users', 'users', ({ location }) => ({
    username: 'another',
    role: 'packer',
    location_id: location,
  })),
  ...administration('locations', 'locations', () => ({ name: 'Another' })),
  ...administration(
    'webhooks',
    'webhooks',
    () => ({ url: 'https://hooks.example', topics: ['*'] }),
    SUPERVISOR,
  ),
  // It gets the location of the key that made it.
  'POST /v1/webhooks': {
    scope: 'webhooks:write',
    roles: NOBODY,
    elsewhere: 'shared',
    body: () => ({ url: 'https://hooks.example', topics: ['*'] }),
  },
  'GET /v1/webhooks/:id/deliveries': { scope: 'webhooks:read', roles: SUPERVISOR, elsewhere: 'refused' },
  'POST /v1/webhooks/:id/deliveries/:delivery_id/redeliver': {
    scope: 'webhooks:write',
    roles: SUPERVISOR,
    elsewhere: 'refused',
  },
  'GET /v1/events': { scope: 'webhooks:read', roles: FLOOR, elsewhere: 'unseen' },

  // Receipts look alike in every location.
  [`GET ${TEMPLATES}`]: { scope: 'thermal:read', roles: NOBODY, elsewhere: 'shared' },
  [`GET ${TEMPLATES}/:document_type`]: { scope: 'thermal:read', roles: NOBODY, elsewhere: 'shared' },
  [`POST ${TEMPLATES}`]: {
    scope: 'thermal:write',
    roles: NOBODY,
    elsewhere: 'shared',
    body: () => ({ template: { DocumentType: 'another', Sections: [] } }),
  },
  [`DELETE ${TEMPLATES}/:document_type`]: { scope: 'thermal:write', roles: NOBODY, elsewhere: 'shared' },
  [`POST ${TEMPLATES}/:document_type/preview`]: {
    scope: 'thermal:read',
    roles: NOBODY,
    elsewhere: 'shared',
    body: () => ({ Document: {} }),
  },

  'GET /v1/session': { scope: 'session', roles: FLOOR, elsewhere: 'shared' },
  'DELETE /v1/session': { scope: 'session', roles: FLOOR, elsewhere: 'shared' },
  'POST /v1/session': open,

  'GET /openapi.json': open,
  'GET /docs': open,
  'GET /docs/start.js': open,
  'GET /docs/swagger-ui.css': open,
  'GET /docs/swagger-ui-bundle.js': open,
}

/** Open to everybody, beside the REST interface: contracts/running.md, "Probes", and packing.md, "The pages in the browser". */
export const OTHER_PATHS: readonly string[] = [
  '/healthz',
  '/readyz',
  '/metrics',
  '/api/jsonrpc',
  '/docs/rpc',
  '/docs/thermal',
  '/',
  '/pack',
  '/floor',
  '/assets/:name',
]

/** The path of a route at a place, or of nothing that exists. */
export function urlOf(route: string, place: Place | null): string {
  const path = route.slice(route.indexOf(' ') + 1)
  if (place === null) return path.replaceAll(/:\w+/g, 'none')
  const owner = /^\/v1\/(?:cloud-printing\/)?([a-z-]+)/.exec(path)?.[1] ?? ''
  return path
    .replace(':delivery_id', place.delivery)
    .replace(':document_type', 'comanda')
    .replace(':id', idOf(place)[owner] ?? 'none')
}

function idOf(place: Place): Readonly<Record<string, string>> {
  return {
    jobs: place.job,
    stations: place.station,
    printers: place.printer,
    'api-keys': place.key,
    merchants: place.merchant,
    users: place.user,
    locations: place.location,
    webhooks: place.webhook,
  }
}
