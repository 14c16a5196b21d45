import type { TestServer } from './server.ts'

/** A station `Floor` at the demo location with one socket printer, the only one of its pool that it has. */
export async function addSocketPrinter(
  server: TestServer,
  sink: { readonly host: string; readonly port: number },
  name = 'Floor',
): Promise<{ readonly stationId: string; readonly printerId: string }> {
  const station = await server.services.printers.createStation('usr_test', {
    locationId: server.credentials.location_id,
    name,
    printers: [
      {
        name: `${name} laser`,
        pool: 'LASER',
        connection: { type: 'socket', host: sink.host, port: sink.port, language: 'pdf' },
      },
    ],
  })
  return { stationId: station.stationId, printerId: station.printers[0]?.printerId ?? '' }
}

/** A station `Floor` at the demo location with one IPP printer, the only one of its pool that it has. */
export async function addIppPrinter(
  server: TestServer,
  uri: string,
  name = 'Floor',
): Promise<{ readonly stationId: string; readonly printerId: string }> {
  const station = await server.services.printers.createStation('usr_test', {
    locationId: server.credentials.location_id,
    name,
    printers: [{ name: `${name} laser`, pool: 'LASER', connection: { type: 'ipp', uri } }],
  })
  return { stationId: station.stationId, printerId: station.printers[0]?.printerId ?? '' }
}

/** An order with packages `<id>-1` to `<id>-<count>` and one LASER instruction with that file, once per package. */
export async function addPackagesWithFile(
  server: TestServer,
  work: { readonly id: string; readonly count: number; readonly pdf: Buffer },
): Promise<{ readonly instructionId: number; readonly packageIds: readonly string[] }> {
  const { id, count, pdf } = work
  await server.rpc.call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: id }])
  await server.rpc.call('shipment.create', [id, { shipment_id: `${id}-s`, packages: count }])
  const instruction = await server.rpc.call('order_instruction.create', [
    id,
    'Put it into the box',
    {
      file_name: 'slip.pdf',
      file_content: pdf.toString('base64'),
      presentation: 'once_per_package',
      print_target: 'LASER',
    },
  ])
  return {
    instructionId: instruction.instruction_id,
    packageIds: Array.from({ length: count }, (_, index) => `${id}-s-${index + 1}`),
  }
}
