/**
 * What a warehouse leaves behind that prints ten thousand papers a day: as many jobs as are asked for, all of them over, and as
 * many instructions, with their orders, packages, confirmations, ledger and the events of the last 14 days. Made by SQL, as
 * copies of one job that came by the front door, so that routing and options are as long as real ones.
 */
import type pg from 'pg'

/** Eight instructions of ten have a file that was printed, the others are notes; as many jobs came by the REST API. */
const PAPERS_OF_TEN = 8
const INSTRUCTIONS_PER_ORDER = 3
const PAPERS_PER_DAY = 10_000
const EVENT_DAYS = 14
const MERCHANTS = 20

const ADDRESS = JSON.stringify({
  firstname: 'Margarethe',
  lastname: 'Schmidt-Rottluff',
  street1: 'Lindenallee 1234',
  city: 'Frankfurt am Main',
  postcode: '60311',
  country: 'DE',
  telephone: '+49 69 1234567',
  email: 'margarethe@example.com',
})

const TABLES = [
  'orders',
  'order_items',
  'shipments',
  'packages',
  'documents',
  'instructions',
  'instruction_revisions',
  'confirmations',
  'print_jobs',
  'print_attempts',
  'event_sequences',
  'events',
]

/** `templateJobId`: the job that the others are copies of. `client` must be the superuser of an empty workspace. */
export async function insertHistory(
  client: pg.Client,
  { jobs, templateJobId }: { jobs: number; templateJobId: string },
): Promise<void> {
  // Foreign keys hold by construction; checking four million of them takes longer than making the rows.
  await client.query(
    `set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '256MB'`,
  )
  const indexes = await dropIndexes(client)
  await client.query(`create temporary table made as select n,
      clock_timestamp() - (${jobs} - n) * interval '1 day' / ${PAPERS_PER_DAY} as at,
      n % 10 < ${PAPERS_OF_TEN} as is_paper,
      case when n % 100 < 97 then 'completed' when n % 100 < 99 then 'failed' else 'canceled' end as status
    from generate_series(1, ${jobs}) as n`)
  await insertOrders(client, jobs)
  await insertInstructions(client)
  await insertJobs(client, templateJobId)
  await insertEvents(client, jobs)
  await countJobs(client)
  for (const definition of indexes) await client.query(definition)
  await client.query(
    `drop table made; reset session_replication_role; reset synchronous_commit; reset maintenance_work_mem`,
  )
  await client.query(`vacuum analyze`)
  await client.query('checkpoint')
}

/** Indexes are built faster than they are kept. Those of constraints stay. */
async function dropIndexes(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where indrelid = any($1::text[]::regclass[]) and not exists
       (select from pg_constraint where conindid = indexrelid)`,
    [TABLES],
  )
  await client.query(`drop index ${rows.map(({ name }) => name).join(', ')}`)
  return rows.map(({ definition }) => definition)
}

/** An order of three instructions has one package, each sixth one two. Half of them are the demo merchant's. */
async function insertOrders(client: pg.Client, jobs: number): Promise<void> {
  const orders = Math.ceil(jobs / INSTRUCTIONS_PER_ORDER)
  await client.query(`
    insert into merchants (merchant_id, name) select 'mrch_history' || n, 'Merchant ' || n from generate_series(1, ${MERCHANTS}) as n;
    create temporary table made_orders as
      select nextval(pg_get_serial_sequence('orders', 'order_id')) as order_id, n,
        clock_timestamp() - (${orders} - n) * interval '1 day' * ${jobs / orders} / ${PAPERS_PER_DAY} as at
      from generate_series(1, ${orders}) as n;
    insert into orders (order_id, unique_id, merchant_id, order_ref, state, store_code, shipping_method, shipping_address,
        total_item_count, created_by, created_at, updated_at)
      overriding system value
      select order_id, 'history-' || n, case when n % 2 = 0 then demo.merchant_id else 'mrch_history' || 1 + n % ${MERCHANTS} end,
        'PO-' || n, case when n % 50 = 1 then 'canceled' else 'complete' end, (array['web', 'shop', 'phone'])[n % 3 + 1],
        (array['ups', 'dhl'])[n % 2 + 1], '${ADDRESS}', 3, 'usr_history', at, at + interval '2 h'
      from made_orders cross join (select merchant_id from merchants where name = 'demo') as demo;
    insert into order_items (order_id, sku, qty)
      select order_id, 'SKU-' || (n * 7 + item) % 5000, item from made_orders cross join generate_series(1, 2) as item;
    insert into shipments (shipment_id, order_id, location_id, warehouse_id, status, created_at, updated_at, packed_at)
      select 'history-' || n || '-s', order_id, location_id, warehouse_id, 'packed', at, at + interval '2 h', at + interval '2 h'
      from made_orders cross join (select * from locations limit 1) as locations;
    insert into packages (package_id, shipment_id, position, status, tracking_number, created_at, updated_at, packed_at)
      select 'history-' || n || '-s-' || package, 'history-' || n || '-s', package, 'packed', 'TRK' || n || package,
        at, at + interval '2 h', at + interval '2 h'
      from made_orders cross join generate_series(1, 2) as package where package = 1 or n % 6 = 0;`)
}

/** A paper has a file of its own, whose bytes were removed after their retention. Each is confirmed once. */
async function insertInstructions(client: pg.Client): Promise<void> {
  await client.query(`
    create temporary table made_instructions as
      select made.n, made.at, made_orders.order_id, made_orders.n as order_number,
        nextval(pg_get_serial_sequence('instructions', 'instruction_id')) as instruction_id,
        nextval(pg_get_serial_sequence('confirmations', 'confirmation_id')) as confirmation_id,
        case when is_paper then 'doc_' || substr(md5('d' || made.n), 1, 22) end as document_id
      from made join made_orders on made_orders.n = (made.n - 1) / ${INSTRUCTIONS_PER_ORDER} + 1
      order by made.n;
    insert into documents (document_id, sha256, media_type, size_bytes, page_count, first_page_width_pt, first_page_height_pt,
        is_encrypted, created_at, removed_at)
      select document_id, sha256(document_id::bytea), 'application/pdf', 50000, 1, 288, 432, false, at, at + interval '1 day'
      from made_instructions where document_id is not null;
    insert into instructions (instruction_id, order_id, file_name, presentation, print_target, is_print_target_inferred,
        created_by, created_at, updated_at)
      overriding system value
      select instruction_id, order_id, case when document_id is not null then 'label.pdf' end, 'once_per_order',
        case when document_id is not null then 'LABEL' end, document_id is not null, 'usr_history', at, at
      from made_instructions;
    insert into instruction_revisions (instruction_id, revision, note, document_id, created_by, created_at)
      select instruction_id, 1, 'Place the label in a pouch', document_id, 'usr_history', at from made_instructions;
    insert into confirmations (confirmation_id, instruction_id, occurrence, revision, package_id, user_id, confirmed_by, confirmed_at)
      overriding system value
      select confirmation_id, instruction_id, 'order:' || order_id, 1, 'history-' || order_number || '-s-1', users.user_id,
        'packer', at
      from made_instructions cross join (select user_id from users where role = 'packer' limit 1) as users;`)
}

async function insertJobs(client: pg.Client, templateJobId: string): Promise<void> {
  await client.query(
    `create temporary table made_jobs as
       select made.n, made.at, made.status, 'prnt_job_' || substr(md5('j' || made.n), 1, 22) as job_id,
         papers.instruction_id, papers.confirmation_id, papers.document_id, orders.merchant_id,
         orders.unique_id, printers.printer_id, printers.station_id,
         nextval(pg_get_serial_sequence('print_jobs', 'queue_position')) as queue_position
       from made
       join (select printer_id, station_id, row_number() over (order by printer_id) - 1 as rank, count(*) over () as count
             from printers) as printers on printers.rank = made.n % printers.count
       left join (select * from made_instructions where document_id is not null) as papers using (n) left join orders using (order_id)
       order by made.n;
     insert into print_jobs (job_id, queue_position, name, status, reason, document_id, location_id, station_id, printer_id,
         print_target, resource_type, resource_id, copies, user_name, merchant_id, instruction_id, confirmation_id, routing,
         created_by, updated_by, created_at, updated_at, expires_at)
       overriding system value
       select made_jobs.job_id, made_jobs.queue_position, template.name, made_jobs.status,
         case when made_jobs.status = 'failed' then 'aborted-by-system: the printer refused it' end,
         coalesce(made_jobs.document_id, template.document_id), template.location_id, made_jobs.station_id,
         made_jobs.printer_id, 'LABEL', 'shipment', 'history-' || made_jobs.n || '-s', 1, template.user_name,
         made_jobs.merchant_id, made_jobs.instruction_id, made_jobs.confirmation_id, template.routing, template.created_by,
         template.updated_by, made_jobs.at, made_jobs.at + interval '2 s', made_jobs.at + interval '14 days'
       from made_jobs cross join (select * from print_jobs where job_id = '${templateJobId}') as template;
     insert into print_attempts (job_id, attempt, printer_id, process_number, fence, started_at, sending_at, ended_at,
         bytes_offered, bytes_written, outcome, detail)
       select job_id, attempt, printer_id, 1, n, at, at, at + interval '1 s', 50000, 50000,
         case when status = 'completed' and attempt > n % 50 / 49 then 'sent' else 'not_sent' end, 'accepted by the printer'
       from made_jobs cross join generate_series(1, 2) as attempt
       where status <> 'canceled' and (attempt = 1 or n % 50 = 49);`,
  )
}

/** Created, processing, completed; and one for each confirmation. Their last numbers are kept for ever. */
async function insertEvents(client: pg.Client, jobs: number): Promise<void> {
  const first = Math.max(1, jobs - EVENT_DAYS * PAPERS_PER_DAY)
  await client.query(`
    insert into event_sequences (resource_type, resource_id, last_sequence) select 'print_job', job_id, 3 from made_jobs;
    insert into event_sequences (resource_type, resource_id, last_sequence)
      select 'order_instruction', instruction_id::text, 2 from made_instructions;
    insert into events (event_id, type, resource_type, resource_id, sequence, location_id, merchant_id, data,
        created_at, stream_position)
      select 'evt_' || substr(md5('e' || n || '-' || step), 1, 22),
        'cloud_printing.job.' || (array['created', 'processing', 'completed'])[step], 'print_job', job_id, step, locations.location_id,
        merchant_id, jsonb_build_object('job', job_id, 'filler', repeat('x', 400)), at + step * interval '1 s',
        last_stream_position + row_number() over (order by n, step)
      from made_jobs cross join generate_series(1, 3) as step cross join (select location_id from locations limit 1) as locations
        cross join event_publication
      where n >= ${first} order by n, step;
    insert into events (event_id, type, resource_type, resource_id, sequence, data, created_at,
        stream_position)
      select 'evt_' || substr(md5('i' || n), 1, 22), 'order_instruction.confirmed', 'order_instruction', instruction_id::text, 2,
        jsonb_build_object('instruction', instruction_id, 'filler', repeat('x', 400)), at, last + row_number() over (order by n)
      from made_instructions cross join (select max(stream_position) as last from events) as published
      where n >= ${first} order by n;
    update event_publication set last_stream_position = (select max(stream_position) from events);
    drop table made_jobs, made_instructions, made_orders;`)
}

/** As the triggers would have, which were off. */
async function countJobs(client: pg.Client): Promise<void> {
  await client.query(`
    delete from print_job_counts;
    insert into print_job_counts (location_id, merchant_id, station_id, printer_id, status, jobs)
      select location_id, merchant_id, station_id, printer_id, status, count(*) from print_jobs
      group by location_id, merchant_id, station_id, printer_id, status`)
}

/** Of the printers with these ids, in turn; what the queue of a busy floor looks like. With all triggers. */
export async function insertQueued(
  client: pg.Client,
  { jobs, templateJobId, printerIds }: { jobs: number; templateJobId: string; printerIds: readonly string[] },
): Promise<void> {
  await client.query(
    `insert into print_jobs (job_id, name, document_id, location_id, station_id, printer_id, print_target, user_name, routing,
       created_by, updated_by, created_at, updated_at, expires_at)
     select 'prnt_job_' || substr(md5(gen_random_uuid()::text), 1, 22), template.name, template.document_id, template.location_id,
       printers.station_id, printers.printer_id, 'LABEL', template.user_name, template.routing, template.created_by,
       template.updated_by, clock_timestamp(), clock_timestamp(), clock_timestamp() + interval '14 days'
     from generate_series(1, $1::integer) as n
     join printers on printers.printer_id = ($3::uuid[])[1 + n % array_length($3::uuid[], 1)]
     cross join (select * from print_jobs where job_id = $2) as template
     order by n`,
    [jobs, templateJobId, printerIds],
  )
}
