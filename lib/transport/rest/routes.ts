import type { Services } from '../../services.ts'
import type { RestRoute } from './rest-route.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { descriptionRoutes } from './routes/description.ts'
import { locationRoutes } from './routes/locations.ts'
import { merchantRoutes } from './routes/merchants.ts'
import { userRoutes } from './routes/users.ts'

/** The table of contents: every route of the REST interface, one file per resource. */
export function restRoutes(
  { apiKeys, locations, merchants, users }: Services,
  { basePath }: { basePath: string },
): readonly RestRoute[] {
  const resources = [
    ...apiKeyRoutes(apiKeys),
    ...merchantRoutes(merchants),
    ...userRoutes(users),
    ...locationRoutes(locations),
  ]
  return [...resources, ...descriptionRoutes(resources, { basePath })]
}
