import { EVENT_TYPES, type EventType } from './event.ts'

/** `cloud_printing.*` and `cloud_printing.job.*`, for each type that there is. */
const FAMILIES: ReadonlySet<string> = new Set(
  EVENT_TYPES.flatMap((type) => {
    const steps = type.split('.')
    return steps.slice(1).map((_, index) => `${steps.slice(0, index + 1).join('.')}.*`)
  }),
)

const TYPES: ReadonlySet<string> = new Set(EVENT_TYPES)

/** ShipStream's names for what Packhouse tells too: contracts/rpc.md, section 12. */
const COLON_TOPICS: ReadonlyMap<string, EventType> = new Map([
  ['order:created', 'order.created'],
  ['order:canceled', 'order.canceled'],
  ['order:completed', 'order.completed'],
  ['shipment:packed', 'shipment.packed'],
  ['package:packed', 'package.packed'],
])
const COLON_FORM = /^[a-z_]+:[a-z_]+$/

/** A type, a family such as `order_instruction.*`, or `*`. */
export function isTopic(topic: string): boolean {
  return topic === '*' || TYPES.has(topic) || FAMILIES.has(topic)
}

/** Also ShipStream's `resource:event`, known here or not: one that isn't never fires. */
export function isRpcTopic(topic: string): boolean {
  return isTopic(topic) || COLON_FORM.test(topic)
}

/** What of the topics can fire, in the form that events are matched with. */
export function patternsOf(topics: readonly string[]): readonly string[] {
  const patterns = topics.map((topic) => COLON_TOPICS.get(topic) ?? topic)
  return [...new Set(patterns.filter(isTopic))]
}

/** What the subscriber calls an event of that type: its own word for it, or the type where a family matched. */
export function subscribedName(topics: readonly string[], type: EventType): string {
  return topics.find((topic) => topic === type || COLON_TOPICS.get(topic) === type) ?? type
}
