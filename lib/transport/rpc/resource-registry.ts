import type { ValidateFunction } from 'ajv'
import type { Caller } from '../../access/caller.ts'
import { ownerOf, withOwner } from '../../work-owner.ts'
import { GLOBAL_FAULTS } from '../faults.ts'
import { nameArguments } from './rpc-arguments.ts'
import { RpcRefusal, refuse } from './rpc-error.ts'
import { explain } from './rpc-failure.ts'
import type { CallContext, ResourceMethod } from './rpc-method.ts'
import { compileSchema, validateArguments } from './rpc-validation.ts'

/** Every resource method by its path, and the one way to call one. */
export interface ResourceRegistry {
  find(path: string): ResourceMethod | undefined
  /** Checks role, required arguments and their form, in this order, then calls. Throws RpcRefusal alone. */
  call(invocation: ResourceCall): Promise<unknown>
}

export interface ResourceCall {
  readonly method: ResourceMethod
  readonly args: readonly unknown[]
  readonly caller: Caller
  readonly context: CallContext
}

export function createResourceRegistry(methods: readonly ResourceMethod[]): ResourceRegistry {
  const byPath = new Map(methods.map((method) => [method.path, method]))
  const validators = new Map(methods.map((method) => [method.path, compileSchema(method.schema)]))

  return {
    find: (path) => byPath.get(path),
    async call(invocation) {
      const { method, context } = invocation
      try {
        return await callChecked(invocation, validators.get(method.path) as ValidateFunction)
      } catch (error) {
        throw error instanceof RpcRefusal ? error : new RpcRefusal(explain(error, method.path, context))
      }
    },
  }
}

/** Whoever isn't named is denied: contracts/rpc.md, section 5. Throws RpcRefusal. */
export function assertMayCall({ roles }: ResourceMethod, { role }: Caller): void {
  if (role === null || !roles.includes(role)) throw refuse(GLOBAL_FAULTS.denied)
}

async function callChecked(
  { method, args, caller }: ResourceCall,
  validate: ValidateFunction,
): Promise<unknown> {
  assertMayCall(method, caller)
  const named = nameArguments(method.parameters, args, method.schema)
  const missing = method.required.find((parameter) => !Object.hasOwn(named, parameter))
  if (missing !== undefined) throw refuse(GLOBAL_FAULTS.required, { field: missing })
  validateArguments(validate, named)
  return withOwner(ownerOf(caller), () => method.call(named, caller))
}
