import type { AccessService } from './access/access-service.ts'

/** Every service, built in one place: the transports get this and nothing else. */
export interface Services {
  readonly access: AccessService
}
