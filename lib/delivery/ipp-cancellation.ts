import type { IppClient } from './ipp-client.ts'
import { IppDecodeError } from './ipp-decoder.ts'
import { JOB_ATTRIBUTES, toJobView } from './ipp-job-state.ts'
import { GROUP } from './ipp-tags.ts'
import { IppTransportError } from './ipp-transport-error.ts'

/** A printer that has gone silent must not hold up what follows. */
const CANCEL_MS = 3_000

/** Takes a job away from the printer, as far as it answers: it may have ended, or stop only when it is refilled. */
export async function cancelQuietly(client: IppClient, deviceJobId: number, userName: string): Promise<void> {
  await quietly(() => client.cancelJob(deviceJobId, userName, AbortSignal.timeout(CANCEL_MS)))
}

/** Cancels what stands unfinished at the printer under the name of a job that, as the ledger knows, was never sent. */
export async function cancelOrphans(client: IppClient, marker: string, userName: string): Promise<void> {
  await quietly(async () => {
    const list = await client.getJobs('not-completed', JOB_ATTRIBUTES, AbortSignal.timeout(CANCEL_MS))
    const orphans = list.groups
      .filter(({ tag }) => tag === GROUP.job)
      .flatMap((group) => toJobView(group) ?? [])
      .filter(({ name }) => name.includes(marker))
    for (const { id } of orphans) await cancelQuietly(client, id, userName)
  })
}

async function quietly(ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask()
  } catch (error) {
    if (!(error instanceof IppTransportError || error instanceof IppDecodeError)) throw error
  }
}
