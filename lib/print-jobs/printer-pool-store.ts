/**
 * SQL that is true when the printer named `free` may print what was routed to `own`: both of one model, reached in the
 * same way and language, and with all the paper and abilities of `own`. The station must pool
 * (contracts/cloud-printing.md, section 5, `pooling_enabled`).
 */
export function canStandInFor(free: string, own: string): string {
  return `(${free}.model = ${own}.model and ${free}.printer_id <> ${own}.printer_id
    and ${free}.pool is not distinct from ${own}.pool
    and ${free}.connection ->> 'type' = ${own}.connection ->> 'type'
    and ${free}.connection ->> 'language' is not distinct from ${own}.connection ->> 'language'
    and ${free}.page_sizes @> ${own}.page_sizes and ${free}.orientations @> ${own}.orientations
    and ${free}.color_print >= ${own}.color_print and ${free}.double_sided >= ${own}.double_sided)`
}
