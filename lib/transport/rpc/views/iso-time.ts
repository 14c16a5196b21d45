/** Seconds and the offset of UTC, as this API writes every date: `2022-02-08T14:59:38+00:00`. */
export function isoTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}+00:00`
}

export function isoTimeOrNull(time: Date | null): string | null {
  return time && isoTime(time)
}
