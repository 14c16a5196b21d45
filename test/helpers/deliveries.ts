import type { Delivery, DeliveryContext } from '../../lib/delivery/driver.ts'

/** A one-copy PDF job; the driver looks at no byte of it. */
export function aDelivery(overrides: Partial<Delivery> = {}): Delivery {
  return {
    jobId: 'prnt_job_0000000000000000000001',
    jobName: 'Label #12',
    userName: 'key_0000000000000000000001',
    bytes: Buffer.from('%PDF-1.7 a label'),
    mediaType: 'application/pdf',
    copies: 1,
    sides: 'one-sided',
    colorMode: 'monochrome',
    paper: null,
    ...overrides,
  }
}

export interface RecordingContext extends DeliveryContext {
  /** How often the driver said that bytes were about to leave. */
  readonly begun: number
  /** The printer's numbers of the job that it was told then. */
  readonly deviceJobIds: readonly (number | null | undefined)[]
  abort(): void
}

/** Permits the sending, unless `refusal` is given. */
export function aContext(refusal?: Error): RecordingContext {
  const controller = new AbortController()
  let begun = 0
  const deviceJobIds: (number | null | undefined)[] = []
  return {
    signal: controller.signal,
    deviceJobIds,
    get begun() {
      return begun
    },
    beforeFirstByte: async (deviceJobId) => {
      begun += 1
      deviceJobIds.push(deviceJobId)
      if (refusal !== undefined) throw refusal
    },
    abort: () => controller.abort(),
  }
}

/** Bytes without a pattern that repeats within a chunk, so that lost, doubled and swapped ones show. */
export function someBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 0x2545f491
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    bytes[index] = state >>> 24
  }
  return bytes
}

/** What another process's kernel has told ours by now is seen by then. */
export async function turnsOfTheEventLoop(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
