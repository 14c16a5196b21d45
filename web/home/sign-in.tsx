import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Refused } from '../api/request.ts'
import { signIn } from '../api/session.ts'
import { text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { readBadge } from './badge.ts'

/** Name and key, or a badge that is scanned into the name's field. A key that comes with a badge isn't shown. */
export function SignIn() {
  const username = useSignal('')
  const apiKey = useSignal('')
  const mistake = useSignal('')
  const isBusy = useSignal(false)
  const field = useRef<HTMLInputElement>(null)
  const keyField = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const given = readBadge(username.value) ?? {
      username: username.value.trim(),
      apiKey: apiKey.value.trim(),
    }
    if (given.apiKey === '') return keyField.current?.focus()
    isBusy.value = true
    try {
      await signIn(given.username, given.apiKey)
    } catch (error) {
      mistake.value = mistakeOf(error)
      username.value = readBadge(username.value) ? '' : username.value
      apiKey.value = ''
      field.current?.focus()
    } finally {
      isBusy.value = false
    }
  }

  return (
    <form class="sign-in" onSubmit={(event) => void submit(event)} aria-labelledby="sign-in">
      <h1 id="sign-in">{text('session.sign_in')}</h1>
      <label for="username">{text('session.username')}</label>
      <input
        id="username"
        ref={field}
        {...(username.value.includes(':') ? HIDDEN : SHOWN)}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
        value={username.value}
        onInput={(event) => {
          username.value = event.currentTarget.value
        }}
        aria-describedby="badge"
      />
      <small id="badge">
        <Icon name="barcode" /> {text('session.badge')}
      </small>
      <label for="api-key">{text('session.api_key')}</label>
      <input
        id="api-key"
        ref={keyField}
        type="password"
        autocomplete="current-password"
        value={apiKey.value}
        onInput={(event) => {
          apiKey.value = event.currentTarget.value
        }}
      />
      <p class={mistake.value === '' ? 'line' : 'line bad'} role="alert">
        {mistake.value !== '' && <Icon name="alert" />} {mistake.value}
      </p>
      <button type="submit" class="main" disabled={isBusy.value}>
        {text('session.sign_in')}
      </button>
    </form>
  )
}

const HIDDEN = { type: 'password' } as const
const SHOWN = { type: 'text' } as const

function mistakeOf(error: unknown): string {
  if (!(error instanceof Refused)) return text('connection.no_answer')
  return text(error.code === 'missing_scope' ? 'session.merchant' : 'session.wrong')
}
