import { pino } from 'pino'
import { readConfig } from '../../lib/config.ts'
import { startPackhouse } from '../../lib/packhouse.ts'

/**
 * The server in a process of its own that dies as by kill -9 when its dispatcher, or a delivery of a webhook, reaches the
 * step named by the first argument; `none` lives on. Its environment is the product's.
 */
const [, , fatalStep = 'none'] = process.argv
const config = readConfig(process.env)
const packhouse = await startPackhouse({
  config,
  log: pino({ level: config.logLevel }),
  checkpoint(step) {
    if (step === fatalStep) process.kill(process.pid, 'SIGKILL')
  },
  webhookCheckpoint(step) {
    if (`webhook ${step}` === fatalStep) process.kill(process.pid, 'SIGKILL')
  },
})
process.send?.({ baseUrl: packhouse.baseUrl })
process.once('SIGTERM', () => void packhouse.stop().then(() => process.exit(0)))
