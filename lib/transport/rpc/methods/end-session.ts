import { endSessionArgs } from '../../../../schemas/endpoint-methods.ts'
import { trueAnswer } from '../../../../schemas/rpc-answers.ts'
import type { AccessService } from '../../../access/access-service.ts'
import type { EndpointMethod } from '../rpc-method.ts'

/** `endSession(session)` answers `true`, whether or not there was such a session: contracts/rpc.md, section 4. */
export function endSession(access: AccessService): EndpointMethod {
  return {
    name: 'endSession',
    parameters: ['session'],
    required: [],
    schema: endSessionArgs,
    summary: 'End a session',
    example: { params: ['5f2c9b1e8a7d4063b1c2d3e4f5a60718'], result: true },
    result: trueAnswer,
    faults: [1],
    async call([session], { identities }) {
      if (typeof session === 'string') await access.endSession(session)
      identities.forget()
      return true
    },
  }
}
