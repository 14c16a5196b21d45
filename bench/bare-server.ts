/**
 * The baseline: Express and pg, jayson for JSON-RPC, and a handler for each method or path that runs the statements
 * Packhouse runs for it and answers what Packhouse answered once. No authentication, no validation, no rules, no log. Run
 * as a child process.
 *
 * As handlers are written, each statement is planned each time and waited for. `isPrepared` asks PostgreSQL as Packhouse does: each
 * connection plans a statement once, and those that don't need each other's answers are sent at once.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import express from 'express'
import jayson from 'jayson'
import pg from 'pg'
import type { RecordedCall, Source, Step } from './recorded-call.ts'

export interface BareOptions {
  readonly connection: pg.PoolConfig
  readonly isPrepared: boolean
  /** Of JSON-RPC, at `/`. */
  readonly methods?: Readonly<Record<string, RecordedCall>>
  /** By path; the members of the body are the arguments. */
  readonly routes?: Readonly<Record<string, RecordedCall>>
}

process.once('message', (options: BareOptions) => {
  const { isPrepared } = options
  const settings: pg.PoolConfig & { readonly pipeline: boolean } = {
    ...options.connection,
    max: 20,
    pipeline: isPrepared,
  }
  const database = { pool: new pg.Pool(settings), isPrepared }
  const methods = Object.entries(options.methods ?? {}).map(([name, method]) => [
    name,
    (args: unknown[], done: jayson.JSONRPCCallbackTypePlain) => {
      run(database, method, args).then(
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
      response.json(await run(database, route, Object.values((request.body ?? {}) as object)))
    })
  }
  app.use(server.middleware())
  const listening = app.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (listening.address() as AddressInfo).port })
  })
})

interface Database {
  readonly pool: pg.Pool
  readonly isPrepared: boolean
}

async function run(
  { pool, isPrepared }: Database,
  { steps, answer }: RecordedCall,
  args: readonly unknown[],
): Promise<unknown> {
  const client = await pool.connect()
  const answers: Record<string, unknown>[][] = []
  const ids = new Map<string, string | Buffer>()
  try {
    while (answers.length < steps.length) {
      const together = isPrepared ? sentTogether(steps, answers.length) : 1
      const sent = steps.slice(answers.length, answers.length + together).map(({ text, sources }) => {
        const values = sources.map((source) => valueOf(source, { args, answers, ids }))
        return client.query(queryOf(text, values, isPrepared))
      })
      for (const { rows } of await Promise.all(sent)) answers.push(rows as Record<string, unknown>[])
    }
    return answer
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

/** How many steps from the `first` on need nothing of each other. */
function sentTogether(steps: readonly Step[], first: number): number {
  let end = first + 1
  while ((steps[end]?.after ?? Number.POSITIVE_INFINITY) <= first) end += 1
  return end - first
}

const names = new Map<string, string>()

function queryOf(text: string, values: unknown[], isPrepared: boolean): pg.QueryConfig {
  // The beginning and the end of a transaction have no plan.
  if (!isPrepared || values.length === 0) return { text, values }
  const name = names.get(text) ?? createHash('sha1').update(text).digest('base64')
  names.set(text, name)
  return { name, text, values }
}

interface Known {
  readonly args: readonly unknown[]
  readonly answers: readonly (readonly Record<string, unknown>[])[]
  readonly ids: Map<string, string | Buffer>
}

function valueOf(source: Source, known: Known): unknown {
  const { args, answers, ids } = known
  switch (source.from) {
    case 'constant':
      return constantOf(source)
    case 'argument':
      return args[source.number]
    case 'row':
      return answers[source.statement]?.[source.row]?.[source.column]
    case 'list':
      return source.of.map((each) => valueOf(each, known))
    case 'text':
      return source.prefix + String(valueOf(source.rest, known))
    case 'id':
    case 'random':
      return once(ids, source.slot, () => made(source))
  }
}

function constantOf({ value, isBuffer }: Extract<Source, { from: 'constant' }>): unknown {
  return isBuffer ? Buffer.from(String(value), 'base64') : value
}

function made(source: Extract<Source, { from: 'id' | 'random' }>): string | Buffer {
  return source.from === 'random'
    ? randomBytes(source.bytes)
    : `${source.prefix}_${randomBytes(11).toString('hex')}`
}

function once(ids: Known['ids'], slot: string, make: () => string | Buffer): string | Buffer {
  const known = ids.get(slot) ?? make()
  ids.set(slot, known)
  return known
}
