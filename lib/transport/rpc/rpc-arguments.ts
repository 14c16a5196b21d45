import type { JSONSchema } from 'json-schema-to-ts'
import { isJsonObject } from '../../json-object.ts'
import type { RpcRequest } from './rpc-envelope.ts'
import { cutToTell, RPC_ERRORS, RpcRefusal } from './rpc-error.ts'

/** `order_unique_id` and `orderUniqueId` name the same parameter (contracts/rpc.md, section 4). */
function findParameter(parameters: readonly string[], name: string): number {
  return parameters.findIndex((parameter) => parameter === name || toSnakeCase(parameter) === name)
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** A request's `params`, by position. A name that the method doesn't have is -32602. */
export function bindParams(
  parameters: readonly string[],
  params: readonly unknown[] | Readonly<Record<string, unknown>>,
): readonly unknown[] {
  if (Array.isArray(params)) return params.slice(0, parameters.length)
  const args = new Array<unknown>(parameters.length).fill(undefined)
  for (const [name, value] of Object.entries(params)) {
    const index = findParameter(parameters, name)
    if (index === -1) {
      throw new RpcRefusal({
        ...RPC_ERRORS.invalidParams,
        message: cutToTell(`Invalid params: no parameter is called ${name}`),
      })
    }
    args[index] = value
  }
  return args
}

/** One argument as it was sent, unbound; undefined where it isn't given in that spelling. */
export function argumentOf({ params }: Pick<RpcRequest, 'params'>, index: number, name: string): unknown {
  if (Array.isArray(params)) return (params as unknown[])[index]
  return Object.hasOwn(params, name) ? (params as Record<string, unknown>)[name] : undefined
}

/** The `args` of `call`, by position: a list, one value, or an object that names parameters or else is the first. */
export function bindArgs(parameters: readonly string[], args: unknown): readonly unknown[] {
  if (args === undefined || args === null) return []
  if (Array.isArray(args)) return args.slice(0, parameters.length)
  if (!isJsonObject(args)) return [args]
  const names = Object.keys(args)
  const isByName = names.length > 0 && names.every((name) => findParameter(parameters, name) !== -1)
  return isByName ? bindParams(parameters, args) : [args]
}

/** Arguments by name for validation; absent ones and nulls are left out, and PHP's `[]` is an empty object. */
export function nameArguments(
  parameters: readonly string[],
  args: readonly unknown[],
  schema: JSONSchema,
): Record<string, unknown> {
  const named: Record<string, unknown> = {}
  parameters.forEach((parameter, index) => {
    const value = args[index]
    if (value === undefined || value === null) return
    named[parameter] = isEmptyArray(value) && takesObjectOnly(schema, parameter) ? {} : value
  })
  return named
}

function isEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function takesObjectOnly(schema: JSONSchema, parameter: string): boolean {
  const properties = typeof schema === 'object' && 'properties' in schema ? schema.properties : undefined
  const property = properties?.[parameter]
  return typeof property === 'object' && property.type === 'object'
}
