/** One line of JSON per entry, for the journal of the system. Never a key or a password. */
export type ClientLog = (message: string, fields?: Readonly<Record<string, unknown>>) => void

export function createClientLog(write: (line: string) => void): ClientLog {
  return (message, fields = {}) =>
    write(JSON.stringify({ time: new Date().toISOString(), msg: message, ...fields }))
}
