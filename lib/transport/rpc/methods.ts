import type { Services } from '../../services.ts'
import { call, directMethod } from './methods/call.ts'
import { endSession } from './methods/end-session.ts'
import { login } from './methods/login.ts'
import { createResourceRegistry } from './resource-registry.ts'
import type { ResourceMethod } from './rpc-method.ts'
import { createRpcServer, type RpcServer } from './rpc-server.ts'

/** The table of contents: every resource method, one file each. */
function resourceMethods(_services: Services): readonly ResourceMethod[] {
  return []
}

/** The endpoint's own methods; `multiCall` and `rpc.discover` belong here too. */
export function createRpc(services: Services): RpcServer {
  const resources = createResourceRegistry(resourceMethods(services))
  const { access } = services
  return createRpcServer([login(access), call(access, resources), endSession(access)], (name) =>
    directMethod(access, resources, name),
  )
}
