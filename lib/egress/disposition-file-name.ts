import { decodeExtended, parse } from 'content-disposition'

/**
 * The file names of a Content-Disposition (RFC 6266): `filename*`, then `filename`. Not reduced, so one may hold a path, or
 * nothing that names a file. `header` as Node gives it, a character per byte.
 */
export function dispositionFileNames(header: string): readonly string[] {
  const { parameters } = parse(header, { extended: false })
  const extended = decodeExtended(parameters['filename*'] ?? '') ?? ''
  const plain = decodeBytes(parameters['filename'] ?? '')
  return [extended, plain].filter((name) => name !== '')
}

/** Many servers put raw UTF-8 where RFC 6266 has Latin-1; text that is valid UTF-8 by chance is rare enough. */
function decodeBytes(latin1: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'))
  } catch {
    return latin1
  }
}
