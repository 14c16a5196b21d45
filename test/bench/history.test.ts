import { expect } from 'chai'
import pg from 'pg'
import { insertHistory, insertQueued } from '../../bench/history.ts'
import { makePdf } from '../helpers/documents.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const JOBS = '/v1/cloud-printing/jobs'

describe('the past that measurements are made with', () => {
  let server: TestServer
  let client: pg.Client

  before(async () => {
    server = await startServer()
    client = new pg.Client(server.env['DATABASE_URL'])
    await client.connect()
  })
  after(async () => {
    await client.end()
    await server.stop()
  })

  it('is one that the product could have left: all that belongs together is there, and lists show it', async () => {
    const rest = createRestClient(server.url, server.credentials.admin.api_key)
    const pdf = await makePdf()
    const { json } = await rest.post(JOBS, {
      location_id: server.credentials.location_id,
      printer_name: 'Front desk',
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
    })
    const templateJobId = json.data.id
    await insertHistory(client, { jobs: 500, templateJobId })
    await insertQueued(client, { jobs: 30, templateJobId, printerIds: [json.data.printer.id] })

    await checkForeignKeys(client)
    const totals = async (query: string) => (await rest.get(`${JOBS}?${query}`)).json.pagination.total_count
    expect(await totals('limit=1')).to.equal(531)
    expect(await totals('status=queued')).to.equal(31)
    expect(await totals('status=completed&created_at[gte]=2000-01-01')).to.equal(
      await totals('status=completed'),
    )
    const [job] = (await rest.get(`${JOBS}?status=completed&limit=1`)).json.data
    expect((await rest.get(`${JOBS}/${job.id}/attempts`)).json.data).to.have.length(1)
    const { rows } = await client.query('select count(*)::integer as count from instructions')
    expect(rows).to.deep.equal([{ count: 500 }])
    const instructions = await server.rpc.call('order_instruction.list', ['history-6'])
    const files = instructions.map(({ file_name }: { file_name: string | null }) => file_name)
    // The ninth and tenth of each ten are notes; this is the 16th to the 18th of all.
    expect(files).to.deep.equal(['label.pdf', 'label.pdf', null])
  })
})

/** They were not looked at while the rows were made: each is made anew, over all rows. */
async function checkForeignKeys(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ relation: string; name: string; definition: string }>(
    `select conrelid::regclass::text as relation, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`,
  )
  expect(rows.length).to.be.above(20)
  for (const { relation, name, definition } of rows) {
    await client.query(
      `begin; alter table ${relation} drop constraint ${name};
       alter table ${relation} add constraint ${name} ${definition}; rollback`,
    )
  }
}
