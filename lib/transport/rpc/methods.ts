import type { Observe } from '../../observation.ts'
import type { Services } from '../../services.ts'
import { type AnswerTelling, createAnswerTelling } from './answer-telling.ts'
import { call, directMethod } from './methods/call.ts'
import { endSession } from './methods/end-session.ts'
import { login } from './methods/login.ts'
import { multiCall } from './methods/multi-call.ts'
import { orderCancel } from './methods/order-cancel.ts'
import { orderCreate } from './methods/order-create.ts'
import { orderInfo } from './methods/order-info.ts'
import { orderInstructionCreate } from './methods/order-instruction-create.ts'
import { orderInstructionDelete } from './methods/order-instruction-delete.ts'
import { orderInstructionEdit } from './methods/order-instruction-edit.ts'
import { orderInstructionList } from './methods/order-instruction-list.ts'
import { orderSearch } from './methods/order-search.ts'
import { packageSearch } from './methods/package-search.ts'
import { packingConfirm } from './methods/packing-confirm.ts'
import { packingDefer } from './methods/packing-defer.ts'
import { packingFinish } from './methods/packing-finish.ts'
import { packingOpen } from './methods/packing-open.ts'
import { packingPicture } from './methods/packing-picture.ts'
import { packingPreview } from './methods/packing-preview.ts'
import { packingReopen } from './methods/packing-reopen.ts'
import { packingReprint } from './methods/packing-reprint.ts'
import { packingStations } from './methods/packing-stations.ts'
import { printJobCreate } from './methods/print-job-create.ts'
import { printJobList } from './methods/print-job-list.ts'
import { printJobRetrieve } from './methods/print-job-retrieve.ts'
import { printJobUpdate } from './methods/print-job-update.ts'
import { rpcDiscover } from './methods/rpc-discover.ts'
import { shipmentCreate } from './methods/shipment-create.ts'
import { shipmentInfo } from './methods/shipment-info.ts'
import { shipmentSearch } from './methods/shipment-search.ts'
import { warehouseList } from './methods/warehouse-list.ts'
import { webhookCreate } from './methods/webhook-create.ts'
import { webhookDelete } from './methods/webhook-delete.ts'
import { webhookList } from './methods/webhook-list.ts'
import { createOpenRpc, type OpenRpcDocument } from './openrpc.ts'
import { createResourceRegistry } from './resource-registry.ts'
import type { EndpointMethod, ResourceMethod } from './rpc-method.ts'
import { createRpcServer, type RpcServer } from './rpc-server.ts'

/** The table of contents: every resource method, one file each. */
export function resourceMethods({
  documentLinks,
  instructions,
  jobIntake,
  jobLookup,
  jobProgress,
  merchantWebhooks,
  orderCancellation,
  orderIntake,
  orders,
  packing,
}: Services): readonly ResourceMethod[] {
  return [
    orderCreate(orderIntake),
    orderInfo(orders),
    orderSearch(orders),
    orderCancel(orderCancellation, orders),
    shipmentCreate(orders),
    shipmentInfo(orders),
    shipmentSearch(orders),
    packageSearch(orders),
    warehouseList(orders),
    orderInstructionCreate(instructions),
    orderInstructionEdit(instructions),
    orderInstructionList(instructions),
    orderInstructionDelete(instructions),
    packingOpen(packing),
    packingConfirm(packing),
    packingDefer(packing),
    packingReprint(packing),
    packingFinish(packing),
    packingReopen(packing),
    packingPreview(packing),
    packingPicture(packing),
    packingStations(packing),
    printJobCreate(jobIntake, documentLinks),
    printJobList(jobLookup, documentLinks),
    printJobRetrieve(jobLookup, documentLinks),
    printJobUpdate(jobProgress, documentLinks),
    webhookList(merchantWebhooks),
    webhookCreate(merchantWebhooks),
    webhookDelete(merchantWebhooks),
  ]
}

export interface Rpc {
  readonly server: RpcServer
  readonly telling: AnswerTelling
  /** What `rpc.discover` answers. */
  describe(): OpenRpcDocument
}

/** `baseUrl` is asked each time: a server on a free port learns its address late. */
export function createRpc(
  services: Services,
  { baseUrl, observe }: { baseUrl: () => string; observe: Observe },
): Rpc {
  const methods = resourceMethods(services)
  const resources = createResourceRegistry(methods)
  const { access } = services
  const describe = (): OpenRpcDocument =>
    createOpenRpc({ endpoint, resources: methods }, `${baseUrl()}/api/jsonrpc`)
  const telling = createAnswerTelling({
    observe,
    isResourceMethod: (path) => resources.find(path) !== undefined,
    isEndpointMethod: (name) => endpoint.some((method) => method.name === name),
  })
  const endpoint: readonly EndpointMethod[] = [
    login(access),
    call(resources),
    multiCall(resources, telling),
    endSession(access),
    rpcDiscover(describe),
  ]
  const server = createRpcServer(endpoint, (name) => directMethod(resources, name))
  return { server, telling, describe }
}
