/** Follows `/v1/events` as an integrator does, and goes on after a break where it was. */
import { setTimeout as delay } from 'node:timers/promises'
import { EventTally, type LoadEvent } from './event-tally.ts'
import type { HttpClient } from './http-client.ts'

export interface EventReader {
  readonly tally: EventTally
  /** Resolves when it is told what happens from now on. */
  readonly opened: Promise<void>
  /** Times that it had to connect again. */
  readonly breaks: number
  stop(): Promise<void>
}

const RETRY_MS = 500
const SILENCE_MS = 45_000

export function readEvents(http: HttpClient, apiKey: string): EventReader {
  const tally = new EventTally()
  let lastId: string | null = null
  let isStopped = false
  let breaks = -1
  let onOpened = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    onOpened = resolve
  })

  const take = (block: string): void => {
    const data = /^data: (.*)$/m.exec(block)?.[1]
    if (data === undefined) return
    lastId = /^id: (.*)$/m.exec(block)?.[1] ?? lastId
    tally.take(JSON.parse(data) as LoadEvent)
  }
  const follow = async (): Promise<void> => {
    while (!isStopped) {
      breaks += 1
      try {
        const headers = { 'px-api-key': apiKey, ...(lastId !== null && { 'last-event-id': lastId }) }
        const stream = await http.open({ path: '/v1/events', headers, timeoutMs: SILENCE_MS })
        if (stream.statusCode !== 200) throw new Error(`HTTP ${stream.statusCode}`)
        onOpened()
        let text = ''
        for await (const chunk of stream.setEncoding('utf8')) {
          const blocks = (text + String(chunk)).split('\n\n')
          text = blocks.pop() ?? ''
          blocks.forEach(take)
        }
      } catch {
        await delay(RETRY_MS)
      }
    }
  }
  const following = follow()
  return {
    tally,
    opened,
    get breaks() {
      return breaks
    },
    async stop() {
      isStopped = true
      http.cut()
      await following
    },
  }
}
