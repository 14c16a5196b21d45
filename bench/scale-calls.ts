/** What a packer and an integrator do all day, one call after the other. */
import { makeLabelPdf } from '../test/helpers/documents.ts'
import { confirming, creating, makeOrder, makePackages, noisyPdfs } from './packing-work.ts'
import type { ScaleFloor } from './scale-floor.ts'

export interface ScaleCall {
  readonly title: string
  /** Does it once and answers how long it took, in milliseconds. */
  time(): Promise<number>
}

/** Times fifty packages: more clicks than a run of a minute takes. */
const ORDERS = 20
/** Of one sample. The first waits for the printer to be told that it may print. */
const DELIVERED = 20

/** `name`: of no other call's orders. */
export async function scaleCalls(floor: ScaleFloor, name: string): Promise<readonly ScaleCall[]> {
  return [
    ...(await rpcCalls(floor, name)),
    ...(await restCalls(floor)),
    await clickToPaper(floor, name),
    delivery(floor),
    stationClient(floor),
  ]
}

async function rpcCalls({ shop, packer }: ScaleFloor, name: string): Promise<readonly ScaleCall[]> {
  const order = `${name}-list`
  await makeOrder(shop, order)
  for (let count = 0; count < 10; count += 1) {
    const options = { presentation: 'once_per_package' }
    await shop.call('order_instruction.create', [order, `Instruction ${count}`, options])
  }
  const [packageId = ''] = await makePackages(shop, order, 5)
  const creation = await creating(shop, `${name}-create`)
  const fresh = await noisyPdfs(50_000)
  const attaching = () => ({ file_name: 'label.pdf', file_content: fresh(), print_target: 'LASER' })
  const fileCreation = await creating(shop, `${name}-file`, attaching)
  const confirmation = await confirming(shop, `${name}-confirm`, { orders: ORDERS })
  return [
    timed('order_instruction.list', () => shop.call('order_instruction.list', [order])),
    timed('order_instruction.create, a note', () => shop.call('order_instruction.create', creation())),
    timed('order_instruction.create, a new PDF of 50 kB', () =>
      shop.call('order_instruction.create', fileCreation()),
    ),
    timed('packing.open', () => packer.call('packing.open', [packageId])),
    timed('packing.confirm', () => packer.call('packing.confirm', confirmation())),
  ]
}

async function restCalls({ rest, locationId, stationId }: ScaleFloor): Promise<readonly ScaleCall[]> {
  const list = (query: string) => () => rest('GET', `/v1/cloud-printing/jobs?${query}`)
  const job = {
    location_id: locationId,
    print_station_id: stationId,
    printer_name: 'Bench laser',
    data: dataUrl(await makeLabelPdf()),
  }
  return [
    timed('REST: create a job', () => rest('POST', '/v1/cloud-printing/jobs', job)),
    timed('REST: list the newest jobs', list('limit=20')),
    timed('REST: list failed jobs of a location', list(`status=failed&location_id=${locationId}&limit=20`)),
    timed('REST: list of a station by change', list(`print_station_id=${stationId}&order_by=updated_at`)),
    timed('REST: list printers', () => rest('GET', '/v1/cloud-printing/printers?limit=100')),
  ]
}

/** From packing.confirm to the first byte at the printer: routing, claim, mark, connection. */
async function clickToPaper(floor: ScaleFloor, name: string): Promise<ScaleCall> {
  const { shop, packer, stationId, sink } = floor
  const label = await makeLabelPdf()
  const file = { file_name: 'label.pdf', file_content: label.toString('base64'), print_target: 'LASER' }
  const next = await confirming(shop, `${name}-click`, { file, orders: ORDERS })
  return {
    title: 'from the click to the first byte',
    async time() {
      const firstByte = sink.nextByteAt()
      const ended = sink.nextEndAt()
      const startedAt = performance.now()
      const clicked = packer.call('packing.confirm', [...next(), { station_id: stationId }])
      const [at] = await Promise.all([firstByte, clicked, ended])
      return at - startedAt
    },
  }
}

/** The queue is as long after it as before, and a printer with more behind those goes on until it is paused. */
function delivery({ backlog }: ScaleFloor): ScaleCall {
  return {
    title: `a waiting job comes out, of ${DELIVERED} one after the other`,
    async time() {
      await backlog.add(DELIVERED)
      return (await backlog.print(DELIVERED)) / DELIVERED
    },
  }
}

/** The client's question for its next job, of which there is one. */
function stationClient({ rest, locationId, stationId }: ScaleFloor): ScaleCall {
  const job = {
    location_id: locationId,
    print_station_id: stationId,
    printer_name: 'Bench client',
  }
  return {
    title: 'a station client fetches its next job',
    async time() {
      await rest('POST', '/v1/cloud-printing/jobs', { ...job, data: dataUrl(await makeLabelPdf()) })
      const startedAt = performance.now()
      const { id } = await rest<{ id: string }>('GET', `/v1/cloud-printing/stations/${stationId}/next`)
      const ms = performance.now() - startedAt
      await rest('POST', `/v1/cloud-printing/jobs/${id}`, { status: 'completed' })
      return ms
    },
  }
}

function timed(title: string, work: () => Promise<unknown>): ScaleCall {
  return {
    title,
    async time() {
      const startedAt = performance.now()
      await work()
      return performance.now() - startedAt
    },
  }
}

function dataUrl(pdf: Buffer): string {
  return `data:application/pdf;base64,${pdf.toString('base64')}`
}
