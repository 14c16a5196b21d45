import { isIP } from 'node:net'
import type { Connection, SocketConnection } from './connection.ts'

/** DNS-SD types under which printers that Packhouse can drive are known: PWG 5100.14 and Bonjour Printing 1.2.1. */
export const SERVICE_TYPES = ['ipp', 'ipps', 'pdl-datastream'] as const
export type ServiceType = (typeof SERVICE_TYPES)[number]

/** What a device said of itself in answer to a question that anybody in the network may answer: believe nothing. */
export interface ServiceAnswer {
  readonly type: ServiceType
  /** `Hall laser._ipp._tcp.local` */
  readonly fullName: string
  /** `example.local` */
  readonly host: string
  readonly port: number
  readonly addresses: readonly string[]
  /** Where the answer came from. */
  readonly sender: string
  /** Keys as they came. */
  readonly txt: Readonly<Record<string, unknown>>
}

export interface DiscoveredPrinter {
  readonly name: string
  readonly model: string | null
  /** Where it stands, as somebody has written into it. */
  readonly place: string | null
  readonly uuid: string | null
  readonly host: string
  readonly port: number
  readonly addresses: readonly string[]
  /** Media types that it takes, in lower case; empty when it doesn't say. */
  readonly formats: readonly string[]
  /** Null when it doesn't say. */
  readonly hasColor: boolean | null
  readonly hasDuplex: boolean | null
  /** What a station's printer may have as its connection. */
  readonly connection: Connection
}

const TEXT_LENGTH_MAX = 191
const FORMATS_MAX = 50
const ADDRESSES_MAX = 8
const PORT_MAX = 65_535

/**
 * Undefined for what can't be printed on: port 0 stands for a name that is taken and no printer (RFC 6763, section 7),
 * and an address of the link alone needs an interface with it. Pure.
 */
export function toDiscoveredPrinter(answer: ServiceAnswer): DiscoveredPrinter | undefined {
  const { type, fullName, port } = answer
  const addresses = usableAddresses(answer)
  const [address] = addresses
  if (address === undefined || !Number.isInteger(port) || port < 1 || port > PORT_MAX) return undefined
  const txt = readTxt(answer.txt)
  const printer = {
    name: cut(fullName.replace(new RegExp(`\\._${type}\\._tcp(\\..*)?$`, 'i'), '')),
    model: txt('ty') ?? withoutBrackets(txt('product')),
    place: txt('note') ?? null,
    uuid: txt('uuid') ?? null,
    host: cut(answer.host),
    port,
    addresses,
    formats: formatsOf(txt('pdl')),
    hasColor: flagOf(txt('color')),
    hasDuplex: flagOf(txt('duplex')),
  }
  return { ...printer, connection: connectionOf(type, address, txt('rp'), printer) }
}

/** `product` is a PostScript product string, `(GhostScript)`. */
function withoutBrackets(product: string | undefined): string | null {
  return product?.replace(/^\((.*)\)$/, '$1') ?? null
}

function formatsOf(pdl = ''): readonly string[] {
  const formats = pdl.toLowerCase().split(',')
  const told = formats.map((format) => format.trim()).filter((format) => /^[\w.+-]+\/[\w.+-]+$/.test(format))
  return told.slice(0, FORMATS_MAX)
}

/** IPv4 first, which every printer has. */
function usableAddresses({ addresses, sender }: ServiceAnswer): readonly string[] {
  const told = addresses.filter(
    (address) => isIP(address) !== 0 && !/^(fe[89ab][0-9a-f]:|127\.|::1$)/i.test(address),
  )
  const found = told.length > 0 ? told : [sender].filter((address) => isIP(address) !== 0)
  return [...new Set(found)].toSorted((a, b) => isIP(a) - isIP(b)).slice(0, ADDRESSES_MAX)
}

/** Keys are told apart regardless of case, and the first counts: RFC 6763, section 6.4. */
function readTxt(txt: ServiceAnswer['txt']): (key: string) => string | undefined {
  const values = new Map<string, string>()
  for (const [key, value] of Object.entries(txt)) {
    const text = typeof value === 'string' ? cut(value) : ''
    if (text !== '' && !values.has(key.toLowerCase())) values.set(key.toLowerCase(), text)
  }
  return (key) => values.get(key)
}

function cut(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be shown
  const shown = text.replace(/[\u0000-\u001f\u007f\ufffd]/g, ' ').trim()
  return [...shown].slice(0, TEXT_LENGTH_MAX).join('')
}

function flagOf(value: string | undefined): boolean | null {
  return value === undefined ? null : value.toUpperCase() === 'T'
}

type Described = Pick<DiscoveredPrinter, 'name' | 'model' | 'port' | 'formats'>

function connectionOf(
  type: ServiceType,
  address: string,
  resourcePath: string | undefined,
  printer: Described,
): Connection {
  const { port } = printer
  if (type === 'pdl-datastream') return { type: 'socket', host: address, port, language: languageOf(printer) }
  const host = isIP(address) === 6 ? `[${address}]` : address
  const path = (resourcePath ?? 'ipp/print').replace(/^\/+/, '')
  return { type: 'ipp', uri: `${type}://${host}:${port}/${encodeURI(path)}` }
}

/** What it says of itself, else what its name is known for; `raw` takes what its sender says that it takes. */
function languageOf({ name, model, formats }: Described): SocketConnection['language'] {
  const known = `${name} ${model ?? ''}`
  if (formats.some((format) => /zebra|zpl/.test(format)) || /\bzebra\b|\bZTC\b|\bZPL\b/i.test(known))
    return 'zpl'
  if (formats.some((format) => /esc-?pos/.test(format)) || /\bTM-[A-Z]\d/i.test(known)) return 'escpos'
  return formats.includes('application/pdf') ? 'pdf' : 'raw'
}
