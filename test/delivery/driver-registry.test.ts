import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'

import type { Connection } from '../../lib/delivery/connection.ts'
import { createDrivers, type Drivers } from '../../lib/delivery/driver-registry.ts'
import { aContext, aDelivery } from '../helpers/deliveries.ts'

describe('Driver registry', () => {
  let dataDir: string
  let drivers: Drivers

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'packhouse-drivers-'))
    drivers = createDrivers({ dataDir, drawPage: async () => Buffer.from('png'), countPages: async () => 1 })
  })

  afterEach(async () => {
    await drivers.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  function driverOf(connection: Connection, name = 'Label', id = 'a'): ReturnType<Drivers['for']> {
    return drivers.for({ id, name, connection })
  }

  it('keeps a driver as long as the printer is reached in the same way', () => {
    const uri = 'ipp://127.0.0.1:9/ipp/print'
    const first = driverOf({ type: 'ipp', uri })
    expect(driverOf({ type: 'ipp', uri })).to.equal(first)
    const changed = driverOf({ type: 'ipp', uri, username: 'packer', password: 'x' })
    expect(changed).not.to.equal(first)
    expect(driverOf({ type: 'ipp', uri }, 'Label', 'b')).not.to.equal(changed)
  })

  it('keeps what a virtual printer gets under DATA_DIR/virtual-printers, by its present name', async () => {
    await driverOf({ type: 'virtual' }, 'Label').deliver(aDelivery(), aContext())
    await driverOf({ type: 'virtual' }, 'Renamed').deliver(aDelivery(), aContext())
    expect((await readdir(join(dataDir, 'virtual-printers'))).sort()).to.deep.equal(['Label', 'Renamed'])
  })

  it('has no driver for a printer whose jobs a station client fetches', () => {
    expect(() => driverOf({ type: 'station' })).to.throw(TypeError)
  })

  it('refuses a URI that is none of IPP’s', () => {
    expect(() => driverOf({ type: 'ipp', uri: 'http://127.0.0.1/ipp/print' })).to.throw(TypeError)
    expect(() => driverOf({ type: 'ipp', uri: 'printer' })).to.throw(TypeError)
  })
})
