/** Events as they reached somebody: each counts once by its id, and again under what it tells of. */

export interface LoadEvent {
  readonly id: string
  readonly type: string
  readonly data: {
    readonly id?: string
    readonly instruction_id?: number
    readonly unique_id?: string
    readonly shipment_id?: string
    readonly package_id?: string
    readonly confirmation?: { readonly package_id: string }
  }
}

export class EventTally {
  readonly #ids = new Set<string>()
  readonly #told = new Map<string, number>()
  #repeated = 0

  take(event: LoadEvent): void {
    if (this.#ids.has(event.id)) {
      this.#repeated += 1
      return
    }
    this.#ids.add(event.id)
    const key = `${event.type} ${subjectOf(event)}`
    this.#told.set(key, (this.#told.get(key) ?? 0) + 1)
  }

  get ids(): ReadonlySet<string> {
    return this.#ids
  }

  /** How many different events there were, by type and what they tell of: `order.created load-7`. */
  get told(): ReadonlyMap<string, number> {
    return this.#told
  }

  /** Events that came once more, with the same id. */
  get repeated(): number {
    return this.#repeated
  }
}

/** As `Clicks` names it. */
function subjectOf({ type, data }: LoadEvent): string {
  const { instruction_id: instructionId, confirmation } = data
  if (instructionId !== undefined)
    return confirmation ? `${instructionId} ${confirmation.package_id}` : `${instructionId}`
  if (type.startsWith('order.')) return data.unique_id ?? ''
  if (type.startsWith('shipment.')) return data.shipment_id ?? ''
  if (type.startsWith('package.')) return data.package_id ?? ''
  return data.id ?? ''
}
