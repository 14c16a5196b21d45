import { pino } from 'pino'
import { readConfig } from '../../lib/config.ts'
import { startPackhouse } from '../../lib/packhouse.ts'

/**
 * The server in a process of its own that dies as by kill -9 when its dispatcher, or a delivery of a webhook, reaches the
 * step named by the first argument; `none` lives on. The second one, as JSON, is printing's times. Its environment is the product's.
 */
const [, , fatalStep = 'none', timing = '{}'] = process.argv
/** Steps at which the next job that comes there stays until the parent says `go`. */
const holding: string[] = []
let go = (): void => undefined
const released = new Promise<void>((resolve) => {
  go = resolve
})
const config = readConfig(process.env)
const packhouse = await startPackhouse({
  config,
  log: pino({ level: config.logLevel }),
  printingTiming: JSON.parse(timing),
  checkpoint(step) {
    if (step === fatalStep) process.kill(process.pid, 'SIGKILL')
    const index = holding.indexOf(step)
    if (index === -1) return undefined
    holding.splice(index, 1)
    process.send?.({ held: step })
    return released
  },
  webhookCheckpoint(step) {
    if (`webhook ${step}` === fatalStep) process.kill(process.pid, 'SIGKILL')
  },
})
process.on('message', (message: { hold: string } | 'go') => {
  if (message === 'go') return go()
  holding.push(message.hold)
  process.send?.({ armed: message.hold })
})
process.send?.({ baseUrl: packhouse.baseUrl })
// Nobody is left who would stop it.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.once('SIGTERM', () => void packhouse.stop().then(() => process.exit(0)))
