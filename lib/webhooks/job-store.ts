import { type Db, query } from '../db/database.ts'
import { type Step, step } from '../db/one-go.ts'

/** The task of lib/webhooks/webhook-delivery.ts. */
export const DELIVER_TASK = 'deliver_webhook'
const TRIES_MAX = 3

/**
 * Wakes those webhooks' deliveries, in some process, once this transaction commits. One job per webhook waits at a
 * time: the key of a job that is running already is free again.
 */
export async function enqueueWebhooks(db: Db, webhookNumbers: readonly number[]): Promise<void> {
  await query(
    db,
    `select graphile_worker.add_job(:task, json_build_object('webhook', number), job_key := 'webhook:' || number,
       max_attempts := :triesMax::integer)
     from (select number from unnest(:webhookNumbers::bigint[]) as number order by number) as numbers`,
    { task: DELIVER_TASK, webhookNumbers, triesMax: TRIES_MAX },
  )
}

/** The same for a retry, at its time. Its key is its own: one per webhook would hold back what is due before. */
export function enqueueRetry(retry: {
  readonly webhookNumber: number
  readonly deliveryId: string
  readonly at: Date
}): Step<void> {
  return step(
    `select graphile_worker.add_job(:task, json_build_object('webhook', :webhookNumber::bigint),
       run_at := :at::timestamptz, job_key := 'retry:' || :deliveryId, max_attempts := :triesMax::integer)`,
    { task: DELIVER_TASK, ...retry, triesMax: TRIES_MAX },
    () => undefined,
  )
}
