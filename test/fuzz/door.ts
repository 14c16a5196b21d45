import type { Fuzzing } from './fuzzing.ts'

/** A way on which something from outside comes into the server, and who sends it. */
export interface Door<Case> {
  readonly fuzzing: Fuzzing<Case>
  close(): Promise<void>
}
