import { expect } from 'chai'
import type { JsonObject } from '../../lib/thermal/json-text.ts'
import { readTemplate, templateKey } from '../../lib/thermal/template-reading.ts'
import { jsonObject, printedLines } from './receipt-kit.ts'

describe('reading a template', () => {
  const refused: readonly (readonly [string, JsonObject | string, string])[] = [
    ['no object', 'x', 'Template must be an object'],
    ['no document type', { Sections: [] }, 'DocumentType is required'],
    [
      'a document type with a space',
      { DocumentType: 'a b', Sections: [] },
      "DocumentType 'a b' is not valid",
    ],
    ['no sections', { DocumentType: 'x' }, 'Template x: Sections is required'],
    [
      '65 sections',
      { DocumentType: 'x', Sections: Array(65).fill({}) },
      'Template x: it has more than 64 sections',
    ],
    [
      '65 elements',
      { DocumentType: 'x', Sections: [{}, { Elements: Array(65).fill({}) }] },
      'Template x: Sections[1]: it has more than 64 elements',
    ],
    [
      'a table of 17 columns',
      { DocumentType: 'x', Sections: [{ Type: 'Table', Elements: Array(17).fill({}) }] },
      'Template x: Sections[0]: it has more than 16 elements',
    ],
    [
      'a path without end',
      { DocumentType: 'x', Sections: [{ Elements: { Source: 'a|'.repeat(64) } }] },
      `Template x: Sections[0]: '${'a|'.repeat(40)}...' has more than 64 names or alternatives`,
    ],
    [
      'more than 1 MiB',
      { DocumentType: 'x', Sections: [], Name: 'n'.repeat(1_048_576) },
      'Template x: it is larger than 1 MiB',
    ],
  ]
  for (const [what, template, words] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => readTemplate(template)).to.throw(words)
    })
  }

  it('takes sticker for sticker_codigo_barras, in any letter case', () => {
    expect(templateKey('Sticker')).to.equal('sticker_codigo_barras')
    expect(templateKey('Ticket_Venta')).to.equal('ticket_venta')
  })

  it('reads members in any letter case, and types leniently', async () => {
    const template = jsonObject(
      '{"documenttype":"x","SECTIONS":{"TYPE":"Static","elements":[{"LABEL":5.0,"ORDER":"2"},{"label":"first","order":1}]}}',
    )
    expect(await printedLines({ template })).to.deep.equal(['first', '5.0'])
  })

  it('prints sections and elements by their order; without one it is 999, and ties keep their place', async () => {
    const sections = [
      { Order: 1000, Elements: [{ Label: 'e' }] },
      { Elements: [{ Label: 'c' }, { Label: 'd', Order: 999 }, { Label: 'b', Order: -1 }] },
      { Order: 2, Elements: [{ Label: 'a' }] },
    ]
    expect(await printedLines({ sections })).to.deep.equal(['a', 'b', 'c', 'd', 'e'])
  })

  it('takes an unknown section for a Static one, and prints nothing of an unknown element', async () => {
    const sections = [{ Type: 'Chapter', Elements: [{ Type: 'Chart', Label: 'a' }, { Label: 'b' }, 'c'] }]
    expect(await printedLines({ sections })).to.deep.equal(['b'])
  })

  it('lets a member of the element win over its property', async () => {
    const element = { Source: 'a', Label: 'A: ', HideEmpty: false, Properties: { HideEmpty: true } }
    const hidden = { Source: 'a', Label: 'B: ', Properties: { hideempty: 'true' } }
    expect(await printedLines({ sections: [{ Elements: [element, hidden] }] })).to.deep.equal(['A:'])
  })
})
