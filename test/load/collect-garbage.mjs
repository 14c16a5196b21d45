/**
 * Loaded into a server before its own code: at SIGUSR2 it collects what nobody needs and tells in its log what is left, as
 * server-log.ts reads it. Plain JavaScript, since worker threads load it too, before they can read anything else.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  // Not by an argument of Node.js: worker threads inherit those, and refuse this one.
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  process.on('SIGUSR2', () => {
    collect()
    const { heapUsed, external, rss } = process.memoryUsage()
    const left = { heapBytes: heapUsed, externalBytes: external, rssBytes: rss }
    process.stdout.write(`collected ${JSON.stringify(left)}\n`)
  })
}
