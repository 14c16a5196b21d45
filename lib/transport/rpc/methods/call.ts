import { callArgs } from '../../../../schemas/endpoint-methods.ts'
import type { Caller } from '../../../access/caller.ts'
import { GLOBAL_FAULTS } from '../../faults.ts'
import { ORDER_EXAMPLE } from '../method-examples.ts'
import { assertMayCall, type ResourceRegistry } from '../resource-registry.ts'
import { bindArgs } from '../rpc-arguments.ts'
import { refuse } from '../rpc-error.ts'
import type { CallContext, EndpointMethod, ResourceMethod, RpcMethod } from '../rpc-method.ts'

/** Endpoint methods whose names look like a resource's: fault 4 rather than 3. */
const NOT_CALLABLE = new Set(['rpc.discover'])

/** `call(session, path, args)`: contracts/rpc.md, section 4. */
export function call(resources: ResourceRegistry): EndpointMethod {
  return {
    name: 'call',
    parameters: ['session', 'path', 'args'],
    required: [],
    schema: callArgs,
    summary: 'Call a resource method',
    example: {
      params: ['5f2c9b1e8a7d4063b1c2d3e4f5a60718', 'order.info', ['100000309']],
      result: ORDER_EXAMPLE,
    },
    faults: [1, 2, 3, 4, 5, 6],
    async call([session, path, args], context) {
      const caller = await context.identities.of(session)
      return callResource(resources, { path, args, caller, context })
    },
  }
}

/** The resource method at `path`, which may be anything that a caller sent. Throws RpcRefusal. */
export async function callResource(
  resources: ResourceRegistry,
  { path, args, caller, context }: { path: unknown; args: unknown; caller: Caller; context: CallContext },
): Promise<unknown> {
  const method = findResourceMethod(resources, path)
  return resources.call({ method, args: bindArgs(method.parameters, args), caller, context })
}

function findResourceMethod(resources: ResourceRegistry, path: unknown): ResourceMethod {
  if (typeof path !== 'string') throw refuse(GLOBAL_FAULTS.path)
  if (NOT_CALLABLE.has(path)) throw refuse(GLOBAL_FAULTS.notCallable)
  const method = resources.find(path)
  if (!method) throw refuse(GLOBAL_FAULTS.path)
  return method
}

/** A resource method by its own name: as through `call` with a null session. */
export function directMethod(resources: ResourceRegistry, name: string): RpcMethod | undefined {
  const method = resources.find(name)
  return (
    method && {
      name,
      parameters: method.parameters,
      async admit({ identities }) {
        assertMayCall(method, await identities.of(null))
      },
      async call(args, context) {
        const caller = await context.identities.of(null)
        return resources.call({ method, args, caller, context })
      },
    }
  )
}
