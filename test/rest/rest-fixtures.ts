import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

export interface RestWorkspace {
  readonly server: TestServer
  /** With every scope, for every location. */
  readonly admin: RestClient
  /** A new key, and a client that has it. */
  keyWith(
    scopes: readonly string[],
    more?: Record<string, unknown>,
  ): Promise<{ id: string; client: RestClient }>
  /** A new location's id. */
  newLocation(name?: string): Promise<string>
  /** A new merchant's id. */
  newMerchant(name?: string): Promise<string>
  stop(): Promise<void>
}

let counter = 0

/** Rate limits are off unless a test is about them. */
export async function openRestWorkspace(env: Record<string, string> = {}): Promise<RestWorkspace> {
  const server = await startServer({ env: { REST_RATE_LIMIT: '0', ...env } })
  const admin = createRestClient(server.url, server.credentials.admin.api_key)
  const create = async (path: string, body: unknown) => {
    const { status, json } = await admin.post(path, body)
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(json)}`)
    return json.data
  }
  return {
    server,
    admin,
    async keyWith(scopes, more = {}) {
      const key = await create('/v1/api-keys', { name: 'test', scopes, ...more })
      return { id: key.id, client: admin.as(key.api_key) }
    },
    async newLocation(name = 'Hall') {
      return (await create('/v1/locations', { name })).id
    },
    async newMerchant(name = `merchant ${(counter += 1)}`) {
      return (await create('/v1/merchants', { name })).id
    },
    stop: () => server.stop(),
  }
}

export const ID_OF: Readonly<Record<string, RegExp>> = {
  key: /^key_[0-9A-Za-z]{22}$/,
  loc: /^loc_[0-9A-Za-z]{22}$/,
  mrch: /^mrch_[0-9A-Za-z]{22}$/,
  usr: /^usr_[0-9A-Za-z]{22}$/,
}

export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
