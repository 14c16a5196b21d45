import { expect } from 'chai'
import { thermalSettings } from '../../lib/thermal/thermal-settings.ts'
import { conventionErrors, thermalSettingsErrors } from '../../lib/thermal/thermal-settings-check.ts'

describe('thermal settings', () => {
  it('has the defaults of section 4', () => {
    expect(thermalSettings()).to.deep.equal({
      paperWidthMm: 80,
      codePage: 16,
      encoding: 'windows1252',
      cut: 'full',
      beep: false,
      openDrawer: false,
      drawerPin: 2,
      copyTo: [],
      statusCheck: 'tolerant',
      conventions: {},
    })
  })

  it('takes conventions from the printer, else from its location; null is absent', () => {
    const { conventions } = thermalSettings(
      { locale: 'es-MX', currency: null },
      { locale: 'es-CO', currency: 'USD', time_zone: 'America/Bogota', language: 'en' },
    )
    expect(conventions).to.deep.equal({
      locale: 'es-MX',
      currency: 'USD',
      timeZone: 'America/Bogota',
      language: 'en',
    })
  })

  it('lets the encoding override what the code page implies', () => {
    expect(thermalSettings({ code_page: 19, encoding: 'cp850' }).encoding).to.equal('cp850')
  })

  const wrong: readonly (readonly [object, string])[] = [
    [{ paper_width_mm: 72 }, 'paper_width_mm must be 80 or 58'],
    [{ paper_width_mm: '80' }, 'paper_width_mm must be 80 or 58'],
    [{ code_page: 256 }, 'code_page must be an integer from 0 to 255'],
    [{ code_page: 1.5 }, 'code_page must be an integer from 0 to 255'],
    [{ code_page: 1 }, 'encoding is required with this code_page'],
    [{ cut: 'half' }, 'cut must be full or partial or none'],
    [{ beep: 1 }, 'beep must be a boolean'],
    [{ open_drawer: 'true' }, 'open_drawer must be a boolean'],
    [{ drawer_pin: 3 }, 'drawer_pin must be 2 or 5'],
    [{ copy_to: 'bar' }, 'copy_to must be a list of at most 8 printer codes'],
    [{ copy_to: Array(9).fill('bar') }, 'copy_to must be a list of at most 8 printer codes'],
    [{ status_check: 'never' }, 'status_check must be tolerant or strict or off'],
    [{ locale: 'not a tag' }, 'locale must be a BCP 47 language tag'],
    [{ currency: 'pesos' }, 'currency must be an ISO 4217 currency code'],
    [{ time_zone: 'Mars/Base' }, 'time_zone must be an IANA time zone'],
    [{ time_zone: '+05:00' }, 'time_zone must be an IANA time zone'],
    [{ language: 'fr' }, 'language must be es or en'],
  ]
  for (const [settings, words] of wrong) {
    it(`refuses ${JSON.stringify(settings)}`, () => {
      expect(thermalSettingsErrors(settings)).to.deep.equal([words])
    })
  }

  it('names the encodings when it refuses one', () => {
    expect(thermalSettingsErrors({ encoding: 'utf8' })[0]).to.match(
      /^encoding must be cp437 or .* windows1258$/,
    )
  })

  it('accepts every member as section 4 has it, null, and members that it does not know', () => {
    const settings = {
      paper_width_mm: 58,
      code_page: 7,
      encoding: 'cp850',
      cut: 'none',
      beep: true,
      open_drawer: true,
      drawer_pin: 5,
      copy_to: ['bar'],
      status_check: 'off',
      locale: 'es-CO',
      currency: 'COP',
      time_zone: 'America/Bogota',
      language: 'es',
      colour: 'red',
    }
    expect(thermalSettingsErrors(settings)).to.deep.equal([])
    expect(thermalSettingsErrors({ code_page: null, cut: null })).to.deep.equal([])
    expect(thermalSettingsErrors([])).to.deep.equal(['must be an object'])
  })

  it('checks the four members of a location by the same rules', () => {
    expect(conventionErrors({ locale: 'es-CO', paper_width_mm: 1 })).to.deep.equal([])
    expect(conventionErrors({ language: 'fr' })).to.deep.equal(['language must be es or en'])
  })
})
