import type { Align } from './text-style.ts'

/** A space between words and the word after it; the last one of a text may have no word. */
const GAP_AND_WORD = /( *)([^ ]*)/g

/**
 * Greedily at spaces, and the spaces at a break vanish; a word longer than a line starts a new one and is cut at the
 * line's end (contracts/thermal.md, section 5.2). The text is encoded: one character is one column.
 */
export function wrapText(text: string, columns: number): readonly string[] {
  if (text.length <= columns) return [text]
  const lines: string[] = []
  let line = ''
  for (const [, gap = '', word = ''] of text.matchAll(GAP_AND_WORD)) {
    if (line.length + gap.length + word.length <= columns) {
      line += gap + word
    } else if (word !== '') {
      if (line !== '') lines.push(line)
      line = word
      for (; line.length > columns; line = line.slice(columns)) lines.push(line.slice(0, columns))
    }
  }
  lines.push(line)
  return lines
}

/** The spaces left and right of a text within its columns; in the centre the odd one goes right. */
export function padding(length: number, columns: number, align: Align): readonly [number, number] {
  const spare = Math.max(0, columns - length)
  const left = align === 'left' ? 0 : align === 'right' ? spare : Math.floor(spare / 2)
  return [left, spare - left]
}

/** Too long a text is cut and ends in `..`. */
export function shortenText(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 2))}..`.slice(0, columns)
}
