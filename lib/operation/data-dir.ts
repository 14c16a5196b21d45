import type { Config } from '../config.ts'
import { defaultDataDir } from '../db/embedded-data-dir.ts'

export function dataDirOf({ dataDir }: Config): string {
  return dataDir ?? defaultDataDir(process.cwd())
}
