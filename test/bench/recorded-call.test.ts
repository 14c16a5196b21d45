import { expect } from 'chai'
import type pg from 'pg'
import { type RunningChild, startBareServer } from '../../bench/bench-server.ts'
import { confirming, creating, makeOrder } from '../../bench/packing-work.ts'
import { recordCall } from '../../bench/recorded-call.ts'
import { logIn, type RpcCaller } from '../../bench/rpc-caller.ts'
import { stopWhatRuns } from '../../bench/running.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

type Arguments = readonly unknown[]

describe('the bare handler that Packhouse is measured beside', () => {
  let server: TestServer
  let shop: RpcCaller
  let packer: RpcCaller
  let bare: readonly RunningChild[]
  let creation: () => Arguments
  let confirmation: () => readonly [number, string]

  before(async () => {
    server = await startServer()
    shop = await logIn(server.url, server.credentials.rpc)
    packer = await logIn(server.url, server.credentials.packer)
    creation = await creating(shop, 'created')
    confirmation = await confirming(shop, 'confirmed', { orders: 4 })
    const all = (args: Arguments) => args
    const methods = {
      create: await recordCall((args) => shop.call('order_instruction.create', args), creation, all),
      confirm: await recordCall((args) => packer.call('packing.confirm', args), confirmation, all),
    }
    const connection: pg.PoolConfig = { connectionString: server.env['DATABASE_URL'] ?? '' }
    bare = await Promise.all(
      [false, true].map((isPrepared) => startBareServer({ connection, methods, isPrepared })),
    )
  })
  after(async () => {
    await stopWhatRuns()
    await server.stop()
  })

  async function ask({ baseUrl }: RunningChild, method: string, params: Arguments): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const headers = { 'content-type': 'application/json' }
    const reply = await fetch(baseUrl, { method: 'POST', headers, body })
    const { result, error } = (await reply.json()) as { result?: unknown; error?: unknown }
    expect(error).to.equal(undefined)
    return result
  }

  it('gives each order that it is called for an instruction of its own', async () => {
    for (const one of bare) {
      const called = [creation(), creation(), creation()]
      for (const args of called) await ask(one, 'create', args)
      for (const [order] of called) {
        expect(await shop.call('order_instruction.list', [order]), String(order)).to.have.length(1)
      }
    }
  })

  it('confirms the instruction and the package that it is called for', async () => {
    for (const one of bare) {
      for (const args of [confirmation(), confirmation()]) {
        await ask(one, 'confirm', args)
        const { occurrences } = await packer.call('packing.open', [args[1]])
        expect(occurrences[0].state, args[1]).to.equal('confirmed')
      }
    }
  })

  it('is not made where nothing tells what the calls have to do with their values', async () => {
    await makeOrder(shop, 'odd')
    let made = 0
    const call = (note: string) => shop.call('order_instruction.create', ['odd', note])
    const recording = recordCall(
      call,
      () => `note ${made++}`,
      () => [],
    )
    const refusal = await recording.then(
      () => 'recorded',
      (error: unknown) => String(error),
    )
    expect(refusal).to.contain('nothing tells where "note 1" comes from')
  })
})
