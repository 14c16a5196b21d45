import { loginArgs } from '../../../../schemas/endpoint-methods.ts'
import type { AccessService } from '../../../access/access-service.ts'
import { GLOBAL_FAULTS } from '../../faults.ts'
import { refuse } from '../rpc-error.ts'
import type { EndpointMethod } from '../rpc-method.ts'

/** `login(username, api_key)` answers a session id: contracts/rpc.md, sections 4 and 5. */
export function login(access: AccessService): EndpointMethod {
  return {
    name: 'login',
    parameters: ['username', 'apiKey'],
    required: ['username', 'apiKey'],
    schema: loginArgs,
    summary: 'Open a session',
    example: { params: ['demo', 'the API key'], result: '5f2c9b1e8a7d4063b1c2d3e4f5a60718' },
    result: { type: 'string', pattern: '^[0-9a-f]{32}$' },
    faults: [1, 2, 6],
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
