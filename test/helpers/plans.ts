import type { Knex } from 'knex'

export interface Plan {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly Plan[]
}

interface Statement {
  readonly sql: string
  readonly bindings: readonly unknown[]
}

interface Client {
  query(sql: string, bindings?: readonly unknown[]): Promise<{ rows: { 'QUERY PLAN': { Plan: Plan }[] }[] }>
}

const PLANNED = /^\s*(with|select|insert|update|delete)\b/i

/** Does `work` and answers the plans of its statements, in their order. `settings`: what PostgreSQL plans with. */
export async function plansOf(
  db: Knex,
  work: () => Promise<unknown>,
  settings = '',
): Promise<readonly Plan[]> {
  const asked: Statement[] = []
  const listen = (statement: Statement) => {
    if (PLANNED.test(statement.sql)) asked.push(statement)
  }
  db.on('query', listen)
  try {
    await work()
  } finally {
    db.removeListener('query', listen)
  }
  const client = (await db.client.acquireConnection()) as Client
  try {
    await client.query(`begin; ${settings}`)
    const plans: Plan[] = []
    for (const { sql, bindings } of asked) {
      const { rows } = await client.query(`explain (format json) ${sql}`, bindings)
      plans.push(rows[0]?.['QUERY PLAN'][0]?.Plan as Plan)
    }
    return plans
  } finally {
    await client.query('rollback')
    await db.client.releaseConnection(client)
  }
}

/** The plan and everything below it. */
export function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}
