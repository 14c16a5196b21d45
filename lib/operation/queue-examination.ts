import type { Db } from '../db/database.ts'
import { getQueueFacts, type QueueFacts } from './examination-store.ts'
import type { Finding } from './finding.ts'

/** A packer waits for paper: a queue that stands for five minutes has a reason that somebody can mend. */
const OLDEST_SECONDS_MAX = 300
/** No refill takes so long: nobody has seen it. A queue that a person paused may stand as long as that person wants. */
const STANDING_SECONDS_MAX = 900

export async function examineQueues(db: Db): Promise<readonly Finding[]> {
  const facts = await getQueueFacts(db)
  const { unknownOutcomes, disabledWebhooks } = facts
  const findings: Finding[] = [queueFinding(facts), ...holdFinding(facts)]
  if (unknownOutcomes > 0) {
    findings.push({
      what: 'outcomes',
      state: 'doubtful',
      text: `${unknownOutcomes} jobs that failed in the last day may have printed, or not`,
      advice: 'look for the paper, then say at /floor whether it printed, or reprint',
    })
  }
  if (disabledWebhooks > 0) {
    findings.push({
      what: 'webhooks',
      state: 'doubtful',
      text: `${disabledWebhooks} are disabled`,
      advice: 'their receivers answered 410 Gone: delete them, or enable them again (docs/webhooks.md)',
    })
  }
  return findings
}

function queueFinding({ queued, oldest, oldestUnpausedSeconds }: QueueFacts): Finding {
  const what = 'queues'
  if (oldest === null) return { what, state: 'good', text: 'no job waits' }
  const text = `${queued} jobs wait, the oldest for ${oldest.seconds} s at ${oldest.printerName}`
  if (oldest.seconds <= OLDEST_SECONDS_MAX) return { what, state: 'good', text }
  const state = oldestUnpausedSeconds > STANDING_SECONDS_MAX ? 'bad' : 'doubtful'
  const advice = "the jobs' state_reasons say what keeps them: GET /v1/cloud-printing/jobs?status=queued"
  return { what, state, text, advice }
}

function holdFinding({ heldPrinters, heldWebhooks, heldSince }: QueueFacts): readonly Finding[] {
  if (heldSince === null) return []
  return [
    {
      what: 'hold',
      state: 'doubtful',
      text: `${heldPrinters} printers and ${heldWebhooks} webhooks are held since ${heldSince.toISOString()}`,
      advice: 'cancel at /floor what is done already, then run packhouse release',
    },
  ]
}
