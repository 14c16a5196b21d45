/** How large a QR code of model 2 is, by the capacities of ISO/IEC 18004. */

/** Of each level, by version: check words of a block, blocks. */
const CHECK_WORDS: readonly (readonly number[])[] = [
  [
    7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30,
    30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ],
  [
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  ],
  [
    13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28,
    30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ],
  [
    17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30,
    30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ],
]
const BLOCKS: readonly (readonly number[])[] = [
  [
    1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17,
    18, 19, 19, 20, 21, 22, 24, 25,
  ],
  [
    1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29,
    31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
  ],
  [
    1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38,
    40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
  ],
  [
    1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45,
    48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
  ],
]

/** Modules a side, without the white around; undefined if it does not fit the largest. `level` 0 to 3 is L, M, Q, H. */
export function qrModules(data: Uint8Array, level: number): number | undefined {
  for (let version = 1; version <= 40; version++) {
    if (bitsOf(data, version) <= dataWords(version, level) * 8) return version * 4 + 17
  }
  return undefined
}

function dataWords(version: number, level: number): number {
  const checkWords = CHECK_WORDS[level]?.[version - 1] ?? 0
  return Math.floor(rawBits(version) / 8) - checkWords * (BLOCKS[level]?.[version - 1] ?? 0)
}

/** Modules that hold data and check words, once the patterns and the format are taken off. */
function rawBits(version: number): number {
  const all = (16 * version + 128) * version + 64
  if (version < 2) return all
  const alignments = Math.floor(version / 7) + 2
  const left = all - (25 * alignments - 10) * alignments + 55
  return version < 7 ? left : left - 36
}

/** All of the data in the densest mode that takes all of it: mode, count and data. */
function bitsOf(data: Uint8Array, version: number): number {
  const text = Buffer.from(data).toString('latin1')
  const range = version < 10 ? 0 : version < 27 ? 1 : 2
  if (/^\d+$/.test(text)) return 4 + ([10, 12, 14][range] ?? 0) + Math.ceil((data.length * 10) / 3)
  if (/^[0-9A-Z $%*+\-./:]+$/.test(text))
    return 4 + ([9, 11, 13][range] ?? 0) + Math.ceil((data.length * 11) / 2)
  return 4 + (range === 0 ? 8 : 16) + data.length * 8
}
