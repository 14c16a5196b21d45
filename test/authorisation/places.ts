import { SCOPES } from '../../lib/access/scope.ts'
import type { Knex } from 'knex'
import { aPdf } from '../faults/floor.ts'
import { eventually } from '../helpers/eventually.ts'
import type { RestClient } from '../helpers/rest-client.ts'
import type { Place } from './rest-rules.ts'

/** A new location with one of everything that can be at one; `mark` is in every name, and so in whatever tells of it. */
export async function furnish(admin: RestClient, db: Knex, mark: string): Promise<Place> {
  const create = async (path: string, body: object, as: RestClient = admin) => {
    const { status, json, text } = await as.post(path, body)
    if (status !== 201) throw new Error(`POST ${path}: ${text}`)
    return json.data
  }
  const location = (await create('/v1/locations', { name: mark })).id
  const limited = await create('/v1/api-keys', { name: mark, scopes: SCOPES, limit_to_location: location })
  const own = admin.as(limited.api_key)
  const webhook = await create(
    '/v1/webhooks',
    { url: `https://${mark}.invalid/hook`, topics: ['cloud_printing.job.created'] },
    own,
  )
  const station = await create('/v1/cloud-printing/stations', {
    name: mark,
    location_id: location,
    printers: [{ name: mark }],
  })
  const closed = await create('/v1/cloud-printing/stations', {
    name: `${mark} closed`,
    location_id: location,
    allow_all_users: false,
    allowed_users: [limited.id],
  })
  const job = await create('/v1/cloud-printing/jobs', {
    location_id: location,
    name: mark,
    data: `data:application/pdf;base64,${aPdf(mark).toString('base64')}`,
  })
  const user = await create('/v1/users', { username: mark, role: 'packer', location_id: location })
  const merchant = await create('/v1/merchants', { name: mark })
  const delivery = await eventually('the webhook was tried', async () => {
    const { json } = await own.get(`/v1/webhooks/${webhook.id}/deliveries`)
    return json.data.find(({ attempts }: { attempts: unknown[] }) => attempts.length > 0)
  })
  // No further attempt by itself: who compares the tables would see it.
  await db('webhook_deliveries')
    .where({ delivery_id: delivery.id })
    .update({ status: 'failed', next_attempt_at: null })
  return {
    location,
    key: limited.id,
    user: user.id,
    merchant: merchant.id,
    station: station.id,
    closedStation: closed.id,
    printer: station.printers[0].id,
    job: job.id,
    webhook: webhook.id,
    delivery: delivery.id,
  }
}
