import { type FuzzedPart, timeoutMsOf } from './budget.ts'
import { openChallengeDoor } from './challenge-door.ts'
import { openDialogueDoor } from './dialogue-door.ts'
import type { Door } from './door.ts'
import { fuzz } from './fuzzing.ts'
import { openIppDoor } from './ipp-door.ts'
import { openDesk, type PrintDesk } from './print-desk.ts'
import { openStationDoor } from './station-door.ts'
import { sharedSubject } from './subject.ts'
import { openWebhookDoor } from './webhook-door.ts'

/** Mostly the server waits for who answers so: all at once, each gets the time of all. */
describe('answers that nobody would give', function () {
  let desk: PrintDesk
  const ends = new Map<FuzzedPart, Promise<void>>()
  const doors: Pick<Door<unknown>, 'close'>[] = []

  function begin<Case>(part: FuzzedPart, door: Door<Case>): void {
    doors.push(door)
    const end = fuzz(part, door.fuzzing)
    end.catch(() => undefined)
    ends.set(part, end)
  }

  before(async function () {
    this.timeout(180_000)
    const subject = await sharedSubject()
    desk = await openDesk(subject)
    const ipp = await openIppDoor(subject, desk)
    const challenge = await openChallengeDoor(subject, desk)
    const labels = await openDialogueDoor('label printers', subject, desk)
    const receipts = await openDialogueDoor('receipt printers', subject, desk)
    const webhooks = await openWebhookDoor(subject, desk)
    const station = await openStationDoor()
    begin('IPP answers', ipp)
    begin('station client', station)
    begin('webhook answers', webhooks)
    begin('challenges', challenge)
    begin('label printers', labels)
    begin('receipt printers', receipts)
  })
  after(async function () {
    this.timeout(60_000)
    await Promise.allSettled(ends.values())
    desk.close()
    await Promise.all(doors.map((door) => door.close()))
  })

  for (const [part, rule] of [
    ['IPP answers', 'of an IPP printer lose no job, print none twice, and leave the ledger true'],
    ['challenges', 'of a printer that asks for a proof get no password but the one that is due'],
    ['label printers', 'of a label printer are not taken for a label, and double none'],
    ['receipt printers', 'of a receipt printer are not taken for a receipt, and double none'],
    [
      'station client',
      'of the server to a station client end no client, print no job twice, and fill no memory',
    ],
    ['webhook answers', 'of a receiver of webhooks cost one attempt, and are success for a 2xx alone'],
  ] as const) {
    it(rule, async function () {
      this.timeout(timeoutMsOf(part))
      await ends.get(part)
    })
  }
})
