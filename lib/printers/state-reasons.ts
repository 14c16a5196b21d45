/**
 * IPP printer-state-reasons that stop a printer until somebody comes (RFC 8011, 5.4.12; contracts/cloud-printing.md,
 * "Reasons"). Others, such as `toner-low`, are shown and stop nothing.
 */
const STOPPING = new Set([
  'cover-open',
  'door-open',
  'input-tray-missing',
  'interlock-open',
  'marker-supply-empty',
  'marker-waste-full',
  'media-empty',
  'media-jam',
  'media-needed',
  'output-area-full',
  'output-tray-missing',
  'paused',
  'printer-offline',
  'shutdown',
  'stopped-partly',
  'toner-empty',
])

/** What a printer's reasons mean for routing: it prints, or it waits for a person. */
export function statusByReasons(reasons: readonly string[]): 'online' | 'error' {
  return reasons.some((reason) => STOPPING.has(reason)) ? 'error' : 'online'
}
