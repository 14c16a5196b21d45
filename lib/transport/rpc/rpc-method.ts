import type { JSONSchema } from 'json-schema-to-ts'
import type { Logger } from 'pino'
import type { Caller, Role } from '../../access/caller.ts'
import type { Identities } from './rpc-identities.ts'

/** What is known of a call beside its parameters. */
export interface CallContext {
  readonly requestId: string
  readonly identities: Identities
  readonly log: Logger
}

/** What a request's `method` may name. */
export interface RpcMethod {
  readonly name: string
  readonly parameters: readonly string[]
  /** Before the parameters are looked at: whether the caller may call it at all. Throws RpcRefusal. */
  admit?(context: CallContext): Promise<void>
  /** `args` by position, absent ones undefined. */
  call(args: readonly unknown[], context: CallContext): Promise<unknown>
}

/** What `rpc.discover`, and the page made from it, say of a method. */
export interface MethodDescription {
  readonly parameters: readonly string[]
  /** Absent or null: fault 6. */
  readonly required: readonly string[]
  /** Schema of the object of all arguments, by name. */
  readonly schema: JSONSchema
  /** What it does, in one line. */
  readonly summary: string
  readonly example: MethodExample
  /** Of the answer; absent: any JSON. */
  readonly result?: JSONSchema
}

export interface MethodExample {
  /** By position. */
  readonly params: readonly unknown[]
  readonly result: unknown
}

/** A method of the endpoint itself: `login`, `call`, `multiCall`, `endSession`, `rpc.discover`. It checks its arguments. */
export interface EndpointMethod extends RpcMethod, MethodDescription {
  readonly faults: readonly number[]
}

/** A method of a resource, behind `call`, `multiCall` and its own name. */
export interface ResourceMethod extends MethodDescription {
  /** `order_instruction.create`: a resource, a dot, a verb. */
  readonly path: string
  readonly roles: readonly Role[]
  /** The faults of its resource, from 100 on, that it can answer; absent: all of them. */
  readonly faults?: readonly number[]
  /** Of arguments that `schema` lets pass as any object: what is read of them, for the description. */
  readonly argumentSchemas?: Readonly<Record<string, JSONSchema>>
  /** `args` are valid by `schema` when this is called. */
  call(args: Readonly<Record<string, unknown>>, caller: Caller): Promise<unknown>
}

/** Roles are denied what isn't listed: contracts/rpc.md, section 5. */
export const MERCHANT_ROLES: readonly Role[] = ['merchant']
export const PACKING_ROLES: readonly Role[] = ['packer', 'supervisor']
export const EVERY_ROLE: readonly Role[] = [...MERCHANT_ROLES, ...PACKING_ROLES]

/** Gives `call` the type that the schema describes; the registry validates before it calls. */
export function defineMethod<Args>(
  method: Omit<ResourceMethod, 'call'> & { call(args: Args, caller: Caller): Promise<unknown> },
): ResourceMethod {
  return method as unknown as ResourceMethod
}
