import type { AccessService } from '../../../access/access-service.ts'
import { GLOBAL_FAULTS } from '../../faults.ts'
import { refuse } from '../rpc-error.ts'
import type { RpcMethod } from '../rpc-method.ts'

/** `login(username, api_key)` answers a session id: contracts/rpc.md, sections 4 and 5. */
export function login(access: AccessService): RpcMethod {
  return {
    name: 'login',
    parameters: ['username', 'apiKey'],
    async call([username, apiKey]) {
      const missing = isMissing(username) ? 'username' : isMissing(apiKey) ? 'api_key' : undefined
      if (missing !== undefined) throw refuse(GLOBAL_FAULTS.required, { field: missing })
      const caller =
        typeof username === 'string' && typeof apiKey === 'string'
          ? await access.authenticate(username, apiKey)
          : undefined
      if (!caller) throw refuse(GLOBAL_FAULTS.denied)
      return access.openSession(caller)
    },
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
