import { signal } from '@preact/signals'

export type Sound = 'good' | 'done' | 'bad'

/** Frequencies in Hz, one tone after the other; a rising pair is good and a low buzz is bad, also for whoever sees no colours. */
const TONES: Readonly<
  Record<
    Sound,
    { readonly wave: OscillatorType; readonly hertz: readonly number[]; readonly seconds: number }
  >
> = {
  good: { wave: 'sine', hertz: [660, 990], seconds: 0.09 },
  done: { wave: 'sine', hertz: [523, 659, 784], seconds: 0.12 },
  bad: { wave: 'sawtooth', hertz: [160, 0, 160], seconds: 0.16 },
}
const VOLUME = 0.25
const MUTED_KEY = 'packhouse-muted'

export const isMuted = signal(localStorage.getItem(MUTED_KEY) === 'yes')

export function toggleSounds(): void {
  isMuted.value = !isMuted.value
  localStorage.setItem(MUTED_KEY, isMuted.value ? 'yes' : 'no')
}

let audio: AudioContext | undefined

/** Browsers make no sound before the first key or click; a scanner's keys count. */
export function play(sound: Sound): void {
  if (isMuted.value) return
  audio ??= new AudioContext()
  void audio.resume()
  const { wave, hertz, seconds } = TONES[sound]
  let start = audio.currentTime
  for (const frequency of hertz) {
    if (frequency > 0) tone(audio, { wave, frequency, start, seconds })
    start += seconds
  }
}

function tone(
  context: AudioContext,
  {
    wave,
    frequency,
    start,
    seconds,
  }: { wave: OscillatorType; frequency: number; start: number; seconds: number },
): void {
  const oscillator = context.createOscillator()
  const volume = context.createGain()
  oscillator.type = wave
  oscillator.frequency.value = frequency
  volume.gain.setValueAtTime(VOLUME, start)
  volume.gain.linearRampToValueAtTime(0, start + seconds)
  oscillator.connect(volume).connect(context.destination)
  oscillator.start(start)
  oscillator.stop(start + seconds)
}
