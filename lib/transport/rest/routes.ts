import type { Services } from '../../services.ts'
import type { RestRoute } from './rest-route.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { descriptionRoutes } from './routes/description.ts'
import { documentRoutes } from './routes/documents.ts'
import { eventRoutes } from './routes/events.ts'
import { locationRoutes } from './routes/locations.ts'
import { merchantRoutes } from './routes/merchants.ts'
import { printJobRoutes } from './routes/print-jobs.ts'
import { printJobStatisticsRoutes } from './routes/print-job-statistics.ts'
import { printerDiscoveryRoutes } from './routes/printer-discovery.ts'
import { printerRoutes } from './routes/printers.ts'
import { receiptPictureRoutes } from './routes/receipt-pictures.ts'
import { sessionRoutes } from './routes/session.ts'
import { stationClientRoutes } from './routes/station-clients.ts'
import { stationRoutes } from './routes/stations.ts'
import { thermalRoutes } from './routes/thermal.ts'
import { userRoutes } from './routes/users.ts'
import { webhookDeliveryRoutes } from './routes/webhook-deliveries.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** The table of contents: every route of the REST interface, one file per resource. */
export function restRoutes(services: Services, { basePath }: { basePath: string }): readonly RestRoute[] {
  const { access, apiKeys, deliveries, locations, merchants, users, webhooks } = services
  const resources = [
    ...printJobRoutes(services),
    ...printJobStatisticsRoutes(services.jobLookup),
    ...receiptPictureRoutes(services),
    ...stationRoutes(services.stations),
    ...stationClientRoutes(services),
    ...printerDiscoveryRoutes(services.printerDiscovery),
    ...printerRoutes(services),
    ...documentRoutes(services),
    ...apiKeyRoutes(apiKeys),
    ...merchantRoutes(merchants),
    ...userRoutes(users),
    ...locationRoutes(locations),
    ...webhookRoutes(webhooks),
    ...webhookDeliveryRoutes(deliveries),
    ...eventRoutes(services),
    ...thermalRoutes(services),
    ...sessionRoutes(access, basePath),
  ]
  return [...resources, ...descriptionRoutes(resources, { basePath })]
}
