/**
 * The baseline: Express and pg, jayson for JSON-RPC, and a handler for each method or path that runs the statements
 * Packhouse runs for it and answers what Packhouse answered once. No authentication, no validation, no rules, no log. Run
 * as a child process.
 */
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import express from 'express'
import jayson from 'jayson'
import pg from 'pg'
import type { RecordedCall, Source } from './recorded-call.ts'

export interface BareOptions {
  readonly connection: pg.PoolConfig
  /** Of JSON-RPC, at `/`. */
  readonly methods?: Readonly<Record<string, RecordedCall>>
  /** By path; the members of the body are the arguments. */
  readonly routes?: Readonly<Record<string, RecordedCall>>
}

process.once('message', (options: BareOptions) => {
  const pool = new pg.Pool({ ...options.connection, max: 20 })
  const methods = Object.entries(options.methods ?? {}).map(([name, method]) => [
    name,
    (args: unknown[], done: jayson.JSONRPCCallbackTypePlain) => {
      run(pool, method, args).then(
        (answer) => done(null, answer),
        (error: unknown) => done({ code: -32603, message: String(error) }),
      )
    },
  ])
  const server = new jayson.Server(Object.fromEntries(methods))
  const app = express()
  app.use(express.json({ limit: '40mb' }))
  for (const [path, route] of Object.entries(options.routes ?? {})) {
    app.all(path, async (request, response) => {
      response.json(await run(pool, route, Object.values((request.body ?? {}) as object)))
    })
  }
  app.use(server.middleware())
  const listening = app.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (listening.address() as AddressInfo).port })
  })
})

async function run(
  pool: pg.Pool,
  { steps, answer }: RecordedCall,
  args: readonly unknown[],
): Promise<unknown> {
  const client = await pool.connect()
  const answers: Record<string, unknown>[][] = []
  const ids = new Map<string, string | Buffer>()
  try {
    for (const { text, sources } of steps) {
      const values = sources.map((source) => valueOf(source, { args, answers, ids }))
      answers.push((await client.query(text, values)).rows as Record<string, unknown>[])
    }
    return answer
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

interface Known {
  readonly args: readonly unknown[]
  readonly answers: readonly (readonly Record<string, unknown>[])[]
  readonly ids: Map<string, string | Buffer>
}

function valueOf(source: Source, { args, answers, ids }: Known): unknown {
  switch (source.from) {
    case 'constant':
      return source.isBuffer ? Buffer.from(String(source.value), 'base64') : source.value
    case 'argument':
      return args[source.number]
    case 'row':
      return answers[source.statement]?.[source.row]?.[source.column]
    case 'id':
      return once(ids, source.slot, () => `${source.prefix}_${randomBytes(11).toString('hex')}`)
    case 'random':
      return once(ids, source.slot, () => randomBytes(source.bytes))
  }
}

function once(ids: Known['ids'], slot: string, make: () => string | Buffer): string | Buffer {
  const known = ids.get(slot) ?? make()
  ids.set(slot, known)
  return known
}
