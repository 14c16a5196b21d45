import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { type Config, ConfigError } from '../config.ts'
import { probePrinter } from '../delivery/printer-probe.ts'
import { dataDirOf } from './data-dir.ts'
import { withDatabase } from './database-access.ts'
import { examineDatabase } from './database-examination.ts'
import { DatabaseFailure } from './database-failure.ts'
import { examineDisk } from './disk-examination.ts'
import type { Finding } from './finding.ts'
import { examinePrinters } from './printer-examination.ts'
import { examineQueues } from './queue-examination.ts'

/** Looks at everything that a server needs and prints with; changes nothing. Never throws: what can't be seen is a finding. */
export async function diagnose(read: () => Config, log: Logger): Promise<readonly Finding[]> {
  const config = readOrExplain(read)
  if ('mistakes' in config) {
    return config.mistakes.map((text) => ({
      what: 'environment',
      state: 'bad',
      text,
      advice: 'correct it; docs/running.md lists the variables',
    }))
  }
  const findings: Finding[] = [{ what: 'environment', state: 'good', text: 'every variable can be read' }]
  const disk = await examineDisk(dataDirOf(config), config.databaseUrl === null)
  findings.push(disk)
  const unseen = config.databaseUrl === null ? await unseenCluster(dataDirOf(config), disk) : undefined
  if (unseen !== undefined) return [...findings, unseen]
  try {
    await withDatabase({ config, log }, (db) => examine(db, config, findings))
  } catch (error) {
    findings.push(unreachable(config, error, findings))
  }
  return findings
}

/** Adds to `findings` as it goes: what was seen before the database failed, or lacked a table, is told. */
async function examine(db: Knex, { databasePoolMax }: Config, findings: Finding[]): Promise<void> {
  findings.push(...(await examineDatabase(db, databasePoolMax)))
  findings.push(...(await examineQueues(db)))
  findings.push(...(await examinePrinters(db, probePrinter)))
}

/** Before the first start there is no embedded database, and looking for what is wrong should make none. */
async function unseenCluster(dataDir: string, disk: Finding): Promise<Finding | undefined> {
  try {
    await access(join(dataDir, 'postgres'))
    return undefined
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    if (disk.state === 'bad' && (code === 'ENOENT' || code === 'ENOTDIR'))
      return {
        what: 'database',
        state: 'doubtful',
        text: 'not there, and no start can make it: see its disk',
      }
    if (code === 'ENOENT')
      return { what: 'database', state: 'doubtful', text: 'not there yet; the first start makes it' }
    const text = `can't be looked for in ${dataDir} (${code}), and so nothing that is in it`
    return { what: 'database', state: 'doubtful', text, advice: 'run as the account that runs the server' }
  }
}

function readOrExplain(read: () => Config): Config | { readonly mistakes: readonly string[] } {
  try {
    return read()
  } catch (error) {
    if (error instanceof ConfigError) return { mistakes: error.mistakes }
    throw error
  }
}

function unreachable(config: Config, error: unknown, before: readonly Finding[]): Finding {
  const said = error instanceof Error && error.message !== '' ? error.message : 'no connection'
  // The embedded one's failure ends with the last lines of its log.
  const text = said.replaceAll('\n', ' | ')
  const advice =
    error instanceof DatabaseFailure ? error.advice : `see ${dataDirOf(config)}/postgres.log, if it is there`
  const what = before.some((finding) => finding.what === 'database') ? 'everything else' : 'database'
  return { what, state: 'bad', text, advice }
}
