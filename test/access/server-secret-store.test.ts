import { expect } from 'chai'
import { getServerSecret } from '../../lib/access/server-secret-store.ts'
import { createDatabase } from '../../lib/db/database.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'

describe('server secrets', () => {
  let database: TestDatabase

  before(async () => {
    database = await cloneDatabase()
  })
  after(() => database.drop())

  it('are 32 bytes, made once per name and the same ever after', async () => {
    const secret = await getServerSecret(database.db, 'links')
    expect(secret).to.have.length(32)
    expect(await getServerSecret(database.db, 'links')).to.deep.equal(secret)
    expect(await getServerSecret(database.db, 'fingerprints')).not.to.deep.equal(secret)
  })

  it('are the same in processes that make them at once', async () => {
    const other = createDatabase({ connectionString: database.url })
    try {
      const asked = Array.from({ length: 8 }, (_, n) => getServerSecret(n % 2 ? database.db : other, 'race'))
      const secrets = await Promise.all(asked)
      expect(new Set(secrets.map((secret) => secret.toString('hex')))).to.have.property('size', 1)
    } finally {
      await other.destroy()
    }
  })
})
