import { expect } from 'chai'
import type { DeliveryResult } from '../../lib/delivery/driver.ts'
import { IppDriver } from '../../lib/delivery/ipp-driver.ts'
import { startCups } from '../helpers/cupsd.ts'
import { aContext, aDelivery } from '../helpers/deliveries.ts'
import { startDigestProxy } from '../helpers/digest-proxy.ts'
import { startIppPrinter } from '../helpers/ippeveprinter.ts'
import { startSocketSink } from '../helpers/socket-sink.ts'

const USER = { username: 'packer', password: 'hunter2, "quoted" and ünusual' }
const REFUSED = /HTTP 401: the printer refused the user name and password/

async function deliver(
  uri: string,
  user: { readonly username?: string; readonly password?: string },
): Promise<DeliveryResult> {
  const driver = new IppDriver({ type: 'ipp', uri, ...user })
  try {
    return await driver.deliver(aDelivery(), aContext())
  } finally {
    await driver.close()
  }
}

async function expectAllButThatUserRefused(uri: string): Promise<void> {
  for (const user of [{}, { ...USER, password: 'hunter3' }, { ...USER, username: 'stranger' }]) {
    const refused = await deliver(uri, user)
    expect(refused).to.include({ outcome: 'not_sent', next: 'retry', bytesWritten: 0 })
    expect(refused.detail).to.match(REFUSED)
  }
}

describe('a user and a password at real servers', function () {
  this.timeout(60_000)

  it('print by Basic at a CUPS that lets no one else print', async function () {
    const cups = await startCups(this, { only: USER })
    const sink = await startSocketSink()
    try {
      const uri = await cups.addQueue('guarded', sink)
      await expectAllButThatUserRefused(uri)
      expect(sink.connections).to.equal(0)
      const printed = await deliver(uri, USER)
      expect(printed.outcome, printed.detail).to.equal('confirmed')
      expect(sink.received).to.deep.equal(aDelivery().bytes)
    } finally {
      await cups.close()
      await sink.close()
    }
  })

  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    it(`print by Digest with ${algorithm} through a lighttpd that lets no one else in`, async function () {
      const printer = await startIppPrinter(this)
      const printerPort = Number(new URL(printer.uri.replace('ipp:', 'http:')).port)
      try {
        const proxy = await startDigestProxy(this, { printerPort, algorithm, ...USER })
        try {
          const uri = `ipp://127.0.0.1:${proxy.port}/ipp/print`
          await expectAllButThatUserRefused(uri)
          const printed = await deliver(uri, USER)
          expect(printed.outcome, printed.detail).to.equal('confirmed')
          expect(await printer.documents()).to.deep.equal([aDelivery().bytes])
        } finally {
          await proxy.close()
        }
      } finally {
        await printer.close()
      }
    })
  }
})
