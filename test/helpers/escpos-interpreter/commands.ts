import type { Printer } from './printer.ts'

/** By the character that follows ESC, GS or FS. Each reads its own parameters. */
export type Commands = Readonly<Record<string, (printer: Printer) => void>>
