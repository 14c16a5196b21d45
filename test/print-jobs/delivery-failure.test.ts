import { expect } from 'chai'
import { pino } from 'pino'
import { DomainError, NotFoundError } from '../../lib/errors.ts'
import { resultOfFailure } from '../../lib/print-jobs/delivery-failure.ts'
import { UnreadableError } from '../../lib/rendering/rendering.ts'

const OUTAGE = Object.assign(new Error('terminating connection'), { code: '57P01' })

describe('a delivery that throws', () => {
  const judged = (error: unknown, isSending = false) => {
    const levels: number[] = []
    const log = pino({ level: 'trace' }, { write: (line) => void levels.push(JSON.parse(line).level) })
    const result = resultOfFailure(
      error,
      { jobId: 'prnt_job_1', printerId: 'p', traceId: undefined, isSending },
      log,
    )
    const { outcome, next, reason, detail, isOwnFailure = false } = result
    return { outcome, next, reason, detail, isOwnFailure, levels }
  }
  const notSent = { outcome: 'not_sent', isOwnFailure: false }

  for (const [what, error, expected] of [
    [
      'a document that is no longer kept: it fails',
      new NotFoundError('document', 'doc_1'),
      { next: 'fail', reason: 'document-access-error', detail: 'the document is no longer kept', levels: [] },
    ],
    [
      'a document that cannot be read: it fails',
      new UnreadableError('unreadable', 'the PDF is damaged'),
      { next: 'fail', reason: 'document-format-error', detail: 'the PDF is damaged', levels: [] },
    ],
    [
      'a database that is away: it waits, and no failure is counted',
      OUTAGE,
      { next: 'retry', reason: null, detail: 'the database was not reachable', levels: [40] },
    ],
    [
      'no room to read documents: it waits, and no failure is counted',
      new DomainError('unavailable', 'too many documents wait to be read'),
      { next: 'retry', reason: null, detail: 'too many documents wait to be read', levels: [40] },
    ],
  ] as const) {
    it(`before the first byte, for ${what}`, () => {
      expect(judged(error)).to.deep.equal({ ...notSent, ...expected })
    })
  }

  it('before the first byte, for anything else: it waits, and the failure is counted', () => {
    expect(judged(new TypeError('undefined is not a function'))).to.deep.equal({
      outcome: 'not_sent',
      next: 'retry',
      reason: null,
      detail: 'the server failed before sending',
      isOwnFailure: true,
      levels: [50],
    })
  })

  it('after the mark, for whatever: nobody knows, and it is never tried again', () => {
    for (const error of [OUTAGE, new NotFoundError('document', 'doc_1'), new TypeError(), 'a string']) {
      expect(judged(error, true)).to.include({ outcome: 'unknown', next: 'fail', reason: 'outcome-unknown' })
    }
  })
})
