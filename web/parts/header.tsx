import { isConnected } from '../api/connection.ts'
import { isLive } from '../api/live.ts'
import { BASE } from '../api/request.ts'
import { signOut, user } from '../api/session.ts'
import { text } from '../language/text.ts'
import { Icon } from './icon.tsx'
import { isMuted, toggleSounds } from './sounds.ts'

export function Header({ page }: { readonly page: 'home' | 'pack' | 'floor' }) {
  const here = (name: string) => (page === name ? { 'aria-current': 'page' as const } : {})
  return (
    <header class="top">
      <a class="brand" href={`${BASE}/`}>
        <Icon name="box" /> Packhouse
      </a>
      {user.value && (
        <nav aria-label={text('nav.pages')}>
          <a href={`${BASE}/pack`} {...here('pack')}>
            {text('nav.pack')}
          </a>
          <a href={`${BASE}/floor`} {...here('floor')}>
            {text('nav.floor')}
          </a>
        </nav>
      )}
      <span class="spring" />
      {page !== 'home' && <ConnectionMark />}
      {page === 'pack' && (
        <button type="button" class="quiet" aria-pressed={!isMuted.value} onClick={toggleSounds}>
          <Icon name={isMuted.value ? 'mute' : 'sound'} />
          {text(isMuted.value ? 'sound.off' : 'sound.on')}
        </button>
      )}
      {user.value && (
        <>
          <span class="who">{user.value.username}</span>
          <button type="button" class="quiet" onClick={() => void signOut()}>
            {text('session.sign_out')}
          </button>
        </>
      )}
    </header>
  )
}

function ConnectionMark() {
  const isSlow = isConnected.value && !isLive.value
  return (
    <span
      class={isSlow ? 'mark wait' : isConnected.value ? 'mark good' : 'mark bad'}
      data-connected={String(isConnected.value)}
    >
      <Icon name={isSlow ? 'clock' : isConnected.value ? 'check' : 'off'} />
      {text(isSlow ? 'connection.slow' : isConnected.value ? 'connection.up' : 'connection.lost')}
    </span>
  )
}
