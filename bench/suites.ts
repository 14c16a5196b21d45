import type { Suite } from './harness.ts'
import { delivery } from './suites/delivery.ts'
import { memory } from './suites/memory.ts'
import { paper } from './suites/paper.ts'
import { rendering } from './suites/rendering.ts'
import { receipts } from './suites/receipts.ts'
import { rest } from './suites/rest.ts'
import { rpc } from './suites/rpc.ts'
import { scale } from './suites/scale.ts'

/** In the order in which they run. */
export const SUITES: readonly Suite[] = [receipts, rpc, rest, paper, delivery, scale, rendering, memory]
