import { type Logger, pino } from 'pino'

/** Some fourteen requests. */
const TOGETHER_BYTES = 4_096
const LATE_MS = 100
const WARN = 40

/**
 * What the process writes to its standard output. Lines of information are written together, since each write costs as much
 * as the rest of a request's logging: after `LATE_MS` at most, before the process ends, and with the first line that warns,
 * which goes out at once. A process that is killed loses no more than the last moment's information.
 */
export function createProcessLog(level: string): Logger {
  const output = pino.destination({
    sync: true,
    minLength: TOGETHER_BYTES,
    periodicFlush: LATE_MS,
  })
  process.on('exit', () => output.flushSync())
  const hooks: pino.LoggerOptions['hooks'] = {
    logMethod(line, write, lineLevel) {
      write.apply(this, line)
      if (lineLevel >= WARN) output.flushSync()
    },
  }
  return pino({ level, hooks }, output)
}
