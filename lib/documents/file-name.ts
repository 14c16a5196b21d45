/** contracts/rpc.md, section 8, `file_name`: in code points. */
export const FILE_NAME_LENGTH_MAX = 191

const FALLBACK_NAMES = {
  'application/pdf': 'document.pdf',
  'image/png': 'document.png',
  'image/jpeg': 'document.jpg',
} as const

export interface FileNameSources {
  /** `file_name` as the caller gave it. */
  readonly given?: string | null | undefined
  /** In the order in which they count. */
  readonly dispositionFileNames?: readonly string[]
  /** The URL as the caller gave it, not the one a redirect led to. */
  readonly url?: string | null | undefined
  readonly mediaType: keyof typeof FALLBACK_NAMES
}

/** The first source that leaves a name: contracts/rpc.md, section 9, "file name". */
export function chooseFileName({
  given,
  dispositionFileNames = [],
  url,
  mediaType,
}: FileNameSources): string {
  const candidates = [given, ...dispositionFileNames, url == null ? null : fileNameFromUrl(url)]
  for (const candidate of candidates) {
    const name = candidate == null ? null : reduceFileName(candidate)
    if (name !== null) return name
  }
  return FALLBACK_NAMES[mediaType]
}

/**
 * What follows the last `/` or `\`, without control and bidirectional control characters, cut to 191 code points with its
 * extension kept; null if nothing, `.` or `..` is left. Unpaired surrogates go too: PostgreSQL can't hold them.
 *
 * `reduceFileName('C:\\scans\\packing slip.pdf')` is `packing slip.pdf`.
 */
export function reduceFileName(name: string): string | null {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  const cut = cutToLength(base.replace(/[\p{Cc}\p{Bidi_Control}\p{Surrogate}]/gu, ''))
  return cut === '' || cut === '.' || cut === '..' ? null : cut
}

function cutToLength(name: string): string {
  if (name.length <= FILE_NAME_LENGTH_MAX) return name
  const dot = name.lastIndexOf('.')
  const extension = firstCharacters(name.slice(dot))
  // With no stem before it, or as long as the whole limit, it is no extension that could be kept.
  if (dot <= 0 || extension.length >= FILE_NAME_LENGTH_MAX) return firstCharacters(name).join('')
  const stem = firstCharacters(name.slice(0, dot)).slice(0, FILE_NAME_LENGTH_MAX - extension.length)
  return [...stem, ...extension].join('')
}

/** As many code points as a name may have, without spreading a huge string: none is longer than two units. */
function firstCharacters(text: string): string[] {
  return [...text.slice(0, 2 * FILE_NAME_LENGTH_MAX)].slice(0, FILE_NAME_LENGTH_MAX)
}

/** The last part of the URL's path, percent-decoded, not reduced; empty for a path that ends in `/`, null without a URL. */
export function fileNameFromUrl(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { pathname } = new URL(url)
  return percentDecode(pathname.slice(pathname.lastIndexOf('/') + 1))
}

/** Runs that are not UTF-8 stay as they are written, so that a name survives one bad escape. */
function percentDecode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}
