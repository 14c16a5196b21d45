/** What the server says of each order, held against what its integrator and its packer were answered. */
import type { RpcUser } from './callers.ts'
import { type Clicks, confirmationKey } from './clicks.ts'
import { differences, type Finding, finding } from './finding.ts'
import { inParallel } from './in-parallel.ts'

const AT_ONCE = 8

interface Preview {
  readonly packages: readonly { readonly package_id: string; readonly status: string }[]
  readonly occurrences: readonly {
    readonly instruction_id: number
    readonly state: string
    readonly confirmation: { readonly package_id: string } | null
    readonly print_job: { readonly id: string } | null
  }[]
}

export async function judgeOrders(
  clicks: Clicks,
  { connectors, packers }: { readonly connectors: readonly RpcUser[]; readonly packers: readonly RpcUser[] },
): Promise<readonly Finding[]> {
  const orderIds = [...clicks.orders]
  const listed = await inParallel(orderIds, AT_ONCE, (orderId, index) =>
    instructionsOf(orderId, connectors[index % connectors.length] as RpcUser),
  )
  const previews = await inParallel(orderIds, AT_ONCE, (orderId, index) =>
    (packers[index % packers.length] as RpcUser).call<Preview>('packing.preview', [orderId]),
  )
  return [
    finding(
      'every instruction is listed once',
      `${clicks.instructions.size} of ${clicks.orders.size} orders`,
      differences(
        [...clicks.instructions].map(([id, { orderId, note }]) => `${id} of ${orderId}, ${note}`),
        listed.flat(),
      ),
    ),
    {
      rule: 'there were packages to judge',
      isKept: clicks.packed.size > 0 ? true : null,
      detail: `${clicks.packed.size} of ${orderIds.length} orders${clicks.packed.size > 0 ? '' : ': the server was too slow'}`,
    },
    finding(
      'every confirmation is there, with its job, and no other',
      `${clicks.confirmations.size} of ${clicks.packed.size} packages`,
      differences(
        [...clicks.confirmations.values()].map((made) => `${confirmationKey(made)} ${made.jobId}`),
        previews.flatMap(confirmationsOf),
      ),
    ),
    finding(
      'a package is packed when its packer was told so, and no other',
      `${clicks.packed.size} packages`,
      differences([...clicks.packed.keys()], previews.flatMap(packedOf)),
    ),
  ]
}

async function instructionsOf(orderId: string, connector: RpcUser): Promise<string[]> {
  const listed = await connector.call<readonly { instruction_id: number; note: string }[]>(
    'order_instruction.list',
    [orderId],
  )
  return listed.map(({ instruction_id, note }) => `${instruction_id} of ${orderId}, ${note}`)
}

function confirmationsOf({ occurrences }: Preview): string[] {
  return occurrences.flatMap(({ instruction_id: instructionId, confirmation, print_job, state }) => {
    if (state !== 'confirmed' || confirmation === null) return []
    const packageId = confirmation.package_id
    return `${confirmationKey({ instructionId, packageId })} ${print_job?.id ?? null}`
  })
}

function packedOf({ packages }: Preview): string[] {
  return packages.filter(({ status }) => status === 'packed').map(({ package_id }) => package_id)
}
