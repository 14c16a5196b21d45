import type { Services } from '../../services.ts'
import type { RestRoute } from './rest-route.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { descriptionRoutes } from './routes/description.ts'
import { documentRoutes } from './routes/documents.ts'
import { locationRoutes } from './routes/locations.ts'
import { merchantRoutes } from './routes/merchants.ts'
import { printJobRoutes } from './routes/print-jobs.ts'
import { userRoutes } from './routes/users.ts'

/** The table of contents: every route of the REST interface, one file per resource. */
export function restRoutes(services: Services, { basePath }: { basePath: string }): readonly RestRoute[] {
  const { apiKeys, locations, merchants, users } = services
  const resources = [
    ...printJobRoutes(services),
    ...documentRoutes(services),
    ...apiKeyRoutes(apiKeys),
    ...merchantRoutes(merchants),
    ...userRoutes(users),
    ...locationRoutes(locations),
  ]
  return [...resources, ...descriptionRoutes(resources, { basePath })]
}
