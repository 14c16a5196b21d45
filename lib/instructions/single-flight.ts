/** Calls for the same thing at the same moment share one piece of work and its outcome, within this process. */
export interface SingleFlight<T> {
  /** `key` null: nothing to share. A key is held while its work runs, no longer. */
  run(key: string | null, work: () => Promise<T>): Promise<T>
}

export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Promise<T>>()
  return {
    run(key, work) {
      if (key === null) return work()
      const running = flights.get(key)
      if (running) return running
      const flight = work().finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
  }
}
