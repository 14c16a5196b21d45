import { expect } from 'chai'
import { fingerprintDraft } from '../../lib/instructions/draft-fingerprint.ts'
import { readInstructionDraft } from '../../lib/instructions/instruction-draft.ts'
import type { CreateOptions } from '../../schemas/instruction-options.ts'

const KEY = Buffer.alloc(32, 7)
const URL = 'https://files.example/slip.pdf'

function fingerprint(note: string | null, options: CreateOptions = {}, key = KEY): string {
  return fingerprintDraft(readInstructionDraft(note, options), key).toString('hex')
}

describe('telling a repeated create', () => {
  const plain = fingerprint('n')

  for (const [what, other] of [
    ['the note among the options', fingerprint(null, { note: 'n' })],
    [
      'null and "" for what was not given',
      fingerprint('n', { presentation: null, file_name: '', file_content: null }),
    ],
    ['ignored keys', fingerprint('n', { instruction_id: 9, confirmations: [{}], copies_printed: '4' })],
    ['the external_id itself', fingerprint('n', { external_id: 'x' })],
  ] as const) {
    it(`is not disturbed by ${what}`, () => expect(other).to.equal(plain))
  }

  it('is not disturbed by the order of headers, a number for its digits, or line ends in base64', () => {
    const one = { url: URL, headers: { A: '1', B: '2' } }
    const other = { headers: { B: 2, A: 1 }, auth: [], url: URL }
    expect(fingerprint('n', { file_request: one })).to.equal(fingerprint('n', { file_request: other }))
    const wrapped = { file_name: 'a.pdf', file_content: 'JVBE\r\nRg==' }
    expect(fingerprint('n', wrapped)).to.equal(fingerprint('n', { ...wrapped, file_content: 'JVBERg==' }))
  })

  it('tells every argument from another', () => {
    const request = { url: URL, auth: ['u', 'p'], headers: { A: '1' } }
    const different = [
      plain,
      fingerprint('m'),
      fingerprint('n', { presentation: 'once_per_order' }),
      fingerprint('n', { presentation: 'once_per_package' }),
      fingerprint('n', { print_target: 'LASER' }),
      fingerprint('n', { file_name: 'a.pdf', file_content: 'JVBERg==' }),
      fingerprint('n', { file_name: 'b.pdf', file_content: 'JVBERg==' }),
      fingerprint('n', { file_name: 'a.pdf', file_content: 'JVBERi0=' }),
      fingerprint('n', { file_request: request }),
      fingerprint('n', { file_request: request, file_name: 'a.pdf' }),
      fingerprint('n', { file_request: { ...request, url: `${URL}?` } }),
      fingerprint('n', { file_request: { ...request, auth: ['u', 'q'] } }),
      fingerprint('n', { file_request: { ...request, headers: { A: '2' } } }),
      fingerprint('n', { file_request: { ...request, headers: { B: '1' } } }),
    ]
    expect(new Set(different).size).to.equal(different.length)
  })

  it('needs the key, so that passwords cannot be tried against it', () => {
    expect(fingerprint('n', {}, Buffer.alloc(32, 8))).not.to.equal(plain)
  })
})
