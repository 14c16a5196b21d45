/** Several events come at once; one look tells of all of them. */
const TOGETHER_MS = 250
/** A look is some ten calls, and a user has twenty a second: a busy floor must not use them up. */
const GAP_MS = 1_500

/** Answers how to ask for a look: soon, and one at a time. */
export function createLooking(look: () => Promise<unknown>): () => void {
  let isWanted = false
  let isBusy = false
  const run = async (): Promise<void> => {
    isBusy = true
    await pause(TOGETHER_MS)
    while (isWanted) {
      isWanted = false
      await look()
      await pause(GAP_MS)
    }
    isBusy = false
  }
  return () => {
    isWanted = true
    if (!isBusy) void run()
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
