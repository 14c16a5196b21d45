import { signal } from '@preact/signals'
import { reportAnswered, reportLost } from './connection.ts'
import { BASE, Refused } from './request.ts'
import { callRest, get } from './rest.ts'

export interface User {
  readonly id: string
  readonly username: string
  readonly role: 'packer' | 'supervisor'
  readonly location_id: string | null
}

interface Session {
  readonly user: User
}

const RESUME_AGAIN_MS = 1_000

/** Who is signed in; null: nobody, or not known yet. */
export const user = signal<User | null>(null)

/** Whether somebody is signed in. */
export async function resume(): Promise<boolean> {
  try {
    user.value = (await get<Session>('/v1/session')).user
    return true
  } catch (error) {
    if (error instanceof Refused) return false
    throw error
  }
}

/** The same, however long the server is away. */
export async function resumeSurely(): Promise<boolean> {
  for (;;) {
    try {
      const isSignedIn = await resume()
      reportAnswered()
      return isSignedIn
    } catch {
      reportLost()
      await new Promise((resolve) => setTimeout(resolve, RESUME_AGAIN_MS))
    }
  }
}

/** Throws Refused and Unreachable. The key is in the body of this one request and is kept nowhere. */
export async function signIn(username: string, apiKey: string): Promise<void> {
  const body = { username, api_key: apiKey }
  user.value = (await callRest<Session>('/v1/session', { body })).data.user
}

export async function signOut(): Promise<void> {
  await callRest('/v1/session', { method: 'DELETE' }).catch(() => undefined)
  user.value = null
  location.assign(`${BASE}/`)
}
