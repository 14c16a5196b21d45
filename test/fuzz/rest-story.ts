import { OTHER_PATHS, REST_RULES } from '../authorisation/rest-rules.ts'
import type { Json, Step } from './story-step.ts'

/** `keeper`: a key of one location with every scope; `page`: the supervisor of the story, signed in on a page. */
export type RestActor = 'admin' | 'keeper' | 'page' | 'nobody'
export type RestStep = Step<RestActor>

interface Asked {
  /** What stands in the path, in its order. */
  readonly ids?: readonly string[]
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: object
}

type Making = Pick<RestStep, 'makes' | 'until'>

const by =
  (who: RestActor) =>
  (method: string, { ids = [], query = {}, body }: Asked = {}, making: Making = {}): RestStep => ({
    who,
    method,
    args: [ids, query, ...(body ? [body] : [])],
    ...making,
  })
const admin = by('admin')
const keeper = by('keeper')
const page = by('page')
const nobody = by('nobody')

const made = (...makes: NonNullable<RestStep['makes']>): Making => ({ makes })
const id = ({ data }: Json) => data.id
const linkOf = ({ data }: Json) => new URL(data.data_url)

/** Of a connection: no answer tells it. */
export const PASSWORD = 'pass-word-of-a-printer'
const NOBODYS_PRINTER = { type: 'ipp', uri: 'ipp://127.0.0.1:631/ipp/print' }
/** What the answer that makes it tells, and no other. */
export const SECRETS = ['key-secret', 'user-key', 'webhook-secret'] as const

const JOBS = '/v1/cloud-printing/jobs'
const STATIONS = '/v1/cloud-printing/stations'
const PRINTERS = '/v1/cloud-printing/printers'
const TEMPLATES = '/v1/thermal/templates'
/** A query is texts, numbers of it too. */
const LIST = {
  ...{ page: '1', limit: '5', order_by: 'updated_at', direction: 'asc' },
  ...{ 'created_at[gte]': '2022-01-01', 'created_at[lte]': '2999-01-01' },
  ...{ 'updated_at[gte]': '2022-01-01', 'updated_at[lte]': '2999-01-01' },
}
const A_JOB = {
  location_id: '@location',
  print_station_id: '@station',
  printer_name: 'Shelf',
  name: '@name',
  data: 'data:application/pdf;base64,@pdf',
}

/** What the later steps are about. */
export const FIRST: readonly RestStep[] = [
  admin(
    'POST /v1/locations',
    { body: { name: '@name', code: '@name', locale: 'es-CO' } },
    made(['hall', id]),
  ),
  admin('POST /v1/merchants', { body: { name: '@name' } }, made(['merchant', id])),
  keeper(
    'POST /v1/api-keys',
    { body: { name: '@name', scopes: ['print_jobs:write', 'users:read'], limit_to_location: '@location' } },
    made(['key', id], ['key-secret', ({ data }) => data.api_key]),
  ),
  keeper(
    'POST /v1/users',
    { body: { username: '@name', role: 'supervisor', location_id: '@location' } },
    made(['user', id], ['user-key', ({ data }) => data.api_key]),
  ),
  keeper(
    `POST ${STATIONS}`,
    {
      body: {
        name: '@name',
        location_id: '@location',
        display_name: 'Front',
        printers: [
          { name: 'Shelf', page_size: { letter: true }, configuration: { dpi: '300' } },
          { name: 'Desk', page_size: { letter: true, a4: true } },
          { name: 'Wall', page_size: { label_4x6: true }, connection: { type: 'virtual' } },
          { name: 'Door', connection: { ...NOBODYS_PRINTER, username: 'packhouse', password: PASSWORD } },
        ],
      },
    },
    made(
      ['station', id],
      ['printer', ({ data }) => data.printers[0].id],
      ['printer-2', ({ data }) => data.printers[1].id],
    ),
  ),
  keeper(
    'POST /v1/webhooks',
    {
      body: {
        url: 'https://@name.invalid/hook',
        topics: ['cloud_printing.job.created'],
        headers: { 'X-One': '1' },
      },
    },
    made(['webhook', id], ['webhook-secret', ({ data }) => data.secret]),
  ),
  keeper(
    `POST ${JOBS}`,
    {
      body: {
        ...A_JOB,
        resource: { type: 'order', id: 'mine', document: 'slip' },
        configuration: { copies: 2, scaling: 1.5, pages_to_print: ['1'], paper_size: 'page_size_letter' },
      },
    },
    made(
      ['job', id],
      ['document', (answer) => linkOf(answer).pathname.split('/').at(-1)],
      ['expires', (answer) => linkOf(answer).searchParams.get('expires')],
      ['signature', (answer) => linkOf(answer).searchParams.get('signature')],
    ),
  ),
]

const READING: readonly RestStep[] = [
  keeper('GET /v1/locations', { query: LIST }),
  admin('GET /v1/locations/:id', { ids: ['@hall'] }),
  keeper('GET /v1/merchants', { query: LIST }),
  admin('GET /v1/merchants/:id', { ids: ['@merchant'] }),
  keeper('GET /v1/api-keys', { query: LIST }),
  keeper('GET /v1/api-keys/:id', { ids: ['@key'] }),
  keeper('GET /v1/users', { query: LIST }),
  keeper('GET /v1/users/:id', { ids: ['@user'] }),
  keeper(`GET ${STATIONS}`, { query: { ...LIST, location_id: '@location', status: 'online' } }),
  keeper(`GET ${STATIONS}/:id`, { ids: ['@station'] }),
  keeper(`GET ${STATIONS}/:id/events`, { ids: ['@station'] }),
  keeper(`GET ${PRINTERS}`, {
    query: { ...LIST, location_id: '@location', print_station_id: '@station', status: 'online' },
  }),
  keeper(`GET ${PRINTERS}/:id`, { ids: ['@printer'] }),
  keeper('GET /v1/webhooks', { query: LIST }),
  keeper('GET /v1/webhooks/:id', { ids: ['@webhook'] }),
  keeper(
    'GET /v1/webhooks/:id/deliveries',
    { ids: ['@webhook'] },
    { until: (answer) => answer?.data?.length > 0, ...made(['delivery', ({ data }) => data[0].id]) },
  ),
  keeper('GET /v1/events', { query: { topics: 'cloud_printing.job.*', location_id: '@location' } }),
  keeper(`GET ${JOBS}`, {
    query: {
      ...LIST,
      ...{ status: 'queued', location_id: '@location', print_station_id: '@station', printer_id: '@printer' },
      ...{ resource_type: 'order', resource_id: 'mine' },
    },
  }),
  keeper(`GET ${JOBS}/:id`, { ids: ['@job'] }),
  keeper(`GET ${JOBS}/:id/routing`, { ids: ['@job'] }),
  keeper(`GET ${JOBS}/:id/preview.png`, { ids: ['@job'], query: { page: '1' } }),
  keeper('GET /v1/cloud-printing/job-statistics', { query: { location_id: '@location' } }),
  admin(`GET ${JOBS}/:id/receipt.png`, { ids: ['@receipt'] }),
  nobody('GET /v1/documents/:id', {
    ids: ['@document'],
    query: { expires: '@expires', signature: '@signature' },
  }),
  ...['/openapi.json', '/docs', '/docs/start.js', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js'].map(
    (path) => nobody(`GET ${path}`),
  ),
  ...['/healthz', '/readyz', '/metrics', '/docs/rpc', '/docs/thermal', '/', '/floor'].map((path) =>
    nobody(`GET ${path}`),
  ),
  nobody('GET /pack', {}, made(['asset', (text) => /\/assets\/([\w.-]+)/.exec(text)?.[1]])),
  nobody('GET /assets/:name', { ids: ['@asset'] }),
]

const WRITING: readonly RestStep[] = [
  admin('POST /v1/locations/:id', {
    ids: ['@hall'],
    body: { name: '@name', code: '@name', locale: 'es-CO', currency: 'COP', time_zone: 'America/Bogota' },
  }),
  admin('POST /v1/merchants/:id', { ids: ['@merchant'], body: { name: '@name again' } }),
  keeper('POST /v1/api-keys/:id', {
    ids: ['@key'],
    body: { name: '@name', scopes: ['print_jobs:read'], expires_at: '2999-12-31' },
  }),
  keeper('POST /v1/users/:id', {
    ids: ['@user'],
    body: { username: '@name', role: 'supervisor', location_id: '@location', disabled: false },
  }),
  keeper('POST /v1/webhooks/:id', {
    ids: ['@webhook'],
    body: { url: 'https://@name.invalid/hook', topics: ['*'], status: 'enabled' },
  }),
  keeper('POST /v1/webhooks/:id/deliveries/:delivery_id/redeliver', { ids: ['@webhook', '@delivery'] }),
  keeper(`POST ${STATIONS}/:id`, {
    ids: ['@station'],
    body: {
      name: '@name',
      display_name: 'Back',
      code: '@name',
      allow_all_users: true,
      configuration: { pooling_enabled: true },
    },
  }),
  keeper(`POST ${PRINTERS}/:id/pause`, { ids: ['@printer'] }),
  keeper(`POST ${PRINTERS}/:id/resume`, { ids: ['@printer'] }),
  keeper(`POST ${PRINTERS}/:id/identify`, { ids: ['@printer'] }),
  keeper(`POST ${PRINTERS}/:id/test-page`, { ids: ['@printer'] }),
  keeper(`POST ${JOBS}/:id/move`, { ids: ['@job'], body: { printer_id: '@printer-2' } }),
  keeper(`GET ${STATIONS}/:id/next`, { ids: ['@station'], query: { wait: '0', printer_id: '@printer-2' } }),
  keeper(`POST ${JOBS}/:id`, { ids: ['@job'], body: { status: 'processing' } }),
  keeper(`POST ${JOBS}/:id`, { ids: ['@job'], body: { status: 'completed' } }),
  keeper(`GET ${JOBS}/:id/attempts`, { ids: ['@job'] }),
  keeper(
    `POST ${JOBS}/:id/reprint`,
    { ids: ['@job'], body: { reason: 'It is smudged' } },
    made(['copy', id]),
  ),
  keeper(`POST ${JOBS}/:id`, { ids: ['@copy'], body: { status: 'canceled', reason: 'Not needed' } }),
  keeper(`POST ${TEMPLATES}`, {
    body: {
      template: {
        DocumentType: '@name',
        Sections: [{ Type: 'Static', Elements: [{ Label: 'Total: ', Source: 'Total', Format: 'Bold' }] }],
      },
    },
  }),
  keeper(`GET ${TEMPLATES}`),
  keeper(`GET ${TEMPLATES}/:document_type`, { ids: ['@name'], query: { version: '1' } }),
  keeper(`POST ${TEMPLATES}/:document_type/preview`, {
    ids: ['@name'],
    body: { Document: { Total: 3.5 }, PaperWidthMm: 58 },
  }),
  keeper(`DELETE ${TEMPLATES}/:document_type`, { ids: ['@name'] }),
  nobody(
    'POST /v1/session',
    { body: { username: '@name', api_key: '@user-key' } },
    made(['cookie', ({ cookie }) => cookie]),
  ),
  page('GET /v1/session'),
  page(`GET ${JOBS}`),
  page('DELETE /v1/session'),
]

/** What ends it: after each of them much is refused. */
const ENDING: readonly RestStep[] = [
  keeper('DELETE /v1/webhooks/:id', { ids: ['@webhook'] }),
  keeper(`DELETE ${STATIONS}/:id`, { ids: ['@station'] }),
  keeper('DELETE /v1/users/:id', { ids: ['@user'] }),
  keeper('DELETE /v1/api-keys/:id', { ids: ['@key'] }),
  admin('DELETE /v1/merchants/:id', { ids: ['@merchant'] }),
  admin('DELETE /v1/locations/:id', { ids: ['@hall'] }),
]

export const LATER: readonly RestStep[] = [...READING, ...WRITING, ...ENDING]

/** Asks the networks of the machine, and is off where the operator doesn't want it. */
const UNTOLD = 'GET /v1/cloud-printing/printers/discover'

/** What the authorisation matrix lists, and the story must have a step for. */
export const ROUTES: readonly string[] = [
  ...Object.keys(REST_RULES).filter((route) => route !== UNTOLD),
  ...OTHER_PATHS.filter((path) => path !== '/api/jsonrpc').map((path) => `GET ${path}`),
]
