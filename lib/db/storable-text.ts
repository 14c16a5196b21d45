/**
 * PostgreSQL's text can't hold U+0000, and UTF-8 can't hold an unpaired surrogate. Where such a text would be stored it
 * is invalid; where it is looked up it names nothing (contracts/rpc.md, section 6).
 */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
