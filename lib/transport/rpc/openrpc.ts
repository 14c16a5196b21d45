import type { JSONSchema } from 'json-schema-to-ts'
import type { Role } from '../../access/caller.ts'
import { type Fault, globalFault, resourceFaults } from '../faults.ts'
import { plainSchema } from '../rest/openapi-schema.ts'
import { ERRORS_OF_ANY, RPC_ERRORS, toRpcError } from './rpc-error.ts'
import type { EndpointMethod, MethodDescription, ResourceMethod } from './rpc-method.ts'

/** What of OpenRPC 1.3.2 is used: https://spec.open-rpc.org/ */
export interface OpenRpcDocument {
  readonly openrpc: '1.3.2'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly name: string; readonly url: string }[]
  readonly methods: readonly OpenRpcMethod[]
}

export interface OpenRpcMethod {
  readonly name: string
  readonly summary: string
  readonly tags: readonly { readonly name: string }[]
  readonly paramStructure: 'either'
  readonly params: readonly ContentDescriptor[]
  readonly result: ContentDescriptor
  readonly errors: readonly { readonly code: number; readonly message: string }[]
  readonly examples: readonly OpenRpcExample[]
  /** Roles of the users that may call it; absent: nobody need be logged in. */
  readonly 'x-roles'?: readonly Role[]
}

export interface ContentDescriptor {
  readonly name: string
  readonly required?: boolean
  readonly schema: Readonly<Record<string, unknown>>
}

export interface OpenRpcExample {
  readonly name: string
  readonly params: readonly NamedValue[]
  readonly result: NamedValue
}

interface NamedValue {
  readonly name: string
  readonly value: unknown
}

export interface DescribedMethods {
  readonly endpoint: readonly EndpointMethod[]
  readonly resources: readonly ResourceMethod[]
}

const INFO = {
  title: 'Packhouse',
  version: 'v1',
  description:
    'Orders, packing instructions and print jobs over JSON-RPC, compatible with the Merchant API of ShipStream. ' +
    'Resource methods go by their own name with an Authorization header, or through `call` with a session of `login`. ' +
    'A parameter may be named in snake_case too: `order_unique_id` is `orderUniqueId`.',
} as const

/** The tag of the endpoint's own methods. */
const ENDPOINT_TAG = 'endpoint'

/** Every method in OpenRPC, from the very schemas that arguments are judged by and the table of faults. */
export function createOpenRpc({ endpoint, resources }: DescribedMethods, url: string): OpenRpcDocument {
  return {
    openrpc: '1.3.2',
    info: INFO,
    servers: [{ name: 'JSON-RPC', url }],
    methods: [...endpoint.map(endpointMethod), ...resources.map(resourceMethod)],
  }
}

function endpointMethod(method: EndpointMethod): OpenRpcMethod {
  return {
    name: method.name,
    ...describe(method),
    tags: [{ name: ENDPOINT_TAG }],
    errors: errorsOf(method.faults.map(globalFault)),
  }
}

function resourceMethod(method: ResourceMethod): OpenRpcMethod {
  const { path, required, roles, argumentSchemas } = method
  const ofEveryMethod = required.length > 0 ? [1, 2, 5, 6] : [1, 2, 5]
  const own = resourceFaults(path).filter(({ fault }) => method.faults?.includes(fault) ?? true)
  return {
    name: path,
    ...describe(method, argumentSchemas),
    tags: [{ name: path.slice(0, path.indexOf('.')) }],
    errors: errorsOf([...ofEveryMethod.map(globalFault), ...own]),
    'x-roles': roles,
  }
}

function describe(method: MethodDescription, argumentSchemas?: Readonly<Record<string, JSONSchema>>) {
  const { summary, result = {}, example } = method
  return {
    summary,
    paramStructure: 'either',
    params: paramsOf(method, argumentSchemas),
    result: { name: 'result', schema: plainSchema(result) },
    examples: [
      {
        name: summary,
        params: example.params.map((value, index) => ({ name: method.parameters[index] ?? '', value })),
        result: { name: 'result', value: example.result },
      },
    ],
  } as const
}

/** By position nothing optional may precede what is required: there it is given as null. */
function paramsOf(
  { parameters, required, schema }: MethodDescription,
  argumentSchemas: Readonly<Record<string, JSONSchema>> = {},
): readonly ContentDescriptor[] {
  const { properties = {}, required: bySchema = [] } = typeof schema === 'object' ? schema : {}
  const needed = new Set([...required, ...bySchema])
  const last = parameters.findLastIndex((name) => needed.has(name))
  return parameters.map((name, index) => ({
    name,
    required: index <= last,
    schema: plainSchema(argumentSchemas[name] ?? properties[name] ?? {}),
  }))
}

/**
 * OpenRPC wants each code once: where it is said in several ways, they stand together. Every method refuses a
 * parameter by a name that it hasn't, and each may be over a limit.
 */
function errorsOf(faults: readonly Fault[]): OpenRpcMethod['errors'] {
  const messages = new Map<number, string>()
  const errors = [RPC_ERRORS.invalidParams, ...ERRORS_OF_ANY, ...faults.map((fault) => toRpcError(fault))]
  for (const { code, message } of errors) {
    const known = messages.get(code)
    if (known !== message)
      messages.set(code, known === undefined ? message : `${known.replace(/\.$/, '')}. Or: ${message}`)
  }
  return [...messages].map(([code, message]) => ({ code, message }))
}
