import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { readConfig } from '../../lib/config.ts'
import { startPackhouse } from '../../lib/packhouse.ts'

/** Starts a server with the environment's settings, prints what it answers to the paths that are given, one line each. */
const config = readConfig(process.env)
const server = await startPackhouse({ config, log: pino({ level: 'silent' }) })
const credentials = JSON.parse(await readFile(join(server.dataDir, 'credentials.json'), 'utf8'))
for (const path of process.argv.slice(2)) {
  const reply = await fetch(server.baseUrl + path, { headers: { 'PX-API-KEY': credentials.admin.api_key } })
  console.log(JSON.stringify(await reply.json()))
}
await server.stop()
process.exit(0)
