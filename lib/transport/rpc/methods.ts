import type { Services } from '../../services.ts'
import { call, directMethod } from './methods/call.ts'
import { endSession } from './methods/end-session.ts'
import { login } from './methods/login.ts'
import { packingConfirm } from './methods/packing-confirm.ts'
import { packingDefer } from './methods/packing-defer.ts'
import { packingFinish } from './methods/packing-finish.ts'
import { packingOpen } from './methods/packing-open.ts'
import { packingPreview } from './methods/packing-preview.ts'
import { createResourceRegistry } from './resource-registry.ts'
import type { ResourceMethod } from './rpc-method.ts'
import { createRpcServer, type RpcServer } from './rpc-server.ts'

/** The table of contents: every resource method, one file each. */
function resourceMethods({ packing }: Services): readonly ResourceMethod[] {
  return [
    packingOpen(packing),
    packingConfirm(packing),
    packingDefer(packing),
    packingFinish(packing),
    packingPreview(packing),
  ]
}

/** The endpoint's own methods; `multiCall` and `rpc.discover` belong here too. */
export function createRpc(services: Services): RpcServer {
  const resources = createResourceRegistry(resourceMethods(services))
  const { access } = services
  return createRpcServer([login(access), call(access, resources), endSession(access)], (name) =>
    directMethod(access, resources, name),
  )
}
