import * as metaSchemas from '@open-rpc/meta-schema'
import { Ajv, type AnySchemaObject } from 'ajv'
import addFormats from 'ajv-formats'
import { expect } from 'chai'
import { resourceMethods } from '../../lib/transport/rpc/methods.ts'
import type { OpenRpcDocument, OpenRpcMethod } from '../../lib/transport/rpc/openrpc.ts'
import { nameArguments } from '../../lib/transport/rpc/rpc-arguments.ts'
import { compileSchema } from '../../lib/transport/rpc/rpc-validation.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const ENDPOINT_METHODS = ['login', 'call', 'multiCall', 'endSession', 'rpc.discover']

/** Its types tell of the document alone. */
const META_SCHEMA = (metaSchemas as unknown as { openrpcDocument: AnySchemaObject }).openrpcDocument

/** What the meta-schema takes from a schema that isn't published with it, under both of the names that it uses. */
const JSON_SCHEMA_IDS = ['https://meta.json-schema.tools', 'https://meta.json-schema.tools/']
const JSON_SCHEMA = {
  allOf: [{ $ref: 'http://json-schema.org/draft-07/schema#' }],
  definitions: { JSONSchemaObject: { properties: { $ref: { type: 'string' } } } },
}

describe('rpc.discover', () => {
  let server: TestServer
  let document: OpenRpcDocument
  before(async () => {
    server = await startServer()
    const { json } = await server.rpc.raw('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}')
    document = json.result
  })
  after(() => server.stop())

  const methodOf = (name: string): OpenRpcMethod => {
    const found = document.methods.find((method) => method.name === name)
    if (!found) throw new Error(`${name} is not described`)
    return found
  }
  /** A method called by its own name, as the examples on the page do it. */
  const callDirectly = async (method: string, params: unknown, user: 'rpc' | 'packer' = 'rpc') => {
    const { username, api_key: key } = server.credentials[user]
    const authorization = `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}`
    const { json } = await server.rpc.raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), {
      authorization,
    })
    return json
  }

  it('answers a document that is valid by OpenRPC, without authentication', () => {
    const ajv = new Ajv({ strict: false })
    addFormats.default(ajv)
    for (const id of JSON_SCHEMA_IDS) ajv.addSchema({ $id: id, ...JSON_SCHEMA })
    const { $schema: _dialect, ...metaSchema } = META_SCHEMA
    const validate = ajv.compile(metaSchema)
    expect(validate(document), ajv.errorsText(validate.errors)).to.equal(true)
    expect(validate({ ...document, openrpc: '0' })).to.equal(false)
  })

  it('has one entry for each method of the endpoint and of the registry', () => {
    const paths = resourceMethods(server.services).map(({ path }) => path)
    expect(document.methods.map(({ name }) => name)).to.deep.equal([...ENDPOINT_METHODS, ...paths])
  })

  it('names the address that the server is reached at', () => {
    expect(document.servers.map(({ url }) => url)).to.deep.equal([`${server.url}/api/jsonrpc`])
  })

  it('has an example for each method, with arguments that its own schema lets pass', () => {
    for (const { path, parameters, schema, example } of resourceMethods(server.services)) {
      const validate = compileSchema(schema)
      expect(example.params.length, path).to.be.at.most(parameters.length)
      const isValid = validate(nameArguments(parameters, example.params, schema))
      expect(isValid, `${path}: ${JSON.stringify(validate.errors)}`).to.equal(true)
    }
  })

  it('has examples that are valid by the schemas that it tells', () => {
    const ajv = new Ajv({ strict: false })
    addFormats.default(ajv)
    for (const { name, params, result, examples } of document.methods) {
      const [example] = examples
      expect(example, name).to.not.equal(undefined)
      expect(ajv.validate(result.schema, example?.result.value), `${name}: ${ajv.errorsText()}`).to.equal(
        true,
      )
      for (const { name: parameter, value } of example?.params ?? []) {
        const schema = params.find((descriptor) => descriptor.name === parameter)?.schema ?? false
        expect(ajv.validate(schema, value), `${name}, ${parameter}: ${ajv.errorsText()}`).to.equal(true)
      }
    }
  })

  it('tells what each method answers, but for call, which answers what another one does', () => {
    const untold = document.methods.filter(({ result }) => Object.keys(result.schema).length === 0)
    expect(untold.map(({ name }) => name)).to.deep.equal(['call'])
  })

  it('puts nothing optional before what is required', () => {
    for (const { name, params } of document.methods) {
      const needs = params.map(({ required }) => required === true)
      expect(needs, name).to.deep.equal(needs.toSorted((one, other) => Number(other) - Number(one)))
    }
  })

  it('tells each fault once, by its wire code', () => {
    for (const { name, errors } of document.methods) {
      const codes = errors.map(({ code }) => code)
      expect(new Set(codes).size, name).to.equal(codes.length)
    }
    expect(methodOf('order_instruction.edit').errors.map(({ code }) => code)).to.deep.equal([
      -32602, -32009, -32029, -32013, -32001, -32002, -32005, -32006, -32100, -32101,
    ])
    for (const name of ['rpc.discover', 'multiCall', 'warehouse.list'])
      expect(methodOf(name).errors[0]).to.deep.equal({ code: -32602, message: 'Invalid params' })
  })

  it('tells for each method the limits that any request can be over', () => {
    for (const { name, errors } of document.methods) {
      expect(errors, name).to.deep.include.members([
        {
          code: -32009,
          message: 'Too many requests of this user at once. Or: Too many large requests at once',
        },
        { code: -32029, message: 'Too many requests' },
        { code: -32013, message: 'The request is larger than 40 MiB' },
      ])
    }
  })

  it('tells the operators of every field that can be searched by, which the server takes, and no others', async () => {
    const operands: Record<string, unknown> = {
      string: '2026-03-01',
      number: 1,
      integer: 1,
      array: [],
      boolean: true,
    }
    const operandOf = ({ type, enum: values }: { type?: string | string[]; enum?: unknown[] }) =>
      values ? values[0] : operands[[type].flat()[0] as string]
    for (const name of ['order.search', 'shipment.search', 'package.search']) {
      const schema = methodOf(name).params.find((param) => param.name === 'filters')?.schema as any
      expect(schema.additionalProperties, name).to.equal(false)
      for (const [field, filter] of Object.entries<any>(schema.properties)) {
        const operators = filter.anyOf[1].properties
        for (const [operator, operand] of Object.entries<any>(operators)) {
          const filters = { [field]: { [operator]: operandOf(operand) } }
          const reply = await callDirectly(name, [filters, { limit: 1 }])
          expect(reply.error, `${name} ${JSON.stringify(filters)}`).to.equal(undefined)
        }
        for (const operator of ['starts', 'from', 'to', 'datetime'].filter((one) => !(one in operators))) {
          const { error } = await callDirectly(name, [{ [field]: { [operator]: '2026-03-01' } }])
          expect(error?.data, `${name} ${field}`).to.include({ reason: 'unknown_option' })
        }
      }
      const options = methodOf(name).params.find((param) => param.name === 'options')?.schema as any
      for (const field of options.properties.sort_field.enum) {
        const reply = await callDirectly(name, [null, { sort_field: field, limit: 1 }])
        expect(reply.error, `${name} by ${field}`).to.equal(undefined)
      }
    }
  })

  it('promises no fault that its resource has not', () => {
    for (const { path, faults = [] } of resourceMethods(server.services)) {
      const told = methodOf(path).errors.map(({ code }) => -32_000 - code)
      expect(told, path).to.include.members([...faults])
    }
  })

  const harmless = [
    ['order.info', 'rpc'],
    ['order.search', 'rpc'],
    ['shipment.info', 'rpc'],
    ['shipment.search', 'rpc'],
    ['package.search', 'rpc'],
    ['warehouse.list', 'rpc'],
    ['order_instruction.list', 'rpc'],
    ['print_job.list', 'rpc'],
    ['packing.open', 'packer'],
    ['packing.preview', 'packer'],
    ['packing.stations', 'packer'],
  ] as const
  for (const [name, user] of harmless) {
    it(`shows arguments that ${name} answers in the demo workspace`, async () => {
      const { params, result } = methodOf(name).examples[0] ?? { params: [] }
      const answer = await callDirectly(
        name,
        params.map(({ value }) => value),
        user,
      )
      expect(answer.error).to.equal(undefined)
      const ajv = new Ajv({ strict: false })
      expect(ajv.validate(methodOf(name).result.schema, answer.result), ajv.errorsText()).to.equal(true)
      if (name.endsWith('.info')) {
        expect(Object.keys(answer.result)).to.deep.equal(Object.keys(result?.value as object))
      }
    })
  }

  it('takes the arguments by the names that it tells, too', async () => {
    const { params } = methodOf('order.info').examples[0] ?? { params: [] }
    const byName = Object.fromEntries(params.map(({ name, value }) => [name, value]))
    expect((await callDirectly('order.info', byName)).result).to.include({ unique_id: '100000309' })
  })

  it('can not be reached through call', async () => {
    expect(await server.rpc.fault('rpc.discover')).to.include({ code: -32004 })
  })
})
