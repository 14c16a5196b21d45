/** What a person reads and does, by IPP printer-state-reason without its suffix: RFC 8011, section 5.4.12. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['media-empty', 'printer out of paper: load paper'],
  ['media-needed', 'load paper to continue'],
  ['media-low', 'paper is low'],
  ['media-jam', 'paper jam: clear it'],
  ['cover-open', 'the cover is open: close it'],
  ['door-open', 'a door is open: close it'],
  ['interlock-open', 'the cover is open: close it'],
  ['input-tray-missing', 'the paper tray is missing: put it in'],
  ['output-area-full', 'the output tray is full: empty it'],
  ['output-tray-missing', 'the output tray is missing: put it in'],
  ['toner-empty', 'out of toner: replace it'],
  ['toner-low', 'toner is low; it still prints'],
  ['marker-supply-empty', 'out of ink or ribbon: replace it'],
  ['marker-supply-low', 'ink or ribbon is low; it still prints'],
  ['marker-waste-full', 'the waste container is full: replace it'],
  ['fuser-over-temp', 'the fuser is too hot: wait'],
  ['fuser-under-temp', 'the fuser is warming up: wait'],
  ['spool-area-full', 'the memory of the printer is full'],
  ['paused', 'the printer is paused: resume it'],
  ['moving-to-paused', 'the printer is being paused: resume it'],
  ['shutdown', 'the printer is off: switch it on'],
  ['power-down', 'the printer is off: switch it on'],
  ['connecting-to-device', 'the printer cannot be reached: see whether it is on and connected'],
  ['timed-out', 'the printer cannot be reached: see whether it is on and connected'],
])

/** The keyword itself, where nobody has written more. */
export function stateReasonWords(reason: string): string {
  return WORDS.get(reason) ?? reason
}
