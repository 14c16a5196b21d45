/** Texts of one kind, each of which a program may trip over. */
export interface HostileTexts {
  /** Much at once: characters and words that a member which takes any text has to take. At most 150 characters. */
  readonly flavour: string
  /** Each means something by itself, or is refused. */
  readonly alone: readonly string[]
}

const BIDI = '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c'
const UNSEEN =
  '\u00ad\u034f\u115f\u180e\u200b\u200c\u200d\u2028\u2029\u2060\u2064\u206a\u3164\ufeff\ufff9\ufffb'
const CONTROLS = [...codesFrom(0x01, 0x1f), ...codesFrom(0x7f, 0x9f)].join('')
const NO_CHARACTERS = '\ufdd0\ufffe\uffff\u{1fffe}\u{10ffff}\ue000\u{f0000}\ufffd'
const PICTURES =
  '👩\u200d👩\u200d👧\u200d👦 🇨🇴 👍🏿 ☺\ufe0f 1\ufe0f\u20e3 \u{e0001}\u{e0041}\u{e007f} ﷺ ﷽ 𒐫 𠮷 각 \u1100\u1161\u11a8'
const SCRIPTS = 'ñ İıſKÅßẞŉǰΐΰς ﬀﬃ Ǆǅ مرحبا שָׁלוֹם क्षि ไทยำ 文字 ｆｕｌｌ \u0430\u0440\u0440'
const MARKUP = `<script>alert(1)</script><!-- --> ]]> &amp;&#0; \${7*7} {{7*7}} {0} #{7} <%= 7 %> %s %n %x %00 "'\`, ;`
const SHELL = `'; drop table orders; -- " or 1=1 /* $(reboot) | cat & ^ > x < y ! =1+1 @SUM(A1) +1 -1 $1 \\1 :id ?? ?`
const PRINTERS =
  '^XA^FDx^FS^XZ~JA~DG \u001b@\u001dV\u0001 \u0010\u0014 \u001b%-12345X@PJL \u001bE %!PS %PDF-1.7 %%EOF endobj (a(b ! 0 200'
const NAMES = 'con .. . ./x.pdf;y=1#z?a=b&c=%2e%2e%2f*|:ads ~ __proto__ constructor .pdf'

/**
 * What is put in each place for text at least once in a run. What PostgreSQL cannot hold, and what is too long, is refused: it
 * stands alone, since the rest of a flavour would be hidden behind it.
 */
export const HOSTILE_TEXTS: readonly HostileTexts[] = [
  { flavour: `a ${BIDI} ${UNSEEN} gpj.exe`, alone: ['', ' ', '\u00a0\u3000', '\u202e'] },
  { flavour: `a ${CONTROLS} z`, alone: ['\u0000', 'a\u0000b', '\n', 'a\r\nSet-Cookie: x=y'] },
  { flavour: `a ${NO_CHARACTERS} ${PICTURES}`, alone: ['\ud800', 'a\udfff', '🚚'.repeat(191), '\uffff'] },
  {
    flavour: `${SCRIPTS} e${'\u0301'.repeat(40)}`,
    alone: ['e\u0301'.repeat(40), 'x'.repeat(192), 'x'.repeat(5_000)],
  },
  { flavour: MARKUP, alone: ['"', '{}', 'null', 'NaN', 'true'] },
  { flavour: SHELL, alone: ['%', '_%\\', '\\', '-1', '0', '1.5', '1e3'] },
  {
    flavour: PRINTERS,
    alone: [
      ...['9'.repeat(30), '2147483648', '9223372036854775808', '1e400', '2022-02-30', '10000-01-01'],
      '+275760-09-13T00:00:00Z',
    ],
  },
  {
    flavour: NAMES,
    alone: [
      ...['../../../../etc/passwd', '..', '__proto__', 'constructor', 'data:application/pdf;base64,JVBERi0='],
      ...['00000000-0000-0000-0000-000000000000', 'prnt_job_0000000000000000000000', 'http://[::1'],
    ],
  },
]

/** More of them, for chance alone: they mean what others mean, or a few places only know them. */
export const MORE_HOSTILE_TEXTS: readonly string[] = [
  '\u202egpj.exe',
  '\ufeff',
  '\u2028\u2029',
  '\u001b[31m',
  '\u007f\u0085\u009f',
  '\t',
  '\udc00x',
  '\ud83d\ude00',
  'ﷺ'.repeat(300),
  'x'.repeat(191),
  'ß'.repeat(96),
  '<script>alert(1)</script>',
  '${7*7}',
  "'; drop table orders; --",
  '[]',
  'Infinity',
  'undefined',
  '1',
  ' 1 ',
  '0x10',
  '=1+1',
  '9223372036854775807',
  '-9223372036854775809',
  '0000-01-01',
  '9999-12-31T23:59:59Z',
  '294277-01-01',
  '-271821-04-20T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '2022-02-08T14:59:38+23:59',
  '.',
  'C:\\con',
  'toString',
  '@',
  '*',
  'data:application/pdf;base64,',
  'data:image/png;base64,iVBORw0KGgo=',
  'http://127.0.0.1:1/',
  'https://user:pass@example.com/',
  'file:///etc/passwd',
]

function codesFrom(first: number, last: number): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index))
}
