const HEAD_BYTES = 8
const END_OF_ATTRIBUTES = 0x03
const FIRST_VALUE_TAG = 0x10
const ERROR_CODES_FROM = 0x0400
/** RFC 8011, section 5.3.7: canceled and aborted. */
const ENDED_WITHOUT_PAPER = [7, 8]

/**
 * Whether bytes of RFC 8010 can be read as a refusal, or as the end of a job that did not print. It reads them by itself:
 * by the decoder of the server, a defect of that one would be found nowhere.
 */
export function isRefusal(bytes: Buffer): boolean {
  const states = jobStatesIn(bytes)
  if (states === undefined) return false
  return (
    bytes.readUInt16BE(2) >= ERROR_CODES_FROM || states.some((state) => ENDED_WITHOUT_PAPER.includes(state))
  )
}

/** Values of every `job-state`; undefined where the message breaks off. Each turn takes a byte at least. */
function jobStatesIn(bytes: Buffer): readonly number[] | undefined {
  const states: number[] = []
  let name = ''
  for (let at = HEAD_BYTES; at < bytes.length; ) {
    const tag = bytes.readUInt8(at)
    at += 1
    if (tag === END_OF_ATTRIBUTES) return states
    if (tag < FIRST_VALUE_TAG) continue
    const given = fieldAt(bytes, at)
    const value = given && fieldAt(bytes, given.end)
    if (!value) return undefined
    // A further value of the same attribute has no name.
    if (given.field.length > 0) name = given.field.toString('latin1')
    if (name === 'job-state' && value.field.length === 4) states.push(value.field.readInt32BE())
    at = value.end
  }
  return undefined
}

/** Two bytes of length, and what they are the length of. */
function fieldAt(bytes: Buffer, at: number): { readonly field: Buffer; readonly end: number } | undefined {
  if (at + 2 > bytes.length) return undefined
  const end = at + 2 + bytes.readUInt16BE(at)
  return end > bytes.length ? undefined : { field: bytes.subarray(at + 2, end), end }
}
