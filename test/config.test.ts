import { expect } from 'chai'
import { ConfigError, readConfig } from '../lib/config.ts'

type Pick = (config: ReturnType<typeof readConfig>) => unknown

interface Variable {
  readonly name: string
  readonly pick: Pick
  readonly byDefault: unknown
  readonly good: readonly (readonly [text: string, value: unknown])[]
  readonly bad: readonly string[]
}

const HOUR_MS = 3_600_000

/** The table of contracts/running.md, "Environment". */
const VARIABLES: readonly Variable[] = [
  {
    name: 'HOST',
    pick: ({ http }) => http.host,
    byDefault: '127.0.0.1',
    good: [
      ['0.0.0.0', '0.0.0.0'],
      ['::1', '::1'],
      ['packhouse.lan', 'packhouse.lan'],
    ],
    bad: ['http://x', 'a b', '-x', '[::1]'],
  },
  {
    name: 'PORT',
    pick: ({ http }) => http.port,
    byDefault: 8080,
    good: [
      ['0', 0],
      [' 65535 ', 65_535],
    ],
    bad: ['65536', '-1', '80.5', '0x50', 'http', '1e3'],
  },
  {
    name: 'BASE_PATH',
    pick: ({ http }) => http.basePath,
    byDefault: '',
    good: [
      ['/', ''],
      ['/tenant', '/tenant'],
      ['/a/b-c_d.e~f/', '/a/b-c_d.e~f'],
    ],
    bad: ['tenant', '/a//b', '/a?b', '/a b', '/:id', '/a/*'],
  },
  {
    name: 'TRUST_PROXY',
    pick: ({ http }) => http.trustProxy,
    byDefault: [],
    good: [
      ['10.0.0.1', ['10.0.0.1']],
      ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
      ['fd00::/8', ['fd00::/8']],
    ],
    bad: ['proxy.lan', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.0/8/8', '10.0.0.1,,', 'fe80::1%eth0', 'true'],
  },
  {
    name: 'PUBLIC_URL',
    pick: ({ http }) => http.publicUrl,
    byDefault: null,
    good: [
      ['https://wms.example.com/', 'https://wms.example.com'],
      ['http://10.0.0.1:8080/t', 'http://10.0.0.1:8080/t'],
    ],
    bad: ['wms.example.com', 'ftp://x', 'https://x?a=b', 'https://x#a', 'https://user:swordfish@x'],
  },
  {
    name: 'DATABASE_URL',
    pick: ({ databaseUrl }) => databaseUrl,
    byDefault: null,
    good: [
      ['postgres://u:p@h:5432/d', 'postgres://u:p@h:5432/d'],
      ['postgresql://h/d', 'postgresql://h/d'],
    ],
    bad: [
      'mysql://root:swordfish@h/d',
      'swordfish',
      'postgres://u:swordfish@h:99999/d',
      'postgres://u:swordfish/@h/d',
    ],
  },
  {
    name: 'DATABASE_POOL_MAX',
    pick: ({ databasePoolMax }) => databasePoolMax,
    byDefault: 20,
    good: [
      ['10', 10],
      ['100', 100],
    ],
    bad: ['9', '101', '0', 'many'],
  },
  {
    name: 'DATA_DIR',
    pick: ({ dataDir }) => dataDir,
    byDefault: null,
    good: [['/var/lib/x', '/var/lib/x']],
    bad: [],
  },
  {
    name: 'DEMO',
    pick: ({ isDemo }) => isDemo,
    byDefault: true,
    good: [
      ['false', false],
      ['TRUE', true],
    ],
    bad: ['1', 'yes', 'on'],
  },
  {
    name: 'ADMIN_API_KEY',
    pick: ({ adminApiKey }) => adminApiKey,
    byDefault: null,
    good: [['correct-horse-battery', 'correct-horse-battery']],
    bad: ['swrdfsh', 'swordfish swordfish', 'swordfishé'],
  },
  {
    name: 'EGRESS_ALLOW',
    pick: ({ egressAllow }) => egressAllow.names.length + egressAllow.networks.length,
    byDefault: 0,
    good: [['10.0.0.0/8,labels.lan:9100', 2]],
    bad: ['10.0.0.0/33', 'a b', 'x/y', 'http://foo/'],
  },
  {
    name: 'PRINTER_PORTS',
    pick: ({ printerPorts }) => printerPorts,
    byDefault: [
      { first: 443, last: 443 },
      { first: 515, last: 515 },
      { first: 631, last: 631 },
      { first: 9100, last: 9109 },
    ],
    good: [['9100', [{ first: 9100, last: 9100 }]]],
    bad: ['0', '9109-9100', '65536', 'ipp', '9100-'],
  },
  {
    name: 'THERMAL_PORT',
    pick: ({ thermal }) => thermal.port,
    byDefault: null,
    good: [['7000', 7000]],
    bad: ['0', '70000', 'yes'],
  },
  {
    name: 'THERMAL_ORIGINS',
    pick: ({ thermal }) => thermal.origins,
    byDefault: [],
    good: [
      [
        'https://pos.example.com, http://localhost:3000',
        ['https://pos.example.com', 'http://localhost:3000'],
      ],
    ],
    bad: ['*', 'pos.example.com', 'https://pos.example.com/', 'null', 'file:///x'],
  },
  {
    name: 'SESSION_TTL_HOURS',
    pick: ({ sessionTtlMs }) => sessionTtlMs,
    byDefault: 24 * HOUR_MS,
    good: [
      ['1', HOUR_MS],
      ['0.5', HOUR_MS / 2],
      ['87600', 87_600 * HOUR_MS],
    ],
    bad: ['0', '-1', '1d', '1e9', '87601', 'NaN'],
  },
  ...(
    [
      ['RPC_RATE_LIMIT', ({ rpcLimits }) => rpcLimits.requestsPerSecond, 10],
      ['RPC_RATE_BURST', ({ rpcLimits }) => rpcLimits.burst, 60],
      ['RPC_CONCURRENCY', ({ rpcLimits }) => rpcLimits.concurrency, 5],
      ['REST_RATE_LIMIT', ({ restLimits }) => restLimits.requestsPerSecond, 20],
      ['REST_RATE_BURST', ({ restLimits }) => restLimits.burst, 100],
    ] as readonly (readonly [string, Pick, number])[]
  ).map(([name, pick, byDefault]) => ({
    name,
    pick,
    byDefault,
    good: [
      ['0', 0],
      ['7', 7],
    ] as const,
    bad: ['-1', '1.5', 'off', '1000001'],
  })),
  {
    name: 'REQUIRE_PAPER_SIZE',
    pick: ({ isPaperSizeRequired }) => isPaperSizeRequired,
    byDefault: false,
    good: [['true', true]],
    bad: ['1'],
  },
  {
    name: 'LOG_LEVEL',
    pick: ({ logLevel }) => logLevel,
    byDefault: 'info',
    good: [
      ['debug', 'debug'],
      ['SILENT', 'silent'],
    ],
    bad: ['verbose', '30'],
  },
]

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
  return []
}

describe('configuration', () => {
  for (const { name, pick, byDefault, good, bad } of VARIABLES) {
    it(`reads ${name}, whose default is ${JSON.stringify(byDefault)}`, () => {
      expect(pick(readConfig({}))).to.deep.equal(byDefault)
      expect(pick(readConfig({ [name]: '  ' })), 'blank').to.deep.equal(byDefault)
      for (const [text, value] of good) expect(pick(readConfig({ [name]: text })), text).to.deep.equal(value)
      for (const text of bad) {
        const [mistake, ...others] = mistakesOf({ [name]: text })
        expect(mistake, text).to.match(new RegExp(`^${name} (must|")`))
        expect(others, text).to.deep.equal([])
      }
    })
  }

  it('seeds no demo workspace into a real server unless it is told to', () => {
    expect(readConfig({ DATABASE_URL: 'postgres://h/d' }).isDemo).to.equal(false)
    expect(readConfig({ DATABASE_URL: 'postgres://h/d', DEMO: 'true' }).isDemo).to.equal(true)
  })

  it('says of a database URL what is wrong with it, not that it starts wrongly', () => {
    const mistakeOf = (url: string) => mistakesOf({ DATABASE_URL: url }).join()
    expect(mistakeOf('postgres://u:p@host:99999/x')).to.equal('DATABASE_URL must have a port from 1 to 65535')
    expect(mistakeOf('postgres://[::1]:70000?a=b')).to.contain('port')
    expect(mistakeOf('postgres://u:p:99999@h:x/d')).to.contain('must look like postgres://user:')
    expect(mistakeOf('mysql://h/d')).to.contain('starts with postgres://')
  })

  it('reports every mistake at once', () => {
    const withMistakes = VARIABLES.filter(({ bad }) => bad.length > 0)
    const environment = Object.fromEntries(withMistakes.map(({ name, bad }) => [name, bad[0] ?? '']))
    const named = mistakesOf(environment).map((mistake) => mistake.split(' ')[0])
    expect(named).to.have.members(withMistakes.map(({ name }) => name))
  })

  it('repeats no secret', () => {
    for (const name of ['DATABASE_URL', 'ADMIN_API_KEY', 'PUBLIC_URL']) {
      const { bad = [] } = VARIABLES.find((variable) => variable.name === name) ?? {}
      for (const text of bad)
        expect(mistakesOf({ [name]: text }).join(), name).not.to.match(/swordfish|swrdfsh/)
    }
  })
})
