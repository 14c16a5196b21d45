/** Drawn on 24 × 24, in the colour of the text beside. Meaning is always in words, too. */
const PATHS = {
  check: 'M4 12.5l5.5 5.5L20 7',
  cross: 'M6 6l12 12M18 6L6 18',
  alert: 'M12 3.5L22 20.5H2zM12 10v5M12 17.7v.3',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V12l3.2 2.2',
  printer: 'M7 9V3.5h10V9M7 17H4V9h16v8h-3M7 14h10v6.5H7z',
  paper: 'M6 2.5h8.5L19 7v14.5H6zM14 2.5V7.5h5M9 12h7M9 16h7',
  barcode: 'M3 5v14M7 5v14M10 5v14M14 5v14M16 5v14M21 5v14',
  box: 'M3.5 8L12 3.5 20.5 8v8.5L12 20.5l-8.5-4zM3.5 8L12 12l8.5-4M12 12v8.5',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4.5v15L20 12z',
  again: 'M20 11a8 8 0 1 0-.7 4.5M20 4.5V11h-6.5',
  move: 'M4 8h14l-4-4M20 16H6l4 4',
  later: 'M5 6v12M19 5.5L9.5 12l9.5 6.5z',
  off: 'M3 3l18 18M8.5 5.2A12 12 0 0 1 22 9.5M2 9.5A15 15 0 0 1 6.4 6.7M5.5 13.2a9 9 0 0 1 6-2.6M9 17a4.5 4.5 0 0 1 5.6-.3',
  sound: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  mute: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  next: 'M9 5l7 7-7 7',
  back: 'M15 5l-7 7 7 7',
  group: 'M3.5 8h17M3.5 12h17M3.5 16h11',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
