import type { MessagePort } from 'node:worker_threads'
import { Bonjour, type Service } from 'bonjour-service'
import { SERVICE_TYPES, type ServiceAnswer, type ServiceType } from './discovered-printer.ts'

export interface DiscoveryTask {
  /** Of our own interfaces, IPv4. */
  readonly addresses: readonly string[]
  /** Where it tells its messages. */
  readonly port: MessagePort
}

/** First that the network has been asked, then each answer. */
export type DiscoveryMessage = 'asked' | ServiceAnswer

/** Answers get lost: they are asked for again while somebody waits. */
const ASK_AGAIN_MS = 1_000

/**
 * Asks the network for printers and tells each answer until its thread is ended. It has one of its own, since
 * bonjour-service throws what nobody can catch: for an interface that has gone, for a port that another program holds, and
 * perhaps for what a device answers.
 */
export function askForPrinters({ addresses, port }: DiscoveryTask): Promise<never> {
  const tell = (message: DiscoveryMessage) => port.postMessage(message)
  for (const address of addresses) {
    // Bound to the interface's own address, the socket hears no multicast on Linux.
    const options = { interface: address, bind: '0.0.0.0' } as unknown as ConstructorParameters<
      typeof Bonjour
    >[0]
    const bonjour = new Bonjour(options)
    for (const type of SERVICE_TYPES) {
      const browser = bonjour.find({ type }, (service) => tell(toAnswer(type, service)))
      setInterval(() => browser.update(), ASK_AGAIN_MS)
    }
  }
  tell('asked')
  return new Promise(() => undefined)
}

function toAnswer(type: ServiceType, service: Service): ServiceAnswer {
  const { fqdn, host, port, addresses = [], referer, txt } = service
  return {
    type,
    fullName: String(fqdn),
    host: String(host),
    port: Number(port),
    addresses: addresses.map(String),
    sender: String(referer?.address),
    txt: typeof txt === 'object' && txt !== null ? { ...txt } : {},
  }
}
