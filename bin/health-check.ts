import { readConfig } from '../lib/config.ts'
import { originOf } from '../lib/transport/http/http-server.ts'

/**
 * Ends with 0 when the server that has this environment, on this machine, is ready. For a container's health check, whose
 * engine keeps what is printed here: why it isn't.
 */
const TIMEOUT_MS = 4_000

const { host, port, basePath } = readConfig(process.env).http
const url = `${originOf(host, port)}${basePath}/readyz`
const { isReady, text } = await ask().catch((error: unknown) => ({
  isReady: false,
  text: whyNoAnswer(error),
}))
console.log(text)
process.exit(isReady ? 0 : 1)

async function ask() {
  const reply = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  return { isReady: reply.ok, text: await reply.text() }
}

/** What fetch throws says only that it failed. */
function whyNoAnswer(error: unknown): string {
  const { message, cause } = error as Error
  return `${url} does not answer: ${cause instanceof Error ? cause.message : message}`
}
