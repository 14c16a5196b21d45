import { expect } from 'chai'
import { aPdf, untruthsOf } from '../faults/floor.ts'
import type { Door } from './door.ts'
import { batchesOf, type Fuzzing } from './fuzzing.ts'
import type { PrintDesk } from './print-desk.ts'
import type { Reach } from './reach.ts'
import type { Subject } from './subject.ts'
import {
  type Challenging,
  challengings,
  isSound,
  PASSWORD,
  type SuspiciousPrinter,
  startSuspiciousPrinter,
  USERNAME,
} from './suspicious-printer.ts'

const PRINTERS = 16
const SETTLE_MS = 90_000
/** Questions before a job, the job, questions after it; and what a try costs that is refused. */
const REQUESTS_MAX = 20
const REQUESTS_PER_CHALLENGE = 8
/** Without a proof, with one, and with a stronger one. */
const STREAK_MAX = 3

/** Printers that ask for a proof in ways that nobody would: the password stays secret, and the job is printed in the end. */
export async function openChallengeDoor(
  subject: Subject,
  desk: PrintDesk,
): Promise<Door<readonly Challenging[]>> {
  const printers = await Promise.all(
    Array.from({ length: PRINTERS }, (_, index) => startSuspiciousPrinter(index % 2 === 0)),
  )
  for (const [index, { uri }] of printers.entries()) {
    const connection = { type: 'ipp', uri, username: USERNAME, password: PASSWORD }
    await desk.addPrinter(nameOf(index), connection)
  }
  let count = 0

  async function printAt(challenging: Challenging, index: number, note: Reach['note']): Promise<void> {
    const printer = printers[index] as SuspiciousPrinter
    printer.suspect(challenging)
    const name = `challenged job ${count++}`
    const document = aPdf(name)
    const asked = { printerName: nameOf(index), name, mediaType: 'application/pdf', document }
    const job = await desk.print(asked, SETTLE_MS)
    const { challenged, requests, proofs } = printer
    if (challenged > 0) note('challenged')
    for (const scheme of proofs) note(scheme)
    note(job.status)
    expect(untruthsOf(job, printer.copiesOf(document), 1), JSON.stringify(job)).to.deep.equal([])
    expect(requests, 'requests').to.be.at.most(REQUESTS_MAX + REQUESTS_PER_CHALLENGE * challenged)
    expect(printer.streak, 'proofs without a pause').to.be.at.most(STREAK_MAX)
    const offersDigest = challenging.offers.some((offer) => offer.startsWith('Digest '))
    if (isSound(challenging) && offersDigest) expect([...proofs], 'proofs').not.to.include('Basic')
    await assertSecret(job.id)
  }

  async function assertSecret(jobId: string): Promise<void> {
    const path = `/v1/cloud-printing/jobs/${jobId}`
    const told = [await desk.admin.get(path), await desk.admin.get(`${path}/attempts`)]
    for (const { text } of told) expect(text).not.to.include(PASSWORD)
  }

  const fuzzing: Fuzzing<readonly Challenging[]> = {
    cases: batchesOf(challengings, PRINTERS),
    goals: { challenged: 20, Basic: 2, Digest: 6, completed: 20 },
    async judge(batch, note) {
      await subject.allEnded(batch.map((challenging, index) => printAt(challenging, index, note)))
      await subject.assertSound()
      return batch.length
    },
  }
  return { fuzzing, close: async () => void (await Promise.all(printers.map((printer) => printer.close()))) }
}

function nameOf(index: number): string {
  return `Suspicious printer ${index}`
}
