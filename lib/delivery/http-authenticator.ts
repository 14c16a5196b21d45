import { randomBytes } from 'node:crypto'
import { type Credentials, digestAuthorization, digestRank } from './digest-authorization.ts'
import { type HttpChallenge, readChallenges } from './http-challenge.ts'

/**
 * Proves to one server who is asking, in the strongest way that it offers: Digest (RFC 7616), else Basic (RFC 7617).
 * Nothing is told before the server asks: a password in clear must not go to a printer that would have taken a digest.
 */
export class HttpAuthenticator {
  readonly #credentials: Credentials | undefined
  readonly #makeCnonce: () => string
  #challenge: HttpChallenge | undefined
  #uses = 0

  constructor(
    credentials: Credentials | undefined,
    makeCnonce: () => string = () => randomBytes(18).toString('base64'),
  ) {
    this.#credentials = credentials
    this.#makeCnonce = makeCnonce
  }

  /** `Authorization` for the next request; undefined before the server has asked. */
  authorize(method: string, uri: string): string | undefined {
    const { username, password } = this.#credentials ?? {}
    if (username === undefined || password === undefined || this.#challenge === undefined) return undefined
    if (this.#challenge.scheme === 'basic') {
      return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
    }
    this.#uses += 1
    const use = { method, uri, cnonce: this.#makeCnonce(), count: this.#uses }
    return digestAuthorization(this.#challenge, { username, password }, use)
  }

  /** After a 401 to a request: true when it is worth sending again, since we had not answered this challenge. */
  learn(header: string, wasAuthorized: boolean): boolean {
    const challenge = this.#credentials && strongest(readChallenges(header))
    if (challenge === undefined) return false
    const isStale = challenge.parameters.get('stale')?.toLowerCase() === 'true'
    const isStronger = challenge.scheme !== this.#challenge?.scheme
    this.#challenge = challenge
    this.#uses = 0
    return !wasAuthorized || isStale || isStronger
  }
}

function strongest(challenges: readonly HttpChallenge[]): HttpChallenge | undefined {
  const digests = challenges
    .filter(({ scheme }) => scheme === 'digest')
    .flatMap((challenge) => {
      const rank = digestRank(challenge)
      return rank === undefined ? [] : [{ challenge, rank }]
    })
    .sort((a, b) => a.rank - b.rank)
  return digests[0]?.challenge ?? challenges.find(({ scheme }) => scheme === 'basic')
}
