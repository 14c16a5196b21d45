import { createHash } from 'node:crypto'
import type { HttpChallenge } from './http-challenge.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** What the proof is about; `cnonce` is the client's own secret of the moment, `count` rises with each use of a nonce. */
export interface DigestUse {
  readonly method: string
  readonly uri: string
  readonly cnonce: string
  readonly count: number
}

/** Names of RFC 7616, section 6.1, and what Node calls them; strongest first. */
const HASHES = [
  ['SHA-512-256', 'sha512-256'],
  ['SHA-256', 'sha256'],
  ['MD5', 'md5'],
] as const

/** 0 is the strongest; undefined when we can't answer it: a hash that we don't know, or proof of the body too. */
export function digestRank({ parameters }: HttpChallenge): number | undefined {
  const rank = HASHES.findIndex(([name]) => name === algorithmOf(parameters).name)
  const qop = parameters.get('qop')
  const isUsable = parameters.has('nonce') && (qop === undefined || offersAuth(qop))
  return rank < 0 || !isUsable ? undefined : rank
}

/** The value of `Authorization`: RFC 7616, section 3.4; RFC 2069's form for a server that names no `qop`. */
export function digestAuthorization(
  { parameters }: HttpChallenge,
  credentials: Credentials,
  use: DigestUse,
): string {
  const { uri, cnonce } = use
  const hasQop = parameters.has('qop')
  const fields = [
    ...userFields(parameters, credentials.username),
    quoted('realm', textOf(parameters, 'realm')),
    quoted('nonce', textOf(parameters, 'nonce')),
    quoted('uri', uri),
    quoted('response', responseTo(parameters, credentials, use)),
    ...(parameters.has('algorithm') ? [`algorithm=${textOf(parameters, 'algorithm')}`] : []),
    ...(parameters.has('opaque') ? [quoted('opaque', textOf(parameters, 'opaque'))] : []),
    ...(hasQop ? ['qop=auth', `nc=${hexCount(use)}`] : []),
    ...(hasQop || algorithmOf(parameters).isSession ? [quoted('cnonce', cnonce)] : []),
  ]
  return `Digest ${fields.join(', ')}`
}

type Parameters = HttpChallenge['parameters']

function responseTo(parameters: Parameters, credentials: Credentials, use: DigestUse): string {
  const { name, isSession } = algorithmOf(parameters)
  const { username, password } = credentials
  const { method, uri, cnonce } = use
  const hash = hasher(name)
  const nonce = textOf(parameters, 'nonce')
  const secret = hash(`${username}:${textOf(parameters, 'realm')}:${password}`)
  const a1 = isSession ? hash(`${secret}:${nonce}:${cnonce}`) : secret
  const a2 = hash(`${method}:${uri}`)
  if (!parameters.has('qop')) return hash(`${a1}:${nonce}:${a2}`)
  return hash(`${a1}:${nonce}:${hexCount(use)}:${cnonce}:auth:${a2}`)
}

function userFields(parameters: Parameters, username: string): string[] {
  if (parameters.get('userhash')?.toLowerCase() !== 'true') return [userName(username)]
  const hash = hasher(algorithmOf(parameters).name)
  return [quoted('username', hash(`${username}:${textOf(parameters, 'realm')}`)), 'userhash=true']
}

function hexCount({ count }: DigestUse): string {
  return count.toString(16).padStart(8, '0')
}

function textOf(parameters: Parameters, name: string): string {
  return parameters.get(name) ?? ''
}

function algorithmOf(parameters: Parameters): { name: string; isSession: boolean } {
  const given = (parameters.get('algorithm') ?? 'MD5').toUpperCase()
  return { name: given.replace(/-SESS$/, ''), isSession: given.endsWith('-SESS') }
}

function hasher(name: string): (text: string) => string {
  const algorithm = HASHES.find(([known]) => known === name)?.[1]
  if (algorithm === undefined) throw new TypeError(`no hash ${name}`)
  return (text) => createHash(algorithm).update(text, 'utf8').digest('hex')
}

function offersAuth(qop: string): boolean {
  return qop.split(',').some((choice) => choice.trim().toLowerCase() === 'auth')
}

function quoted(name: string, value: string): string {
  return `${name}="${value.replace(/[\\"]/g, '\\$&')}"`
}

/** Header fields are ASCII: other names go in the form of RFC 8187, as RFC 7616 wants them. */
function userName(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return quoted('username', name)
  return `username*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}`
}

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
}
