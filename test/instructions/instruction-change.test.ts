import { expect } from 'chai'
import { readInstructionChange } from '../../lib/instructions/instruction-change.ts'
import { refusalOf } from './refusal.ts'

const CONTENT = Buffer.from('%PDF-1.7').toString('base64')

describe('reading an edit', () => {
  it('keeps everything where nothing is given', () => {
    const nothing = { note: null, presentation: null, printTarget: null, file: { kind: 'keep' } }
    expect(readInstructionChange(null)).to.deep.equal(nothing)
    expect(readInstructionChange(undefined, {})).to.deep.equal(nothing)
    expect(readInstructionChange(null, { note: null, presentation: null, print_target: null })).to.deep.equal(
      nothing,
    )
  })

  for (const [what, options, kind] of [
    ['null for both removes', { file_content: null, file_name: null }, 'remove'],
    ['null for the content alone keeps', { file_content: null }, 'keep'],
    ['null for the name alone keeps', { file_name: null }, 'keep'],
    ['"" for both keeps', { file_content: '', file_name: '' }, 'keep'],
    ['null and "" keep', { file_content: null, file_name: '' }, 'keep'],
    ['a name alone renames', { file_name: 'b.pdf' }, 'rename'],
    ['a name and null for the content rename', { file_name: 'b.pdf', file_content: null }, 'rename'],
    ['content replaces', { file_content: CONTENT }, 'replace'],
    ['content without a name replaces', { file_content: CONTENT, file_name: null }, 'replace'],
    [
      'a request replaces, null for the others or not',
      { file_content: null, file_name: null, file_request: { url: 'https://files.example/' } },
      'replace',
    ],
  ] as const) {
    it(`of the file: ${what}`, () => {
      expect(readInstructionChange(null, options).file.kind).to.equal(kind)
    })
  }

  it('refuses a blank note, and one file beside another', () => {
    expect(refusalOf(() => readInstructionChange(' '))).to.equal('note: invalid')
    const both = { file_content: CONTENT, file_request: { url: 'https://files.example/' } }
    expect(refusalOf(() => readInstructionChange(null, both))).to.equal('file_request: conflict')
  })
})
