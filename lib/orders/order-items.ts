import { isStorableText } from '../db/storable-text.ts'
import { InvalidError } from '../errors.ts'
import { isJsonObject } from '../json-object.ts'
import type { OrderItem } from './order.ts'
import { readQuantity } from './quantity.ts'

const ITEMS_MAX = 1_000
const SKU_LENGTH_MAX = 191
const REF_LENGTH_MAX = 191

interface Line {
  /** Paths of the members to blame. */
  readonly skuField: string
  readonly qtyField: string
  readonly refField: string
  readonly sku: unknown
  readonly qty: unknown
  readonly ref: unknown
}

/**
 * `{"sku": qty}` or `[{"sku", "qty", "order_item_ref"?}]` as items; contracts/rpc.md, section 10. Throws InvalidError
 * that names the member: `items.0.qty`, or `items.<sku>`. Any text is a SKU, `__proto__` too, so none ever becomes the
 * name of a property.
 */
export function readOrderItems(items: unknown): readonly OrderItem[] {
  const lines = Array.isArray(items) ? linesOfList(items) : linesOfMap(items)
  if (lines.length === 0) throw new InvalidError('items', 'required', 'items must hold at least one item')
  if (lines.length > ITEMS_MAX) throw invalid('items', `at most ${ITEMS_MAX} items`)
  return lines.map(readLine)
}

function linesOfList(items: readonly unknown[]): readonly Line[] {
  return items.map((item, index) => {
    const field = `items.${index}`
    if (!isJsonObject(item)) throw invalid(field, 'an object')
    return {
      skuField: `${field}.sku`,
      qtyField: `${field}.qty`,
      refField: `${field}.order_item_ref`,
      sku: item['sku'],
      qty: item['qty'],
      ref: item['order_item_ref'],
    }
  })
}

function linesOfMap(items: unknown): readonly Line[] {
  if (!isJsonObject(items)) throw invalid('items', 'an object or an array')
  return Object.entries(items).map(([sku, qty]) => ({
    skuField: 'items',
    qtyField: `items.${sku}`,
    refField: 'items',
    sku,
    qty,
    ref: null,
  }))
}

function readLine({ skuField, qtyField, refField, sku, qty, ref }: Line): OrderItem {
  if (!isText(sku, SKU_LENGTH_MAX)) throw invalid(skuField, `a SKU of 1 to ${SKU_LENGTH_MAX} characters`)
  const quantity = readQuantity(qty)
  if (quantity === undefined) throw invalid(qtyField, 'a number from 0.0001 to 999999999.9999')
  const orderItemRef = Number.isSafeInteger(ref) ? String(ref) : (ref ?? null)
  if (orderItemRef !== null && !isText(orderItemRef, REF_LENGTH_MAX)) {
    throw invalid(refField, `text of 1 to ${REF_LENGTH_MAX} characters`)
  }
  return { sku, qty: quantity, orderItemRef }
}

/** A character is a code point: at most two units of UTF-16, which keeps long texts from being taken apart. */
function isText(value: unknown, lengthMax: number): value is string {
  if (typeof value !== 'string' || value === '' || value.length > 2 * lengthMax) return false
  return isStorableText(value) && [...value].length <= lengthMax
}

function invalid(field: string, rule: string): InvalidError {
  return new InvalidError(field, 'invalid', `${field} must be ${rule}`)
}
