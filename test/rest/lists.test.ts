import { expect } from 'chai'
import type { RestClient } from '../helpers/rest-client.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

const START = Date.parse('2026-01-01T00:00:00.000Z')
const COUNT = 45

describe('REST lists', () => {
  let workspace: RestWorkspace
  let admin: RestClient

  /** Merchants m00 to m44, three at each second, each changed the later the earlier it was made. */
  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
    await workspace.server.db.raw(
      `insert into merchants (merchant_id, name, created_at, updated_at)
       select 'mrch_' || n, 'm' || lpad(n::text, 2, '0'),
         to_timestamp(:start / 1000.0) + (n / 3) * interval '1 second',
         to_timestamp(:start / 1000.0) + interval '1 day' - n * interval '1 second'
       from generate_series(0, :last) as n`,
      { start: START, last: COUNT - 1 },
    )
    await workspace.server
      .db('merchants')
      .whereLike('name', 'demo%')
      .update({
        created_at: new Date(START - 86_400_000),
        updated_at: new Date(START - 86_400_000),
      })
  })
  after(() => workspace.stop())

  async function names(query: string): Promise<string[]> {
    const { status, json } = await admin.get(`/v1/merchants?${query}`)
    expect(status, JSON.stringify(json.errors)).to.equal(200)
    return json.data.map(({ name }: { name: string }) => name)
  }
  const made = (from: number, to: number): string[] =>
    Array.from({ length: Math.abs(to - from) + 1 }, (_, n) => from + (to < from ? -n : n)).map(
      (n) => `m${String(n).padStart(2, '0')}`,
    )

  it('show the newest 20 first unless asked otherwise', async () => {
    expect(await names('')).to.deep.equal(made(44, 25))
    const { json } = await admin.get('/v1/merchants')
    expect(json.pagination).to.deep.equal({ page: 1, limit: 20, has_more: true, total_count: COUNT + 2 })
  })

  it('order equal times by creation, either way', async () => {
    expect(await names('direction=asc&limit=7&created_at[gte]=2026-01-01')).to.deep.equal(made(0, 6))
    expect(await names('direction=desc&limit=7')).to.deep.equal(made(44, 38))
  })

  it('order by the last change', async () => {
    expect(await names('order_by=updated_at&limit=3')).to.deep.equal(made(0, 2))
    expect(await names('order_by=updated_at&direction=asc&limit=3&updated_at[gte]=2026-01-01')).to.deep.equal(
      made(44, 42),
    )
  })

  it('say exactly whether there is more, at a full last page too', async () => {
    const page = async (query: string) => (await admin.get(`/v1/merchants?${query}`)).json
    const within = 'created_at[gte]=2026-01-01&limit=15'
    expect((await page(`${within}&page=2`)).pagination).to.include({ has_more: true, total_count: 45 })
    expect((await page(`${within}&page=3`)).pagination).to.include({ has_more: false, total_count: 45 })
    const past = await page(`${within}&page=4`)
    expect(past.data).to.deep.equal([])
    expect(past.pagination).to.deep.equal({ page: 4, limit: 15, has_more: false, total_count: 45 })
    expect((await page('page=9007199254740991')).data).to.deep.equal([])
  })

  it('take bounds that are inclusive, brackets raw or percent-encoded', async () => {
    const from = 'created_at[gte]=2026-01-01T00:00:01Z'
    const to = 'created_at%5Blte%5D=2026-01-01T00:00:02.000Z'
    expect(await names(`${from}&${to}&direction=asc`)).to.deep.equal(made(3, 8))
    expect(await names(`${from}&created_at[lte]=2026-01-01T00:00:00.999Z`)).to.deep.equal([])
    expect(await names('updated_at[lte]=2026-01-01T23:59:16&updated_at[gte]=2026-01-01')).to.deep.equal([
      'm44',
    ])
  })

  const sameInstant = [
    '2026-01-01T00:00:14.000Z',
    '2026-01-01T00:00:14Z',
    '2026-01-01T00:00:14',
    '2026-01-01T00:00:14.0001',
    '2026-01-01T02:00:14+02:00',
    '2026-01-01T02:00:14%2B0200',
    '2025-12-31T19:00:14-05',
    String(START / 1000 + 14),
  ]
  for (const instant of sameInstant) {
    it(`take ${instant} as a date`, async () => {
      expect(await names(`created_at[gte]=${instant}`)).to.deep.equal(made(44, 42))
    })
  }

  it('take a date alone for its first UTC instant', async () => {
    expect(await names('created_at[lte]=2026-01-01&created_at[gte]=2026-01-01')).to.deep.equal(made(2, 0))
  })

  const refused: readonly [string, string][] = [
    ['page=0', 'page must be >= 1'],
    ['page=9007199254740992', 'page must be <= 9007199254740991'],
    ['page=1.5', 'page must be a whole number'],
    ['page=-1', 'page must be a whole number'],
    ['page=', 'page must be a whole number'],
    ['limit=0', 'limit must be >= 1'],
    ['limit=101', 'limit must be <= 100'],
    ['limit=ten', 'limit must be a whole number'],
    ['order_by=name', 'order_by must be one of created_at or updated_at'],
    ['direction=up', 'direction must be one of asc or desc'],
    ['created_at[gte]=2026-02-30', 'created_at[gte] must be a date in ISO 8601 or whole epoch seconds'],
    ['updated_at[lte]=', 'updated_at[lte] must be a date in ISO 8601 or whole epoch seconds'],
    [
      'created_at[lte]=2026-01-01T25:00:00Z',
      'created_at[lte] must be a date in ISO 8601 or whole epoch seconds',
    ],
    ['page=1&page=2', 'page must be given once'],
  ]
  for (const [query, error] of refused) {
    it(`refuse ${query}`, async () => {
      const { status, json } = await admin.get(`/v1/merchants?${query}`)
      expect([status, json.code, json.errors]).to.deep.equal([400, 'validation_error', [error]])
    })
  }

  it('name every failing parameter at once, and ignore unknown ones', async () => {
    const { json } = await admin.get('/v1/merchants?page=0&limit=0&direction=x&other=%00&created_at[gt]=x')
    expect(json.errors).to.have.length(3)
    expect(await names('other=1&__proto__=x&limit=1')).to.have.length(1)
  })

  for (const query of ['direction=asc&', 'direction=desc&created_at[lte]=2026-06-01&']) {
    it(`show everything once to who walks with ${query.replace(/&$/, '')} while others are added`, async () => {
      const seen: string[] = []
      for (let page = 1, hasMore = true; hasMore; page += 1) {
        const { json } = await admin.get(
          `/v1/merchants?${query}created_at[gte]=2026-01-01&limit=4&page=${page}`,
        )
        seen.push(...json.data.map(({ name }: { name: string }) => name))
        hasMore = json.pagination.has_more
        if (page <= 8) await workspace.newMerchant()
      }
      expect(seen.filter((name) => /^m\d\d$/.test(name)).sort()).to.deep.equal(made(0, 44))
      expect(new Set(seen)).to.have.property('size', seen.length)
    })
  }
})
