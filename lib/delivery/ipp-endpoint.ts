import { X509Certificate } from 'node:crypto'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'

import type { IppConnection } from './connection.ts'
import type { Credentials } from './digest-authorization.ts'

/** RFC 8011 and RFC 7472: both schemes have port 631. */
const IPP_PORT = 631
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** Where a printer is and how to prove who is asking: never a part of any message. */
export interface IppEndpoint {
  /** For the printer-uri attribute: without user information. */
  readonly printerUri: string
  readonly isSecure: boolean
  readonly host: string
  readonly port: number
  readonly path: string
  readonly credentials?: Credentials
  readonly ca?: string
}

/** Throws TypeError for what is no ipp or ipps URI. */
export function toEndpoint(connection: IppConnection): IppEndpoint {
  const url = new URL(connection.uri)
  if (url.protocol !== 'ipp:' && url.protocol !== 'ipps:')
    throw new TypeError('the URI is neither ipp: nor ipps:')
  url.username = ''
  url.password = ''
  return {
    printerUri: url.href,
    isSecure: url.protocol === 'ipps:',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? IPP_PORT : Number(url.port),
    path: `${url.pathname || '/'}${url.search}`,
    ...(connection.username === undefined ? {} : { credentials: credentialsOf(connection) }),
    ...(connection.ca === undefined ? {} : { ca: connection.ca }),
  }
}

function credentialsOf({ username = '', password = '' }: IppConnection): Credentials {
  return { username, password }
}

/**
 * Printers sign certificates for a name of their own making and are reached by address: a certificate that was pinned
 * itself is proof enough, one that a pinned authority signed must bear the host's name. Throws for a PEM that is none.
 */
export function identityCheck(ca: string): (host: string, certificate: PeerCertificate) => Error | undefined {
  const pinned = new Set(
    (ca.match(PEM_CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem).fingerprint256),
  )
  if (pinned.size === 0) throw new TypeError('the pinned certificate is not PEM')
  return (host, certificate) =>
    pinned.has(certificate.fingerprint256) ? undefined : checkServerIdentity(host, certificate)
}
