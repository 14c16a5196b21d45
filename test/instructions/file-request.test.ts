import { expect } from 'chai'
import { DomainError } from '../../lib/errors.ts'
import { readFileRequest } from '../../lib/instructions/file-request.ts'
import { refusalOf } from './refusal.ts'

const URL = 'https://files.example/slip.pdf'
const SECRET = 'hunter2-hunter2'

describe('file_request', () => {
  it('takes a URL alone, auth and headers being absent, null or []', () => {
    const bare = { url: URL, auth: null, headers: {} }
    for (const nothing of [undefined, null, []]) {
      expect(readFileRequest({ url: URL, auth: nothing, headers: nothing })).to.deep.equal(bare)
    }
    expect(readFileRequest({ url: URL, headers: {} })).to.deep.equal(bare)
  })

  it('takes credentials and headers, numbers as text', () => {
    const request = { url: URL, auth: ['user', ''], headers: { 'X-Token': SECRET, 'X-Number': 5 } }
    expect(readFileRequest(request)).to.deep.equal({
      url: URL,
      auth: ['user', ''],
      headers: { 'X-Token': SECRET, 'X-Number': '5' },
    })
  })

  for (const [why, request, refusal] of [
    ['a number', 5, 'file_request: invalid'],
    ['words', 'https://files.example/slip.pdf', 'file_request: invalid'],
    ['a filled list', [URL], 'file_request: invalid'],
    ['[], which is an object without a URL', [], 'file_request.url: required'],
    ['no URL', {}, 'file_request.url: required'],
    ['null for a URL', { url: null }, 'file_request.url: required'],
    ['an empty URL', { url: '' }, 'file_request.url: invalid'],
    ['a relative URL', { url: '/slip.pdf' }, 'file_request.url: invalid'],
    ['a file: URL', { url: 'file:///etc/passwd' }, 'file_request.url: invalid'],
    ['an ftp: URL', { url: 'ftp://files.example/slip.pdf' }, 'file_request.url: invalid'],
    ['a data: URL', { url: 'data:application/pdf;base64,JVBERg==' }, 'file_request.url: invalid'],
    ['a user name in the URL', { url: 'https://user@files.example/' }, 'file_request.url: invalid'],
    ['a password in the URL', { url: `https://u:${SECRET}@files.example/` }, 'file_request.url: invalid'],
    [
      'a URL of 4,097 characters',
      { url: `${URL}?${'a'.repeat(4096 - URL.length)}` },
      'file_request.url: invalid',
    ],
    ['one credential', { url: URL, auth: [SECRET] }, 'file_request.auth: invalid'],
    ['three credentials', { url: URL, auth: ['a', 'b', 'c'] }, 'file_request.auth: invalid'],
    ['a number for a password', { url: URL, auth: ['a', 5] }, 'file_request.auth: invalid'],
    ['credentials as an object', { url: URL, auth: { 0: 'a', 1: 'b' } }, 'file_request.auth: invalid'],
    ['credentials as text', { url: URL, auth: 'a:b' }, 'file_request.auth: invalid'],
    ['headers as a list', { url: URL, headers: [`X-Token: ${SECRET}`] }, 'file_request.headers: invalid'],
    ['headers as text', { url: URL, headers: `X-Token: ${SECRET}` }, 'file_request.headers: invalid'],
    ['a header that frames', { url: URL, headers: { Host: SECRET } }, 'file_request.headers.Host: invalid'],
    [
      'a header of a proxy',
      { url: URL, headers: { 'proxy-x': SECRET } },
      'file_request.headers.proxy-x: invalid',
    ],
    [
      'a value with a line end',
      { url: URL, headers: { A: `${SECRET}\r\nB: c` } },
      'file_request.headers.A: invalid',
    ],
    ['a value that is no text', { url: URL, headers: { A: true } }, 'file_request.headers.A: invalid'],
    [
      'auth beside Authorization',
      { url: URL, auth: ['a', 'b'], headers: { authorization: SECRET } },
      'file_request.headers.authorization: conflict',
    ],
  ] as const) {
    it(`refuses ${why}`, () => {
      expect(refusalOf(() => readFileRequest(request))).to.equal(refusal)
    })
  }

  it('takes a URL of 4,096 characters and 50 headers, and no 51st', () => {
    const url = `${URL}?${'a'.repeat(4095 - URL.length)}`
    const headers = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`X-${index}`, 'v']))
    expect(Object.keys(readFileRequest({ url, headers: headers(50) }).headers)).to.have.length(50)
    expect(refusalOf(() => readFileRequest({ url, headers: headers(51) }))).to.equal(
      'file_request.headers: invalid',
    )
  })

  it('tells no credential and no header value in a refusal', () => {
    for (const request of [
      { url: `https://user:${SECRET}@files.example/` },
      { url: URL, auth: [SECRET] },
      { url: URL, auth: ['u', SECRET], headers: { Authorization: SECRET } },
      { url: URL, headers: { A: `${SECRET}\n` } },
      { url: URL, headers: { Host: SECRET } },
    ]) {
      try {
        readFileRequest(request)
        expect.fail('nothing was refused')
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        expect(JSON.stringify([error.message, error.details])).not.to.include(SECRET)
      }
    }
  })
})
