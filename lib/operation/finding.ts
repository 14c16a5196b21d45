import { toTerminalLine } from './terminal-text.ts'

/** One thing that `packhouse doctor` looked at. */
export interface Finding {
  readonly what: string
  /** `bad`: packing or printing suffers now. `doubtful`: it may, or it couldn't be looked at. */
  readonly state: 'good' | 'doubtful' | 'bad'
  readonly text: string
  /** What to do about it; absent where nothing needs to be done. */
  readonly advice?: string
}

const MARKS = { good: 'ok  ', doubtful: '?   ', bad: 'BAD ' } as const

/** For a terminal: a line each, the advice beneath. */
export function toLines(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ what, state, text, advice }) => [
    MARKS[state] + toTerminalLine(`${what}: ${text}`),
    ...(advice === undefined ? [] : [`      → ${toTerminalLine(advice)}`]),
  ])
}
