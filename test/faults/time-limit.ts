const LIMIT_MS = 10 * 60_000

/** A suite that hangs is a failure, and one that takes longer would be left out. Ends as by Ctrl-C, so what was started ends too. */
export function mochaGlobalSetup(): void {
  setTimeout(() => {
    console.error(`the suite of faults had not ended after ${LIMIT_MS / 60_000} minutes`)
    process.kill(process.pid, 'SIGINT')
  }, LIMIT_MS).unref()
}
