import { createHash, createHmac } from 'node:crypto'
import type { FileSource } from './file-options.ts'
import type { InstructionDraft } from './instruction-draft.ts'

/**
 * Tells whether two drafts with one external_id ask for the same. An HMAC, since it covers credentials: a plain hash in
 * the database would let whoever reads it try passwords.
 */
export function fingerprintDraft(draft: InstructionDraft, key: Buffer): Buffer {
  const { note, presentation, printTarget, file } = draft
  const canonical = JSON.stringify({ note, presentation, printTarget, file: file && canonicalFile(file) })
  return createHmac('sha256', key).update(canonical).digest()
}

/** Bytes by their hash; a request as it was given, its headers in one order. */
function canonicalFile(file: FileSource): unknown {
  if (file.kind === 'content') {
    return { name: file.name, sha256: createHash('sha256').update(file.bytes).digest('hex') }
  }
  const { url, auth, headers } = file.request
  const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))
  return { name: file.name, url, auth, headers: sorted }
}
