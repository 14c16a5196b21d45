import { expect } from 'chai'
import { parseInstructionId } from '../../lib/instructions/instruction-id.ts'

describe('the id of an instruction', () => {
  it('is digits', () => {
    expect(parseInstructionId('1')).to.equal(1)
    expect(parseInstructionId('9007199254740991')).to.equal(2 ** 53 - 1)
  })

  for (const text of [
    '',
    '0',
    '-1',
    '+1',
    '1.5',
    '1.0',
    '1e3',
    '0x1',
    '007',
    ' 1',
    '1 ',
    '1\n',
    '\u0661',
    '1\0',
    "'1'",
    '9007199254740992',
    '9'.repeat(30),
    'NaN',
    '1;drop table instructions',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => expect(parseInstructionId(text)).to.equal(null))
  }
})
