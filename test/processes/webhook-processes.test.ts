import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { openWebhookWorkspace, type WebhookWorkspace } from '../webhooks/webhook-fixtures.ts'

const ORDERS = 12
const EDITS = ['two', 'three', 'four']

describe('a webhook that several processes send to', function () {
  this.timeout(60_000)
  let workspace: WebhookWorkspace

  beforeEach(async () => {
    workspace = await openWebhookWorkspace()
  })
  afterEach(() => workspace.stop())

  it('gets each event once, in the order of each instruction, and four requests at a time at most', async () => {
    const { server, receiver } = workspace
    const others = [await startServerProcess({ ...server.env }), await startServerProcess({ ...server.env })]
    const waiting: (() => void)[] = []
    receiver.respond((_request, response) => waiting.push(() => response.writeHead(204).end()))
    await workspace.subscribe(['order_instruction.*'])
    await server.db.raw('update webhooks set held_at = now()')
    const ids = await work(workspace)
    await workspace.published()
    await release(workspace)

    let most = 0
    for (let left = ORDERS * (1 + EDITS.length); left > 0; left -= 1) {
      // As long as there is more to send, one that is answered makes room for one.
      await eventually('as many as may be are under way', () => {
        most = Math.max(most, waiting.length)
        return waiting.length >= Math.min(4, left) ? true : undefined
      })
      waiting.shift()?.()
    }
    for (const other of others) {
      other.kill('SIGTERM')
      expect(await other.ended).to.equal(0)
    }

    expect(most).to.equal(4)
    const events = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(new Set(events).size).to.equal(events.length)
    for (const id of ids) {
      const sequences = receiver.received
        .filter(({ json }) => json.data.instruction_id === id)
        .map(({ json }) => json.sequence)
      expect(sequences).to.deep.equal([1, 2, 3, 4])
    }
  })
})

/** Every process has something to do with it, or may have. */
async function release({ server }: WebhookWorkspace): Promise<void> {
  await server.db.raw('update webhooks set held_at = null')
  await server.db.raw(
    `select graphile_worker.add_job('deliver_webhook', json_build_object('webhook', webhook_number))
     from webhooks, generate_series(1, 12)`,
  )
}

/** Answers the ids of its instructions. */
async function work({ server, newOrder }: WebhookWorkspace): Promise<readonly number[]> {
  const ids: number[] = []
  for (let number = 1; number <= ORDERS; number += 1) {
    await newOrder(`P-${number}`)
    const created = await server.rpc.call('order_instruction.create', [`P-${number}`, 'one'])
    ids.push(created.instruction_id)
  }
  for (const note of EDITS) {
    await Promise.all(ids.map((id) => server.rpc.call('order_instruction.edit', [id, note])))
  }
  return ids
}
