import { createHash, type Hash } from 'node:crypto'

/** SHA-256 of a JSON value, whatever the order of its members and the form of its numbers were. */
export function hashJson(value: unknown): Buffer {
  const hash = createHash('sha256')
  writeCanonical(hash, value)
  return hash.digest()
}

/** The depth is bounded by whoever read the value. */
function writeCanonical(hash: Hash, value: unknown): void {
  if (Array.isArray(value)) {
    hash.update('[')
    for (const element of value) {
      writeCanonical(hash, element)
      hash.update(',')
    }
    hash.update(']')
  } else if (typeof value === 'object' && value !== null) {
    hash.update('{')
    for (const [name, member] of Object.entries(value).sort(byName)) {
      hash.update(`${JSON.stringify(name)}:`)
      writeCanonical(hash, member)
      hash.update(',')
    }
    hash.update('}')
  } else {
    hash.update(JSON.stringify(value))
  }
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1
}
