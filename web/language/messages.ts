import type { en } from '../messages/en.ts'

/** What every catalogue holds: the texts of the English one, under its keys. */
export type MessageKey = keyof typeof en
export type Messages = Readonly<Record<MessageKey, string>>
