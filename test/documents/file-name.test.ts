import { expect } from 'chai'
import fc from 'fast-check'
import {
  chooseFileName,
  FILE_NAME_LENGTH_MAX,
  fileNameFromUrl,
  reduceFileName,
} from '../../lib/documents/file-name.ts'

describe('a file name, reduced', () => {
  const names: readonly (readonly [given: string, reduced: string | null])[] = [
    ['slip.pdf', 'slip.pdf'],
    ['/etc/passwd', 'passwd'],
    ['C:\\scans\\packing slip.pdf', 'packing slip.pdf'],
    ['a/b\\c.pdf', 'c.pdf'],
    ['a\\b/c.pdf', 'c.pdf'],
    [' spaced .pdf ', ' spaced .pdf '],
    ['a\u0000b\r\n\u0085.pdf', 'ab.pdf'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['\u2066a\u061C\u200E\u200F.pdf', 'a.pdf'],
    ['a\ud800b.pdf', 'ab.pdf'],
    ['\ud83d\u200E\ude00', null],
    ['😀.pdf', '😀.pdf'],
    ['', null],
    ['a/', null],
    ['a/.', null],
    ['..', null],
    ['.\u0000.', null],
    ['...', '...'],
  ]
  for (const [given, reduced] of names) {
    it(`${JSON.stringify(given)} becomes ${JSON.stringify(reduced)}`, () => {
      expect(reduceFileName(given)).to.equal(reduced)
    })
  }

  it('is cut to 191 characters in front of its extension', () => {
    expect(reduceFileName(`${'a'.repeat(300)}.pdf`)).to.equal(`${'a'.repeat(187)}.pdf`)
    expect(reduceFileName(`${'😀'.repeat(300)}.pdf`)).to.equal(`${'😀'.repeat(187)}.pdf`)
    expect(reduceFileName(`${'a'.repeat(187)}.pdf`)).to.equal(`${'a'.repeat(187)}.pdf`)
  })

  it('is cut at its end without an extension that could be kept', () => {
    expect(reduceFileName('a'.repeat(300))).to.equal('a'.repeat(191))
    expect(reduceFileName(`.${'a'.repeat(300)}`)).to.equal(`.${'a'.repeat(190)}`)
    expect(reduceFileName(`a.${'😀'.repeat(300)}`)).to.equal(`a.${'😀'.repeat(189)}`)
    expect(reduceFileName(`ab.${'b'.repeat(189)}`)).to.equal(`a.${'b'.repeat(189)}`)
  })

  it('is short, harmless, well-formed and stays as it is when reduced again', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('/', '\\', '.', '..', '\ud800', '\u202E', 'x'.repeat(200), '😀'.repeat(100)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const reduced = reduceFileName(pieces.join(''))
        if (reduced === null) return
        expect([...reduced].length).to.be.within(1, FILE_NAME_LENGTH_MAX)
        expect(reduced).not.to.match(/[/\\\p{Cc}\p{Bidi_Control}\p{Surrogate}]/u)
        expect(reduced).not.to.be.oneOf(['.', '..'])
        expect(reduceFileName(reduced)).to.equal(reduced)
      }),
    )
  })

  it('keeps a short extension of whatever is cut', () => {
    const extension = fc.stringMatching(/^[a-z0-9]{1,20}$/)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 200 }), extension, (stem, ending) => {
        expect(
          reduceFileName(`x${stem.replaceAll(/[/\\]/g, '_')}.${ending}`)?.endsWith(`.${ending}`),
        ).to.equal(true)
      }),
    )
  })
})

describe('a file name from a URL', () => {
  const urls: readonly (readonly [url: string, name: string | null])[] = [
    ['https://a.example/docs/slip.pdf?name=other.pdf#x', 'slip.pdf'],
    ['https://a.example/packing%20slip.pdf', 'packing slip.pdf'],
    ['https://a.example/%E2%82%AC.pdf', '€.pdf'],
    ['https://a.example/€.pdf', '€.pdf'],
    ['https://a.example/caf%E9%20%.pdf', 'caf%E9%20%.pdf'],
    ['https://a.example/docs/', ''],
    ['https://a.example', ''],
    ['not a url', null],
  ]
  for (const [url, name] of urls) {
    it(`${url} gives ${JSON.stringify(name)}`, () => {
      expect(fileNameFromUrl(url)).to.equal(name)
    })
  }
})

describe('the file name of a download', () => {
  const url = 'https://a.example/from-url.pdf'
  const mediaType = 'application/pdf'

  it('is the given one, then the answer’s, then the URL’s', () => {
    expect(
      chooseFileName({
        given: 'x/given.pdf',
        dispositionFileNames: ['sent.pdf', 'plain.pdf'],
        url,
        mediaType,
      }),
    ).to.equal('given.pdf')
    expect(
      chooseFileName({ given: '..', dispositionFileNames: ['x\\..', 'x\\sent.pdf'], url, mediaType }),
    ).to.equal('sent.pdf')
    expect(chooseFileName({ given: null, dispositionFileNames: ['/'], url, mediaType })).to.equal(
      'from-url.pdf',
    )
    expect(chooseFileName({ url: 'https://a.example/a%2Fb.pdf', mediaType })).to.equal('b.pdf')
  })

  it('is made up when no source leaves anything', () => {
    expect(chooseFileName({ url: 'https://a.example/%2E%2E', mediaType })).to.equal('document.pdf')
    expect(chooseFileName({ url: 'https://a.example/', mediaType: 'image/png' })).to.equal('document.png')
    expect(chooseFileName({ mediaType: 'image/jpeg' })).to.equal('document.jpg')
  })
})
