import { expect } from 'chai'
import { commandBytes } from '../../lib/thermal/escpos-writer.ts'
import { type ThermalConfiguration, thermalSettings } from '../../lib/thermal/thermal-settings.ts'
import { render } from './receipt-kit.ts'

describe('the frame of a job', () => {
  const START = '1b401c2e1b52001b4d001b74'
  const ends: readonly (readonly [ThermalConfiguration, string])[] = [
    [{}, `${START}10 1b64081d5600`],
    [{ cut: 'partial', code_page: 255, encoding: 'cp850' }, `${START}ff 1b64081d5601`],
    [{ cut: 'none', code_page: 0 }, `${START}00 1b6408`],
    [{ beep: true, open_drawer: true }, `${START}10 1b64081d56001b4203021b70003232`],
    [{ cut: 'none', open_drawer: true, drawer_pin: 5 }, `${START}10 1b64081b70013232`],
  ]
  for (const [settings, hex] of ends) {
    it(`is ${hex} with ${JSON.stringify(settings)}`, async () => {
      expect((await render({ settings })).bytes.toString('hex')).to.equal(hex.replace(' ', ''))
    })
  }
})

describe('the bytes of a command', () => {
  it('are those of section 7 alone; what is never cut is cut fully when told to', () => {
    const bytes = (command: 'Cut' | 'Drawer' | 'Beep', settings: ThermalConfiguration = {}): string =>
      commandBytes(command, thermalSettings(settings)).toString('hex')
    expect(bytes('Cut')).to.equal('1d5600')
    expect(bytes('Cut', { cut: 'partial' })).to.equal('1d5601')
    expect(bytes('Cut', { cut: 'none' })).to.equal('1d5600')
    expect(bytes('Drawer')).to.equal('1b70003232')
    expect(bytes('Drawer', { drawer_pin: 5 })).to.equal('1b70013232')
    expect(bytes('Beep')).to.equal('1b420302')
  })
})
