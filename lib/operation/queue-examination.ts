import type { Db } from '../db/database.ts'
import { getQueueFacts } from './examination-store.ts'
import type { Finding } from './finding.ts'

/** A packer waits for paper: a queue that stands for five minutes has a reason that somebody can mend. */
const OLDEST_SECONDS_MAX = 300

export async function examineQueues(db: Db): Promise<readonly Finding[]> {
  const { queued, oldestSeconds, unknownOutcomes, disabledWebhooks } = await getQueueFacts(db)
  const findings: Finding[] = []
  const waited = oldestSeconds ?? 0
  const text = queued === 0 ? 'no job waits' : `${queued} jobs wait, the oldest for ${waited} s`
  if (waited <= OLDEST_SECONDS_MAX) findings.push({ what: 'queues', state: 'good', text })
  else {
    const advice = "the jobs' state_reasons say what keeps them: GET /v1/cloud-printing/jobs?status=queued"
    findings.push({ what: 'queues', state: 'doubtful', text, advice })
  }
  if (unknownOutcomes > 0) {
    findings.push({
      what: 'outcomes',
      state: 'doubtful',
      text: `${unknownOutcomes} jobs of the last day may have printed, or not`,
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
