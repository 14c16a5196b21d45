import type { AccessService } from '../../../access/access-service.ts'
import type { RpcMethod } from '../rpc-method.ts'

/** `endSession(session)` answers `true`, whether or not there was such a session: contracts/rpc.md, section 4. */
export function endSession(access: AccessService): RpcMethod {
  return {
    name: 'endSession',
    parameters: ['session'],
    async call([session], { identities }) {
      if (typeof session === 'string') await access.endSession(session)
      identities.forget()
      return true
    },
  }
}
