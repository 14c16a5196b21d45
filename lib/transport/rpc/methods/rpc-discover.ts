import { discoverArgs } from '../../../../schemas/endpoint-methods.ts'
import type { OpenRpcDocument } from '../openrpc.ts'
import type { EndpointMethod } from '../rpc-method.ts'

/** `rpc.discover()` answers the OpenRPC document, to everybody: contracts/rpc.md, section 4. */
export function rpcDiscover(describe: () => OpenRpcDocument): EndpointMethod {
  return {
    name: 'rpc.discover',
    parameters: [],
    required: [],
    schema: discoverArgs,
    summary: 'Describe every method in OpenRPC',
    example: {
      params: [],
      result: { openrpc: '1.3.2', info: { title: 'Packhouse', version: 'v1' }, methods: [] },
    },
    result: { type: 'object', required: ['openrpc', 'info', 'methods'] },
    faults: [],
    call: () => Promise.resolve(describe()),
  }
}
