import type { Confirmation, DueInput, DueInstruction, DuePackage, OccurrenceScope } from './occurrence.ts'

/** What the due engine looks up again and again: an order may have 100 instructions for 2,000 packages. */
export interface DueFacts {
  packagesOf(scope: OccurrenceScope): readonly DuePackage[]
  /** Of that instruction, made for one of these packages. */
  confirmationsOf(instructionId: number, packages: readonly DuePackage[]): readonly Confirmation[]
  /** At its newest revision. */
  isDeferred(instruction: DueInstruction, pack: DuePackage): boolean
}

export function indexFacts(input: DueInput): DueFacts {
  const byShipment = groupBy(input.packages, ({ shipmentId }) => shipmentId)
  const byPackage = groupBy(input.packages, ({ packageId }) => packageId)
  const confirmations = groupBy(input.confirmations, ({ instructionId, packageId }) =>
    keyOf(instructionId, packageId),
  )
  const confirmed = groupBy(input.confirmations, ({ instructionId }) => String(instructionId))
  const deferred = new Set(
    input.deferrals.map(({ instructionId, revision, packageId }) =>
      keyOf(instructionId, `${revision} ${packageId}`),
    ),
  )
  return {
    packagesOf({ kind, id }) {
      if (kind === 'order') return input.packages
      return (kind === 'shipment' ? byShipment : byPackage).get(id) ?? []
    },
    confirmationsOf(instructionId, packages) {
      if (!confirmed.has(String(instructionId))) return []
      return packages.flatMap(({ packageId }) => confirmations.get(keyOf(instructionId, packageId)) ?? [])
    },
    isDeferred: ({ instructionId, revision }, { packageId }) =>
      deferred.has(keyOf(instructionId, `${revision} ${packageId}`)),
  }
}

function keyOf(instructionId: number, rest: string): string {
  return `${instructionId} ${rest}`
}

function groupBy<Item>(
  items: readonly Item[],
  keyOfItem: (item: Item) => string,
): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOfItem(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
