import { expect } from 'chai'
import { planPackages } from '../../lib/orders/shipment-plan.ts'

const given = (packageId: string | null) => ({ packageId, trackingNumber: null })

describe('ids of the packages of a new shipment', () => {
  it('are the shipment’s id and the position, where none is given', () => {
    const ids = planPackages('S', [given(null), given('own'), given(null)]).map(({ packageId }) => packageId)
    expect(ids).to.deep.equal(['S-1', 'own', 'S-3'])
  })

  it('may not be given twice, nor be one that another package gets by default', () => {
    expect(() => planPackages('S', [given('P'), given('P')])).to.throw('package id P is taken')
    expect(() => planPackages('S', [given('S-2'), given(null)])).to.throw('package id S-2 is taken')
  })
})
