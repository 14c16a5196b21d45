/** Orders, packages and instructions to measure with. */
import { PDFDocument } from 'pdf-lib'
import type { RpcCaller } from './rpc-caller.ts'

/** An order takes a hundred instructions and a shipment two hundred packages. */
const ORDERS = 40
const PER_ORDER = 90
const PACKAGES = 50

export function makeOrder(shop: RpcCaller, id: string): Promise<unknown> {
  return shop.call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: id }])
}

export async function makePackages(
  shop: RpcCaller,
  orderId: string,
  count: number,
): Promise<readonly string[]> {
  await shop.call('shipment.create', [orderId, { shipment_id: `${orderId}-s`, packages: count }])
  return Array.from({ length: count }, (_, index) => `${orderId}-s-${index + 1}`)
}

/**
 * Arguments of `order_instruction.create`, new ones for each call, of another order than the call before. `file` answers the
 * options that attach one.
 */
export async function creating(
  shop: RpcCaller,
  prefix: string,
  file?: () => object,
): Promise<() => readonly unknown[]> {
  for (let count = 0; count < ORDERS; count += 1) await makeOrder(shop, `${prefix}-${count}`)
  let made = 0
  return () => {
    if (made >= ORDERS * PER_ORDER) throw new Error('the orders are full: fewer rounds, or shorter samples')
    const orderId = `${prefix}-${made++ % ORDERS}`
    const note = 'Place the label in a pouch'
    return file === undefined ? [orderId, note] : [orderId, note, file()]
  }
}

/**
 * Arguments of `packing.confirm`, new ones for each call, of another order than the call before. `orders` times fifty calls can
 * be made.
 */
export async function confirming(
  shop: RpcCaller,
  prefix: string,
  { file = {}, orders = ORDERS }: { file?: object; orders?: number } = {},
): Promise<() => readonly [number, string]> {
  const shipped: (readonly { readonly instructionId: number; readonly packageId: string }[])[] = []
  for (let count = 0; count < orders; count += 1) {
    const orderId = `${prefix}-${count}`
    await makeOrder(shop, orderId)
    const packages = await makePackages(shop, orderId, PACKAGES)
    const options = { presentation: 'once_per_package', ...file }
    const { instruction_id } = await shop.call('order_instruction.create', [orderId, 'Fragile', options])
    shipped.push(packages.map((packageId) => ({ instructionId: instruction_id, packageId })))
  }
  let made = 0
  return () => {
    const pair = shipped[made % orders]?.[Math.floor(made / orders)]
    if (!pair) throw new Error('the packages have run out: fewer rounds, or shorter samples')
    made += 1
    return [pair.instructionId, pair.packageId]
  }
}

/** One page with something attached that compresses no further, as the pictures of real labels. */
export async function noisyPdf(bytes: number): Promise<Buffer> {
  const document = await PDFDocument.create()
  document.addPage([612, 792])
  const noise = Buffer.from(Array.from({ length: bytes - 1500 }, () => Math.floor(Math.random() * 256)))
  await document.attach(noise, 'noise.bin')
  return Buffer.from(await document.save())
}

/** The digits of such a PDF in base64, another one each time: a few bytes of what is attached change. */
export async function noisyPdfs(bytes: number): Promise<() => string> {
  const pdf = await noisyPdf(bytes)
  const noise = pdf.length >> 1
  let made = 0
  return () => {
    pdf.writeUInt32LE(made++, noise)
    return pdf.toString('base64')
  }
}
