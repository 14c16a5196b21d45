import { type Db, query } from './database.ts'

/** Which part of a list is wanted, and in which order: contracts/cloud-printing.md, section 1, "Lists". */
export interface ListQuery {
  /** From 1. */
  readonly page: number
  readonly limit: number
  readonly orderBy: 'created_at' | 'updated_at'
  readonly direction: 'asc' | 'desc'
  /** Bounds are inclusive; null: none. */
  readonly createdFrom: Date | null
  readonly createdTo: Date | null
  readonly updatedFrom: Date | null
  readonly updatedTo: Date | null
}

export interface ListPage<Item> {
  readonly items: readonly Item[]
  /** Of the whole list, in the same snapshot. */
  readonly totalCount: number
  readonly hasMore: boolean
}

/** The rows to be listed, as one SELECT with its bindings. It answers `created_at`, `updated_at` and `list_position`. */
export interface ListSource {
  readonly sql: string
  readonly bindings: Record<string, unknown>
  /** A SELECT of `total_count`, of all rows of `sql`, that costs less than counting them; it has the same bindings. */
  readonly countSql?: string
  /**
   * A SELECT of `created_at`, `updated_at` and `list_position` of the same rows, that indexes alone can answer: what stands
   * before a page far down is passed over by it.
   */
  readonly keysSql?: string
}

/** Rows before a page that are read whole, which costs less than finding twenty of them again. */
const SKIPPED_WHOLE_MAX = 500

const WITHIN_BOUNDS = `
  where (:createdFrom::timestamptz is null or created_at >= :createdFrom::timestamptz)
    and (:createdTo::timestamptz is null or created_at <= :createdTo::timestamptz)
    and (:updatedFrom::timestamptz is null or updated_at >= :updatedFrom::timestamptz)
    and (:updatedTo::timestamptz is null or updated_at <= :updatedTo::timestamptz)`

/**
 * One statement, so that the page and the count are of one snapshot. The order is total: equal times by
 * `list_position`, which rises with creation. `not materialized` lets the page use an index of the source.
 */
export async function queryListPage<Row extends object>(
  db: Db,
  source: ListSource,
  list: ListQuery,
): Promise<ListPage<Row>> {
  const { page, limit, orderBy, direction } = list
  const offset = Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER)
  const order = `${orderBy} ${direction}, list_position ${direction}`
  const bounds = boundsOf(list)
  const isWhole = Object.values(bounds).every((bound) => bound === null)
  const countSql = (isWhole && source.countSql) || 'select count(*) as total_count from listed'
  const part = `order by ${order} limit :limit::integer offset :offset::bigint`
  const pageSql =
    source.keysSql !== undefined && offset > SKIPPED_WHOLE_MAX
      ? `select listed.* from (select ${orderBy}, list_position from (${source.keysSql}) as narrow ${WITHIN_BOUNDS} ${part}) as keys
           join listed on listed.${orderBy} = keys.${orderBy} and listed.list_position = keys.list_position`
      : `select * from listed ${part}`
  const rows = await query<Row & { total_count: string; list_position: string | null }>(
    db,
    `with listed as not materialized (select * from (${source.sql}) as source ${WITHIN_BOUNDS})
     select page.*, counted.total_count
     from (${countSql}) as counted left join (${pageSql}) as page on true
     order by ${order}`,
    { ...source.bindings, ...bounds, limit, offset },
  )
  const totalCount = Number(rows[0]?.total_count ?? 0)
  // Past the end the count comes alone, in a row of nulls.
  const items = rows.filter((row) => row.list_position !== null)
  return { items, totalCount, hasMore: offset + items.length < totalCount && items.length > 0 }
}

function boundsOf({ createdFrom, createdTo, updatedFrom, updatedTo }: ListQuery) {
  return { createdFrom, createdTo, updatedFrom, updatedTo }
}

/** The same page of what the rows mean. */
export function mapListPage<Row, Item>(page: ListPage<Row>, toItem: (row: Row) => Item): ListPage<Item> {
  return { ...page, items: page.items.map(toItem) }
}
