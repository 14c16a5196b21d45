import jayson from 'jayson'
import { bindParams } from './rpc-arguments.ts'
import type { RpcRequest } from './rpc-envelope.ts'
import type { RpcError } from './rpc-error.ts'
import { explain } from './rpc-failure.ts'
import type { CallContext, RpcMethod } from './rpc-method.ts'

export type RpcOutcome = { readonly result: unknown } | { readonly error: RpcError }

export interface RpcServer {
  /** Runs one request to its end. Never rejects: whatever is thrown becomes an error object. */
  execute(request: RpcRequest, context: CallContext): Promise<RpcOutcome>
}

/** How the resource method of that name is called directly; undefined if there is none. */
export type DirectMethods = (name: string) => RpcMethod | undefined

type Handler = (
  params: RpcRequest['params'],
  context: CallContext,
  done: jayson.JSONRPCCallbackTypePlain,
) => void

/**
 * Jayson dispatches; requests reach it one by one, in its own dialect and with an id of ours, since it answers neither
 * numeric versions nor null ids, runs batches in parallel and hangs on `[[]]`.
 */
export function createRpcServer(methods: readonly RpcMethod[], direct: DirectMethods): RpcServer {
  const byName = new Map(methods.map((method) => [method.name, method]))
  const failures: Failures = new WeakMap()
  const server = new jayson.Server(
    {},
    {
      router: ((name: string) => {
        const method = byName.get(name) ?? direct(name)
        // Undefined is how a router says that there is no such method, though its type doesn't.
        return (
          method &&
          new jayson.Method(handlerOf(method, failures) as unknown as jayson.MethodHandler, {
            useContext: true,
          })
        )
      }) as jayson.ServerRouterFunction,
    },
  )
  return {
    execute: ({ method, params }, context) =>
      new Promise((resolve) => {
        const request = { jsonrpc: '2.0', id: 1, method, params } as jayson.JSONRPCRequest
        server.call(request, context, (failure: unknown, success: unknown) =>
          resolve(ownOutcome(failures.get(context)) ?? ((failure ?? success) as RpcOutcome)),
        )
      }),
  }
}

/** What a call failed with: Jayson passes on a copy, without what isn't for the wire. */
type Failures = WeakMap<CallContext, RpcError>

function ownOutcome(error: RpcError | undefined): RpcOutcome | undefined {
  return error && { error }
}

/** Never throws and always calls back: a synchronous throw would leave Jayson as an unhandled one. */
function handlerOf(method: RpcMethod, failures: Failures): Handler {
  return (params, context, done) => {
    run(method, params, context).then(
      (result) => done(null, result),
      (thrown: unknown) => {
        const error = explain(thrown, method.name, context)
        failures.set(context, error)
        done(error)
      },
    )
  }
}

async function run(method: RpcMethod, params: RpcRequest['params'], context: CallContext): Promise<unknown> {
  await method.admit?.(context)
  return method.call(bindParams(method.parameters, params), context)
}
