import { expect } from 'chai'
import type { Knex } from 'knex'
import { ensureAdminKey } from '../../lib/access/admin-key-service.ts'
import { SCOPES } from '../../lib/access/scope.ts'
import { hashSecret } from '../../lib/access/secret.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'

interface KeyRow {
  readonly key_id: string
  readonly last4: string
  readonly scopes: string[]
  readonly is_from_environment: boolean
}

describe('admin key', () => {
  let database: TestDatabase
  let db: Knex

  beforeEach(async () => {
    database = await cloneDatabase()
    db = database.db
  })
  afterEach(() => database.drop())

  /** The valid key with that secret. */
  async function validKey(apiKey: string): Promise<KeyRow | undefined> {
    const { rows } = await db.raw<{ rows: KeyRow[] }>(
      `select key_id, last4, scopes, is_from_environment from api_keys
       where key_hash = ? and deleted_at is null and (expires_at is null or expires_at > now())`,
      [hashSecret(apiKey)],
    )
    return rows[0]
  }

  it('has every scope there is', () => {
    expect(SCOPES)
      .to.have.length(16)
      .and.include.members(['api_keys:write', 'print_jobs:read', 'thermal:write'])
  })

  it('is generated at the first start, and told that once', async () => {
    const key = await ensureAdminKey(db, null)
    expect(key?.apiKey).to.match(/^[0-9A-Za-z]{40}$/)
    expect(key?.isNew).to.equal(true)
    expect(await validKey(key?.apiKey ?? '')).to.deep.equal({
      key_id: key?.keyId,
      last4: key?.apiKey.slice(-4),
      scopes: SCOPES,
      is_from_environment: false,
    })
    expect(await ensureAdminKey(db, null)).to.equal(null)
  })

  it('is not generated again when somebody deleted every key', async () => {
    await ensureAdminKey(db, null)
    await db.raw('update api_keys set deleted_at = now()')
    expect(await ensureAdminKey(db, null)).to.equal(null)
  })

  it('is the one of the environment, and stays the same key from start to start', async () => {
    const first = await ensureAdminKey(db, 'from-the-environment')
    const second = await ensureAdminKey(db, 'from-the-environment')
    expect(first).to.include({ apiKey: 'from-the-environment', isNew: true })
    expect(second).to.deep.equal({ ...first, isNew: false })
    expect(await validKey('from-the-environment')).to.include({
      key_id: first?.keyId,
      is_from_environment: true,
    })
    expect(await ensureAdminKey(db, null)).to.equal(null)
  })

  it('ends when the environment names another', async () => {
    await ensureAdminKey(db, 'the-old-key')
    await ensureAdminKey(db, 'the-new-key')
    expect(await validKey('the-old-key')).to.equal(undefined)
    expect(await validKey('the-new-key')).to.include({ is_from_environment: true })
    await ensureAdminKey(db, 'the-old-key')
    expect(await validKey('the-old-key')).to.include({ is_from_environment: true })
    expect(await validKey('the-new-key')).to.equal(undefined)
  })

  it('may be a generated one that was narrowed or deleted since', async () => {
    const generated = await ensureAdminKey(db, null)
    await db.raw(`update api_keys set scopes = '{}', deleted_at = now(), expires_at = now()`)
    const key = await ensureAdminKey(db, generated?.apiKey ?? '')
    expect(key).to.deep.equal({ ...generated, isNew: false })
    expect(await validKey(generated?.apiKey ?? '')).to.deep.include({ scopes: SCOPES })
  })
})
