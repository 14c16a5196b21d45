/**
 * The baseline: Express, jayson and pg, and a handler for each method that runs the statements Packhouse runs for it and
 * answers what Packhouse answered once. No authentication, no validation, no rules, no log. Run as a child process.
 */
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import express from 'express'
import jayson from 'jayson'
import pg from 'pg'
import type { Source, Step } from './recorded-call.ts'

export interface BareMethod {
  readonly steps: readonly Step[]
  readonly answer: unknown
}

export interface BareOptions {
  readonly connection: pg.PoolConfig
  readonly methods: Readonly<Record<string, BareMethod>>
}

process.once('message', (options: BareOptions) => {
  const pool = new pg.Pool({ ...options.connection, max: 20 })
  const methods = Object.entries(options.methods).map(([name, method]) => [
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
  app.use(server.middleware())
  const listening = app.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (listening.address() as AddressInfo).port })
  })
})

async function run(pool: pg.Pool, { steps, answer }: BareMethod, args: readonly unknown[]): Promise<unknown> {
  const client = await pool.connect()
  const answers: Record<string, unknown>[][] = []
  const ids = new Map<string, string>()
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
  readonly ids: Map<string, string>
}

function valueOf(source: Source, { args, answers, ids }: Known): unknown {
  switch (source.from) {
    case 'constant':
      return source.isBuffer ? Buffer.from(String(source.value), 'base64') : source.value
    case 'argument':
      return args[source.number]
    case 'row':
      return answers[source.statement]?.[source.row]?.[source.column]
    case 'id': {
      const id = ids.get(source.slot) ?? `${source.prefix}_${randomBytes(11).toString('hex')}`
      ids.set(source.slot, id)
      return id
    }
  }
}
