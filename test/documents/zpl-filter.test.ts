import { expect } from 'chai'
import fc from 'fast-check'
import { filterZpl } from '../../lib/documents/zpl-filter.ts'

const LISTED =
  '^JB ^JI ^JJ ^JS ^JU ~JA ~JB ~JC ~JG ~JI ~JL ~JR ~JS ^MA ^MI ^ML ^MP ^ID ^EF ~EF ^SE ^SL ^SQ ^SR ^ST ^SX ^TO ^ZZ'.split(
    ' ',
  )
const OF_FAMILIES = '^HH ^HV ~HS ~HQ ^KD ^KN ~KB ^NC ^NS ~NC ~NT ^WD ~WC ~WQ ~DY ~DB ~DN ~DU'.split(' ')
/** Not named by the contract, and none of them shapes a label. */
const UNNAMED =
  '^SC ^SI ^SS ^SZ ^MF ^MW ^JH ^JT ^JW ^CM ^CO ~EG ~RO ^RO ~RV ~PS ~PR ~PL ^PP ~PP ~JD ~JE ~JP ~JX ^XS ^QQ ~A0 ^FZ ^B6'.split(
    ' ',
  )
const KEPT =
  '^FO ^FT ^FB ^FN ^FR ^FW ^GB ^GC ^GFA ^BC ^B0 ^B3 ^BQ ^BX ^BY ^CF ^A0 ^A@ ^AN ^CI ^CW ^PA ^PW ^PR ^PO ^PM ^LL ^LS ^LT ^LR ^PQ ^LH ^MM ^MN ^MT ^MD ^MU ~SD ~TA ~DG ^DF ^XF ^XG ^IM ^FH ^SN ^SF ^TB ^JM ^JZ ^RF ^RS'.split(
    ' ',
  )
const RENAMING = '^CC ~CC ^CD ~CD ^CT ~CT'.split(' ')

describe('ZPL filter', () => {
  for (const command of [...LISTED, ...OF_FAMILIES, ...UNNAMED]) {
    it(`takes ${command} out with its parameters, in either case of letters`, () => {
      for (const written of [command, command.toLowerCase()]) {
        expect(filter(`^XA${written}1,R:X.GRF,2^FO50,50^FDx^FS^XZ`)).to.deep.equal({
          text: '^XA^FO50,50^FDx^FS^XZ',
          removed: [command],
        })
      }
    })
  }
  for (const command of KEPT) {
    it(`keeps ${command}`, () => {
      const zpl = `^XA${command}1,2^FS^XZ`
      expect(filter(zpl)).to.deep.equal({ text: zpl, removed: [] })
    })
  }
  for (const command of RENAMING) {
    it(`refuses ${command}, wherever a command may stand`, () => {
      const refusal = `${command} renames the command characters`
      for (const zpl of [`^XA${command.toLowerCase()}!^XZ`, `^XA^FD${command}^FS^XZ`, `${command}!^XA^XZ`]) {
        expect(filterZpl(Buffer.from(zpl))).to.deep.equal({ refusal })
      }
      expect(filter(`^XA^FH^FD_5E${command.slice(1)}^FS^XZ`).removed).to.deep.equal([])
    })
  }

  it('names each command once, in the order of appearance', () => {
    expect(filter('~JA^XA^jus^HH^FDx^FS^JUF^XZ~ja').removed).to.deep.equal(['~JA', '^JU', '^HH'])
  })

  it('leaves field data alone', () => {
    for (const data of [
      'JUS and JA',
      '_5EJUS_7EJA',
      '5~10 °C, 2^8, 100 %',
      'a\r\nb',
      '!{}[]\\,:',
      'éü',
      'x!U1',
    ]) {
      const zpl = `^XA^FH^FD${data}^FS^fv${data}^fs^XZ`
      expect(filter(zpl)).to.deep.equal({ text: zpl, removed: [] })
    }
  })

  it('takes what a printer reads as a command for one, also where it stands amid field data', () => {
    expect(filter('^XA^FDkeep ^JUS^FS^FDand~JA ^FS^XZ')).to.deep.equal({
      text: '^XA^FDkeep ^FS^FDand^FS^XZ',
      removed: ['^JU', '~JA'],
    })
    expect(filter('^XA^FDopen^JUS^FDnext^FS^XZ').text).to.equal('^XA^FDopen^FDnext^FS^XZ')
    expect(filter('^XA^FDopen^JUS^XZ').text).to.equal('^XA^FDopen^XZ')
    expect(filter('^XA^FXJU is a comment^JUS^FO1,1^FS^XZ').text).to.equal('^XA^FXJU is a comment^FO1,1^FS^XZ')
  })

  it('knows the control characters that stand for the prefixes', () => {
    expect(filter('\x1eXA\x1eJUS\x10JA\x1eFDa\x1ejub\x1eFS\x1eXZ')).to.deep.equal({
      text: '\x1eXA\x1eFDa\x1eFS\x1eXZ',
      removed: ['^JU', '~JA'],
    })
    expect(filterZpl(Buffer.from('^XA\x10CC!^XZ'))).to.have.property('refusal')
    const graphic = '^GFB\x1f4\x1f4\x1f1\x1f^JUS^FS'
    expect(filter(`^XA${graphic}^XZ`).text).to.equal(`^XA${graphic}^XZ`)
  })

  it('lets nothing pass that hides between a prefix and its letters, or has no name', () => {
    expect(filter('^XA^J\nUS^ JUS^\0JUS^^JUS~^5^!^FDx^FS^XZ^')).to.deep.equal({
      text: '^XA^FDx^FS^XZ',
      removed: ['^J?', '^?J', '^', '^JU', '~', '^5', '^!'].map((name) => name.replace('!', '?')),
    })
  })

  it('takes Set-Get-Do and the like out, which are Zebra’s other languages for settings', () => {
    const label = '^XA^FD! U are here^FS^XZ\n'
    for (const [setting, name] of [
      ['! U1 setvar "ip.addr" "192.0.2.1"\r\n', '! U'],
      ['!  u1 do "device.restore_defaults" "ip"\r\n', '! U'],
      [' ! UTILITIES\r\nBAUD 9600\r\nPRINT\r\n', '! U'],
      ['{}{"ip.addr":"192.0.2.1"}', '{}'],
    ] as const) {
      expect(filter(`${setting}${label}`)).to.deep.equal({ text: label, removed: [name] })
      expect(filter(`${label}${setting}${label}`)).to.deep.equal({ text: label.repeat(2), removed: [name] })
      const inside = filter(`^XA^FO1,1\n${setting}^FDx\n${setting}^FS^XZ`)
      expect(inside).to.deep.equal({ text: '^XA^FO1,1\n^FDx\n^FS^XZ', removed: [name] })
    }
  })

  it('tells at most a hundred names', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    const noise = [...'QUVYZ'].flatMap((one) => [...letters].map((other) => `~${one}${other}`)).join('')
    const { removed } = filter(`^XA${noise}^FDx^FS^XZ`)
    expect(removed).to.have.length(101)
    expect(removed.at(-1)).to.equal('…')
  })

  it('leaves the counted bytes of ^GFB and ^GFC alone and goes on after them', () => {
    for (const kind of ['B', 'c']) {
      const graphic = `^GF${kind},8,8,1,~JA^JUS!`
      expect(filter(`^XA${graphic}^FS^JUS^XZ`)).to.deep.equal({
        text: `^XA${graphic}^FS^XZ`,
        removed: ['^JU'],
      })
    }
    expect(filter('^XA^GFA,8,8,1,FFFF^JUS^XZ').text).to.equal('^XA^GFA,8,8,1,FFFF^XZ')
    expect(filter('^XA~DYR:X,B,G,8,1,^FO1,1~A^FS^XZ').text).to.equal('^XA^FS^XZ')
    expect(filterZpl(Buffer.from('^XA^XZ^GFB,99,99,1,abc'))).to.deep.equal({
      refusal: '^GF counts more bytes than follow it, or none that can be told',
    })
    expect(filterZpl(Buffer.from('^XA^GFB,x,4,1,^JUS^FS^XZ'))).to.have.property('refusal')
  })

  it('refuses a binary graphic that a printer may pass over, and read what it counts as commands', () => {
    for (const head of [
      'B,8,8,,',
      'B,8,,1,',
      'B,8,8,0,',
      'B,8,0,1,',
      'B,0,8,1,',
      'C,,8,1,',
      ' B,8,8,1,',
      'B, 8,8,1,',
    ]) {
      expect(filterZpl(Buffer.from(`^XA^GF${head}^JUS1234^FS^XZ`)), head).to.have.property('refusal')
    }
    expect(filterZpl(Buffer.from('^XA^GFB\n,8,8,1,^JUS1234^FS^XZ'))).to.have.property('refusal')
    // Shift JIS: the caret is the second half of a sign, and what seems to be counted is text.
    const hidden = Buffer.concat([
      Buffer.from('^XA^CI15^FD'),
      Buffer.of(0x83),
      Buffer.from('^GFB,8,8,1,^FS^JUS1^XZ'),
    ])
    expect(filterZpl(hidden)).to.have.property('refusal')
    const binary = '^GFB,2,2,1,\x83\x83'
    expect(filter(`^XA${binary}${binary}^FS^XZ`).removed).to.deep.equal([])
  })

  it('judges what comes together when a command between is gone', () => {
    // In an encoding of two bytes a sign the first half would take the caret of ^GFC for its second.
    const graphic = Buffer.from('^XA^FH\xe9^JB^GFC,3,3,1,^JB^XZ', 'latin1')
    expect(filterZpl(graphic)).to.have.property('refusal')
    expect(filter('^XA\n^JB! U1 setvar "a" "b"^FDx^FS^XZ')).to.deep.equal({
      text: '^XA\n^FDx^FS^XZ',
      removed: ['^JB'],
    })
  })

  it('refuses what has no format: ^XA and, after it, ^XZ, both as commands', () => {
    for (const zpl of ['', 'text', '^XA^FDx^FS', '^XZ^XA', '^XA^GFB,3,3,1,^XZ']) {
      expect(filterZpl(Buffer.from(zpl))).to.have.property('refusal')
    }
    expect(filter('^xa^xz').text).to.equal('^xa^xz')
  })

  it('is quick with a document of nothing but prefixes', () => {
    const started = performance.now()
    expect(filterZpl(Buffer.alloc(26_214_400, '^'))).to.have.property('refusal')
    expect(performance.now() - started).to.be.below(5_000)
  }).timeout(10_000)

  describe('whatever the document', () => {
    const command = fc.constantFrom(
      ...LISTED,
      ...OF_FAMILIES,
      ...KEPT,
      ...UNNAMED,
      '^GFB',
      '^GFC',
      '^FD',
      '^FV',
      '^FX',
      '^FS',
    )
    const words = fc.constantFrom(
      '',
      'S',
      ',',
      '1,2',
      ',3,3,1,',
      ',3,3,1,^JA',
      ',3,3,1,!{}',
      ',^JU',
      'R:X,B,G,3,1,',
      '^',
      '~',
      '~JA',
      '\x1e',
      '\x10',
      '\x10ja',
      '\n',
      '\n! U1 x',
      '{}',
      '{',
      '!',
      ' U1',
      '\x0f',
      'é',
    )
    let judged = 0
    beforeEach(() => {
      judged = 0
    })
    const document = fc
      .array(fc.tuple(command, fc.boolean(), fc.array(words, { maxLength: 3 })), { maxLength: 12 })
      .map((parts) =>
        parts.map(([name, isLower, more]) => `${isLower ? name.toLowerCase() : name}${more.join('')}`),
      )
      .map((parts) => `^XA${parts.join('')}^XZ`)

    it('changes nothing more when it is applied again', () => {
      fc.assert(
        fc.property(document, (zpl) => {
          const once = filterZpl(Buffer.from(zpl, 'latin1'))
          if ('refusal' in once) return
          judged += 1
          expect(filterZpl(once.bytes)).to.deep.equal({ bytes: once.bytes, removed: [] })
        }),
        { numRuns: 3000 },
      )
      expect(judged).to.be.above(1500)
    })

    it('lets no forbidden command pass, as another reading of ZPL finds it', () => {
      fc.assert(
        fc.property(document, (zpl) => {
          const once = filterZpl(Buffer.from(zpl, 'latin1'))
          if ('refusal' in once) return
          judged += 1
          expect(commandsIn(once.bytes.toString('latin1')).filter(isForbidden)).to.deep.equal([])
        }),
        { numRuns: 3000 },
      )
      expect(judged).to.be.above(1500)
    })

    it('lets no forbidden command pass in bytes of any kind', () => {
      const bytes = fc.array(
        fc.oneof(
          fc.constantFrom(...'^~\x1e\x10JUSAHWKNDGFXZBC0123,\n\x0f'),
          fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
        ),
        { maxLength: 200 },
      )
      fc.assert(
        fc.property(bytes, (signs) => {
          const once = filterZpl(Buffer.from(`^XA${signs.join('')}^XZ`, 'latin1'))
          if ('refusal' in once) return
          judged += 1
          expect(commandsIn(once.bytes.toString('latin1')).filter(isForbidden)).to.deep.equal([])
          expect(filterZpl(once.bytes)).to.deep.equal({ bytes: once.bytes, removed: [] })
        }),
        { numRuns: 3000 },
      )
      expect(judged).to.be.above(1500)
    })

    it('keeps the bytes of field data without command characters, and the counted bytes of graphics', () => {
      const data = fc.uint8Array({ maxLength: 30 }).map((bytes) =>
        Buffer.from(bytes)
          .toString('latin1')
          .replace(/[\^~\x1e\x10!{]/g, '_'),
      )
      const graphic = fc
        .uint8Array({ minLength: 1, maxLength: 30 })
        .map((bytes) => Buffer.from(bytes).toString('latin1'))
      fc.assert(
        fc.property(fc.array(fc.tuple(data, graphic), { minLength: 1, maxLength: 5 }), (fields) => {
          const build = (between: string) =>
            `^XA${fields
              .map(([field, bytes]) => {
                const count = bytes.length
                return `${between}^FO1,1^FD${field}^FS^GFB,${count},${count},1,${bytes}^FS`
              })
              .join('')}^XZ`
          expect(filter(build('~HS^JUS'))).to.deep.equal({ text: build(''), removed: ['~HS', '^JU'] })
        }),
      )
    })
  })
})

const FORBIDDEN: ReadonlySet<string> = new Set([...LISTED, ...RENAMING])

function isForbidden(command: string): boolean {
  return command !== '~DG' && (FORBIDDEN.has(command) || /^(\^[HKNW]|~[HKNWD])/.test(command))
}

/** Reads sign by sign, as a printer would: everything that begins with a prefix, but for counted bytes. */
function commandsIn(zpl: string): string[] {
  const found: string[] = []
  for (let index = 0; index < zpl.length; index += 1) {
    const sign = zpl.charAt(index)
    if (!'^~\x1e\x10'.includes(sign)) continue
    const command = (sign === '\x1e' ? '^' : sign === '\x10' ? '~' : sign) + zpl.slice(index + 1, index + 3)
    found.push(command.toUpperCase())
    const counted = /^.gf\s*[bc]\s*[,\x1f]\s*(\d+)[^,\x1f]*[,\x1f][^,\x1f]*[,\x1f][^,\x1f]*[,\x1f]/i.exec(
      zpl.slice(index, index + 256),
    )
    if (counted) index += counted[0].length + Number(counted[1]) - 1
  }
  return found
}

function filter(zpl: string): { text: string; removed: readonly string[] } {
  const filtered = filterZpl(Buffer.from(zpl, 'latin1'))
  if ('refusal' in filtered) throw new Error(filtered.refusal)
  return { text: filtered.bytes.toString('latin1'), removed: filtered.removed }
}
