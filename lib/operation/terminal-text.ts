/**
 * What a terminal obeys or hides: C0, DEL and C1, the line ends of Unicode, and what turns the direction of writing
 * (Unicode Standard Annex 9, section 2).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSHOWN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Names and reasons are chosen by others: they must neither command the terminal nor make lines of their own. */
export function toTerminalLine(text: string): string {
  return text.replace(UNSHOWN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The same for what has several lines of ours. */
export function toTerminalLines(text: string): string {
  return text.split('\n').map(toTerminalLine).join('\n')
}
