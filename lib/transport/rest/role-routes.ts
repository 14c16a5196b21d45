import type { Caller, Role } from '../../access/caller.ts'
import type { RestRoute } from './rest-route.ts'

const FLOOR: readonly Role[] = ['packer', 'supervisor']
const SUPERVISOR: readonly Role[] = ['supervisor']

const JOBS = '/v1/cloud-printing/jobs'
const STATIONS = '/v1/cloud-printing/stations'
const PRINTERS = '/v1/cloud-printing/printers'
const WEBHOOKS = '/v1/webhooks'

/**
 * What a user who signed in on a page may call of the REST interface, at the user's location. Users have a role and no
 * scopes; what isn't listed is refused, so that a new route is closed to them until somebody opens it here.
 */
const ROLE_ROUTES: Readonly<Record<string, readonly Role[]>> = {
  'GET /v1/session': FLOOR,
  'DELETE /v1/session': FLOOR,
  'GET /v1/events': FLOOR,

  [`GET ${JOBS}`]: FLOOR,
  [`GET ${JOBS}/:id`]: FLOOR,
  [`GET ${JOBS}/:id/routing`]: FLOOR,
  [`GET ${JOBS}/:id/attempts`]: FLOOR,
  [`GET ${JOBS}/:id/preview.png`]: FLOOR,
  [`GET ${JOBS}/:id/receipt.png`]: FLOOR,
  // As print_job.update lets them.
  [`POST ${JOBS}/:id`]: FLOOR,
  // Packers print again by packing.reprint, at their package.
  [`POST ${JOBS}/:id/reprint`]: SUPERVISOR,

  [`POST ${JOBS}/:id/move`]: SUPERVISOR,
  'GET /v1/cloud-printing/job-statistics': FLOOR,

  [`GET ${STATIONS}`]: FLOOR,
  [`GET ${STATIONS}/:id`]: FLOOR,
  [`GET ${PRINTERS}`]: FLOOR,
  [`GET ${PRINTERS}/:id`]: FLOOR,
  [`POST ${PRINTERS}/:id/test-page`]: SUPERVISOR,
  [`POST ${PRINTERS}/:id/pause`]: SUPERVISOR,
  [`POST ${PRINTERS}/:id/resume`]: SUPERVISOR,
  [`POST ${PRINTERS}/:id/identify`]: SUPERVISOR,

  [`GET ${WEBHOOKS}`]: SUPERVISOR,
  [`GET ${WEBHOOKS}/:id`]: SUPERVISOR,
  [`GET ${WEBHOOKS}/:id/deliveries`]: SUPERVISOR,
  [`POST ${WEBHOOKS}/:id/deliveries/:delivery_id/redeliver`]: SUPERVISOR,
}

type Place = Pick<RestRoute, 'method' | 'path'>

export function rolesOf({ method, path }: Place): readonly Role[] {
  return ROLE_ROUTES[`${method} ${path}`] ?? []
}

export function mayCall({ role }: Caller, place: Place): boolean {
  return role !== null && rolesOf(place).includes(role)
}

/** For the test that each of them is a route. */
export const routesOfRoles: readonly string[] = Object.keys(ROLE_ROUTES)
