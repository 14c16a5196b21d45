import { expect } from 'chai'
import { occurrencesFor } from '../../lib/packing/due-engine.ts'
import { instruction, only, order, P1, P2 } from './due-fixtures.ts'

describe('due engine: why', () => {
  const rows: readonly [string, Parameters<typeof order>[0], string, string][] = [
    [
      'the first package of a shipment',
      { instruction: instruction('once_per_shipment') },
      P1,
      'first package of shipment 100000020, and nobody has confirmed it',
    ],
    [
      'a package that may be packed first',
      { instruction: instruction('once_per_shipment') },
      P2,
      'falls to whichever package of shipment 100000020 is packed first, and nobody has confirmed it',
    ],
    [
      'a package after a packed one',
      { instruction: instruction('once_per_order'), packed: [P1] },
      P2,
      'falls to the next package of order 100000309 to be packed, and nobody has confirmed it',
    ],
    [
      'once per package',
      { instruction: instruction('once_per_package') },
      P1,
      'once for each package, and nobody has confirmed it for package 100000020-1',
    ],
    [
      'confirmed here',
      { instruction: instruction('once_per_package'), confirmed: [[P1, 1]] },
      P1,
      'confirmed for package 100000020-1 by packer at 2022-02-08T14:00Z',
    ],
    [
      'confirmed elsewhere',
      { instruction: instruction('once_per_shipment'), confirmed: [[P1, 1]] },
      P2,
      'once for shipment 100000020, and already confirmed for package 100000020-1 by packer at 2022-02-08T14:00Z',
    ],
    [
      'changed, at an open package',
      { instruction: instruction('once_per_order', 2), confirmed: [[P1, 1]], packed: [P1] },
      P2,
      'edited since revision 1 was confirmed for package 100000020-1 by packer at 2022-02-08T14:00Z',
    ],
    [
      'changed, at a packed package',
      { instruction: instruction('once_per_order', 2), confirmed: [[P1, 1]], packed: [P1] },
      P1,
      'edited since revision 1 was confirmed for package 100000020-1 by packer at 2022-02-08T14:00Z; due again at an open package of order 100000309',
    ],
    [
      'edited too late for the package',
      { instruction: instruction('once_per_package', 2), confirmed: [[P1, 1]], packed: [P1] },
      P1,
      'edited since revision 1 was confirmed for package 100000020-1 by packer at 2022-02-08T14:00Z, but the package is packed',
    ],
    [
      'put off',
      { instruction: instruction('once_per_order'), deferred: [[P1, 1]] },
      P1,
      'put off for package 100000020-1, and nobody has confirmed it',
    ],
    [
      'put off after a change',
      { instruction: instruction('once_per_order', 2), confirmed: [[P2, 1]], deferred: [[P1, 2]] },
      P1,
      'put off for package 100000020-1; edited since revision 1 was confirmed for package 100000020-2 by packer at 2022-02-08T14:00Z',
    ],
  ]
  for (const [situation, given, packageId, sentence] of rows) {
    it(`tells a packer: ${situation}`, () => {
      expect(only(occurrencesFor(order(given), packageId)).because).to.equal(sentence)
    })
  }
})
