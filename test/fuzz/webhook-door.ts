import { expect } from 'chai'
import { rpcClientOf } from '../helpers/server.ts'
import type { Door } from './door.ts'
import { batchesOf, type Fuzzing } from './fuzzing.ts'
import { FOLLOWED, type HostileAnswer, hostileAnswers } from './hostile-answers.ts'
import { startHostileReceiver } from './hostile-receiver.ts'
import { looksFor } from './looks.ts'
import type { PrintDesk } from './print-desk.ts'
import type { Reach } from './reach.ts'
import type { Subject } from './subject.ts'

const RECEIVERS = 24
/** The server's limit for an attempt, and what a busy machine adds. */
const ATTEMPT_MS_MAX = 5_000 + 15_000
const SETTLE_MS = 60_000
/** contracts/cloud-printing.md, section 7: 5 s less a fifth; a day, and what the clock takes meanwhile. */
const RETRY_MS_MIN = 4_000
const RETRY_MS_MAX = 24 * 3_600_000 + 60_000
const SECTION = '/v1/webhooks'

interface Hook {
  readonly id: string
  readonly path: string
}

interface Delivery {
  readonly status: 'pending' | 'delivered' | 'failed'
  readonly attempts: readonly {
    readonly at: string
    readonly status_code: number | null
    readonly error: string | null
    readonly duration_ms: number
  }[]
  readonly next_attempt_at: string | null
}

/** Receivers that answer as none would: an event counts as delivered for a 2xx alone, and costs its own attempt at most. */
export async function openWebhookDoor(
  subject: Subject,
  { admin }: PrintDesk,
): Promise<Door<readonly HostileAnswer[]>> {
  const receiver = await startHostileReceiver()
  const rpc = rpcClientOf(subject.url, subject.credentials)
  let count = 0

  async function subscribe(answer: HostileAnswer): Promise<Hook> {
    const path = `/${count++}`
    receiver.expect(path, answer)
    const body = { url: receiver.origin + path, topics: ['order.created'] }
    const { status, json, text } = await admin.post(SECTION, body)
    expect(status, text).to.equal(201)
    return { id: json.data.id, path }
  }

  async function deliveryOf({ id }: Hook): Promise<Delivery | undefined> {
    const { data } = (await admin.get(`${SECTION}/${id}/deliveries`)).json
    return (data as readonly Delivery[]).find(({ attempts }) => attempts.length > 0)
  }

  async function judge(answer: HostileAnswer, hook: Hook, note: Reach['note']): Promise<void> {
    const delivery = await looksFor('a first attempt', () => deliveryOf(hook), SETTLE_MS)
    const requests = receiver.requestsTo(hook.path)
    const first = firstOf(delivery)
    noteDelivery(delivery, note)
    const told = JSON.stringify([answer, delivery])
    expect(first.duration_ms, told).to.be.at.most(ATTEMPT_MS_MAX)
    // Five seconds may be over before a busy machine brings it.
    if (isPlain(answer)) expect(first.status_code, told).to.be.oneOf([answer.status, null])
    // A machine that is very slow may have made the second by now.
    if (delivery.attempts.length > 1) return
    expect(delivery.status === 'delivered', told).to.equal(isSuccess(first))
    const isSoon = Date.now() - Date.parse(first.at) < RETRY_MS_MIN
    if (isSoon) expect(requests, 'requests').to.be.at.most(1)
    if (first.status_code === 410) await assertDisabled(hook, delivery)
    else if (!isSuccess(first)) assertPutOff(delivery, told)
  }

  async function assertDisabled({ id }: Hook, { status }: Delivery): Promise<void> {
    expect(status).to.equal('failed')
    expect((await admin.get(`${SECTION}/${id}`)).json.data.status).to.equal('disabled')
  }

  const fuzzing: Fuzzing<readonly HostileAnswer[]> = {
    cases: batchesOf(hostileAnswers, RECEIVERS),
    goals: { delivered: 6, pending: 12, failed: 1, 'an answer': 12, 'no answer': 2, timeout: 1 },
    async judge(batch, note) {
      const hooks = await Promise.all(batch.map(subscribe))
      await rpc.call('order.create', [null, { MUG: 1 }], 'demo')
      const judged = hooks.map((hook, index) => judge(batch[index] as HostileAnswer, hook, note))
      await subject.allEnded(judged).finally(async () => {
        await Promise.all(hooks.map(({ id }) => admin.delete(`${SECTION}/${id}`)))
        for (const { path } of hooks) receiver.forget(path)
      })
      expect(receiver.requestsTo(FOLLOWED), 'redirects that were followed').to.equal(0)
      await subject.assertSound()
      return batch.length
    },
  }
  return { fuzzing, close: () => receiver.close() }
}

type Attempt = Delivery['attempts'][number]

function firstOf({ attempts: [first] }: Delivery): Attempt {
  if (!first) throw new Error('an attempt was found')
  return first
}

function isSuccess({ error, status_code: status }: Attempt): boolean {
  return error === null && status !== null && status >= 200 && status < 300
}

function noteDelivery(delivery: Delivery, note: Reach['note']): void {
  const { status_code, error } = firstOf(delivery)
  note(delivery.status)
  note(status_code === null ? 'no answer' : 'an answer')
  if (error?.startsWith('timeout') === true) note('timeout')
}

/** One that any HTTP client reads in the same way. */
function isPlain({ status, headers, changes, interims, pace, end }: HostileAnswer): boolean {
  const isWhole = headers.length === 0 && changes.length === 0 && interims === 0
  return isWhole && status >= 200 && status <= 599 && pace === 'at once' && end !== 'resets'
}

function assertPutOff(delivery: Delivery, told: string): void {
  expect(delivery.status, told).to.equal('pending')
  const waitMs = Date.parse(delivery.next_attempt_at ?? '') - Date.parse(firstOf(delivery).at)
  expect(waitMs, told).to.be.within(RETRY_MS_MIN, RETRY_MS_MAX)
}
