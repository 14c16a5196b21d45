import { expect } from 'chai'
import { readInstructionDraft, readInstructionDrafts } from '../../lib/instructions/instruction-draft.ts'
import { refusalOf } from './refusal.ts'

const CONTENT = Buffer.from('%PDF-1.7').toString('base64')
const REQUEST = { url: 'https://files.example/slip.pdf' }

describe('reading a new instruction', () => {
  it('takes a note alone', () => {
    expect(readInstructionDraft('Wrap it')).to.deep.equal({
      note: 'Wrap it',
      presentation: null,
      printTarget: null,
      file: null,
      externalId: null,
    })
  })

  it('takes the note of the options where the argument is absent, and the argument where both are there', () => {
    expect(readInstructionDraft(null, { note: 'from options' }).note).to.equal('from options')
    expect(readInstructionDraft(undefined, { note: 'from options' }).note).to.equal('from options')
    expect(readInstructionDraft('argument', { note: 'from options' }).note).to.equal('argument')
  })

  it('keeps a note as it was given, its white space too', () => {
    expect(readInstructionDraft('  two\n lines ').note).to.equal('  two\n lines ')
  })

  for (const blank of ['', ' ', '\t\r\n', '\u00a0\u2003\u3000', '\u0085\u2028\ufeff']) {
    it(`refuses a note of white space alone: ${JSON.stringify(blank)}`, () => {
      expect(refusalOf(() => readInstructionDraft(blank))).to.equal('note: invalid')
      expect(refusalOf(() => readInstructionDraft(null, { note: blank }))).to.equal('note: invalid')
    })
  }

  it('takes null and, about the file, "" for what was not given', () => {
    const nothing = { presentation: null, print_target: null, external_id: null, file_request: '' }
    for (const empty of [null, '']) {
      const draft = readInstructionDraft('n', { ...nothing, file_name: empty, file_content: empty })
      expect(draft).to.deep.equal(readInstructionDraft('n'))
    }
  })

  it('reads a file given as base64, its name reduced', () => {
    const { file } = readInstructionDraft('n', { file_name: 'C:\\scans\\a.pdf', file_content: CONTENT })
    expect(file).to.deep.equal({ kind: 'content', name: 'a.pdf', bytes: Buffer.from('%PDF-1.7') })
  })

  it('reads a file to fetch, with or without a name', () => {
    const request = { ...REQUEST, auth: null, headers: {} }
    expect(readInstructionDraft('n', { file_request: REQUEST }).file).to.deep.equal({
      kind: 'request',
      name: null,
      request,
    })
    expect(readInstructionDraft('n', { file_request: REQUEST, file_name: 'b.pdf' }).file?.name).to.equal(
      'b.pdf',
    )
  })

  for (const [why, options, refusal] of [
    ['base64 without a name', { file_content: CONTENT }, 'file_name: required'],
    ['base64 with an empty name', { file_content: CONTENT, file_name: '' }, 'file_name: required'],
    ['a name without a file', { file_name: 'a.pdf' }, 'file_name: invalid'],
    ['a name of nothing but a path', { file_content: CONTENT, file_name: 'a/..' }, 'file_name: invalid'],
    ['a name of control characters', { file_content: CONTENT, file_name: '\0\u202e' }, 'file_name: invalid'],
    [
      'two files',
      { file_name: 'a.pdf', file_content: CONTENT, file_request: REQUEST },
      'file_request: conflict',
    ],
    ['what is not base64', { file_name: 'a.pdf', file_content: 'a.pdf' }, 'file_content: invalid'],
    ['an integer that JSON rounds', { external_id: 2 ** 53 }, 'external_id: invalid'],
  ] as const) {
    it(`refuses ${why}`, () => {
      expect(refusalOf(() => readInstructionDraft('n', options))).to.equal(refusal)
    })
  }

  it('reads an external_id as text, whichever type it has', () => {
    expect(readInstructionDraft('n', { external_id: 5 }).externalId).to.equal('5')
    expect(readInstructionDraft('n', { external_id: '5' }).externalId).to.equal('5')
    expect(readInstructionDraft('n', { external_id: -0 }).externalId).to.equal('0')
  })

  it('says which of an order\u2019s instructions is at fault', () => {
    expect(readInstructionDrafts([{ note: 'a' }, { note: 'b' }]).map(({ note }) => note)).to.deep.equal([
      'a',
      'b',
    ])
    expect(refusalOf(() => readInstructionDrafts([{ note: 'a' }, {}]))).to.equal(
      'instructions.1.note: required',
    )
  })
})
