import { decodeExtended, parse } from 'content-disposition'

/**
 * The file name of a Content-Disposition (RFC 6266): `filename*`, then `filename`; null without one. Not reduced, so it may
 * hold a path. `header` as Node gives it, a character per byte.
 */
export function dispositionFileName(header: string): string | null {
  const { parameters } = parse(header, { extended: false })
  const extended = decodeExtended(parameters['filename*'] ?? '')
  if (extended !== undefined && extended !== '') return extended
  const plain = parameters['filename']
  return plain === undefined || plain === '' ? null : decodeBytes(plain)
}

/** Many servers put raw UTF-8 where RFC 6266 has Latin-1; text that is valid UTF-8 by chance is rare enough. */
function decodeBytes(latin1: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'))
  } catch {
    return latin1
  }
}
