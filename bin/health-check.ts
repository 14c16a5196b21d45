import { readConfig } from '../lib/config.ts'
import { originOf } from '../lib/transport/http/http-server.ts'

/** Ends with 0 when the server that has this environment, on this machine, is ready. For a container's health check. */
const TIMEOUT_MS = 4_000

const { host, port, basePath } = readConfig(process.env).http
const url = `${originOf(host, port)}${basePath}/readyz`
const reply = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined)
process.exit(reply?.ok ? 0 : 1)
