/** What every answer of the REST API has: contracts/cloud-printing.md, section 1. */
export const ENVELOPE_MEMBERS = [
  'status',
  'message',
  'data',
  'code',
  'error_code',
  'errors',
  'events',
  'pagination',
  'endpoint',
]
