import { expect } from 'chai'
import fc from 'fast-check'
import {
  isEnded,
  JOB_STATUSES,
  type JobStatus,
  REASON_STATUSES,
  type ReasonKeyword,
  reasonKeyword,
  reasonText,
  type TransitionContext,
  type TransitionVerdict,
  transition,
} from '../../lib/print-jobs/job-state.ts'

const BY_CLIENT: TransitionContext = { printerDrivenByUs: false, failureReason: null }

/** Rows and columns in the order of the contract's table: queued, processing, completed, failed, canceled. */
const CONTRACT: Record<JobStatus, readonly TransitionVerdict[]> = {
  queued: ['same', 'yes', 'refused', 'yes', 'yes'],
  processing: ['refused', 'same', 'yes', 'yes', 'refused'],
  completed: ['refused', 'refused', 'same', 'refused', 'refused'],
  failed: ['refused', 'refused', 'refused', 'same', 'refused'],
  canceled: ['refused', 'refused', 'refused', 'refused', 'same'],
}

describe('job status: what a caller may report', () => {
  for (const from of JOB_STATUSES) {
    for (const [column, to] of JOB_STATUSES.entries()) {
      it(`answers ${CONTRACT[from][column]} for ${from} to ${to}`, () => {
        expect(transition(from, to, BY_CLIENT)).to.equal(CONTRACT[from][column])
      })
    }
  }

  for (const [reason, verdict] of [
    ['claim-timeout: client key_1 since 14:59, may have printed', 'yes'],
    ['outcome-unknown: connection ended at byte 512, may have printed', 'yes'],
    ['media-jam: open the tray', 'refused'],
    ['submission-interrupted: 512 of 2048 bytes', 'refused'],
    ['claim-timeouts: no keyword', 'refused'],
    ['the client said claim-timeout: x', 'refused'],
    [null, 'refused'],
  ] as const) {
    it(`answers ${verdict} for a late completed after ${reason ?? 'a failure that a caller reported'}`, () => {
      for (const printerDrivenByUs of [true, false]) {
        expect(transition('failed', 'completed', { printerDrivenByUs, failureReason: reason })).to.equal(
          verdict,
        )
      }
    })
  }

  it('accepts nothing but completed after a failure in doubt', () => {
    const context = { printerDrivenByUs: false, failureReason: reasonText('claim-timeout', 'x') }
    expect(JOB_STATUSES.map((to) => transition('failed', to, context))).to.deep.equal([
      'refused',
      'refused',
      'yes',
      'same',
      'refused',
    ])
  })

  it('lets a caller cancel a queued job of a printer that Packhouse drives, also twice, and report nothing', () => {
    const context = { printerDrivenByUs: true, failureReason: null }
    const accepted = JOB_STATUSES.flatMap((from) =>
      JOB_STATUSES.filter((to) => transition(from, to, context) !== 'refused').map(
        (to) => `${from} to ${to}`,
      ),
    )
    expect(accepted).to.deep.equal(['queued to canceled', 'canceled to canceled'])
    expect(transition('queued', 'canceled', context)).to.equal('yes')
  })

  it('tells the ended from the others', () => {
    expect(JOB_STATUSES.filter(isEnded)).to.deep.equal(['completed', 'failed', 'canceled'])
  })
})

describe('job status: any walk', () => {
  const statuses = fc.constantFrom(...JOB_STATUSES)
  const contexts = fc.record({
    printerDrivenByUs: fc.boolean(),
    failureReason: fc.option(
      fc.constantFrom(reasonText('claim-timeout', 'x'), reasonText('outcome-unknown', 'x'), 'media-jam: x'),
    ),
  })

  it('never leaves completed or canceled, and leaves failed for completed alone', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(statuses, contexts), { maxLength: 40 }), (reports) => {
        let status: JobStatus = 'queued'
        for (const [to, context] of reports) {
          if (transition(status, to, context) !== 'yes') continue
          expect(status).to.be.oneOf(['queued', 'processing', 'failed'])
          if (status === 'failed') expect(to).to.equal('completed')
          status = to
        }
      }),
    )
  })

  it('follows the table for station clients, and a part of it for the printers that Packhouse drives', () => {
    fc.assert(
      fc.property(statuses, statuses, contexts, (from, to, context) => {
        const isLate =
          from === 'failed' && to === 'completed' && /^(claim|outcome)/.test(context.failureReason ?? '')
        const byTable = isLate ? 'yes' : CONTRACT[from][JOB_STATUSES.indexOf(to)]
        const verdict = transition(from, to, context)
        if (context.printerDrivenByUs) expect(verdict).to.be.oneOf([byTable, 'refused'])
        else expect(verdict).to.equal(byTable)
      }),
    )
  })

  it('says same only where nothing would change, and yes only where something does', () => {
    fc.assert(
      fc.property(statuses, statuses, contexts, (from, to, context) => {
        const verdict = transition(from, to, context)
        if (verdict === 'same') expect(to).to.equal(from)
        if (verdict === 'yes') expect(to).not.to.equal(from)
      }),
    )
  })
})

describe('job status: reasons', () => {
  it('lets each keyword stand where the contract lets it', () => {
    const at = (status: JobStatus) =>
      Object.entries<readonly JobStatus[]>(REASON_STATUSES).flatMap(([keyword, statuses]) =>
        statuses.includes(status) ? [keyword] : [],
      )
    const device = [
      'media-empty',
      'media-needed',
      'media-jam',
      'cover-open',
      'door-open',
      'output-area-full',
      'input-tray-missing',
      'toner-empty',
      'marker-supply-empty',
    ]
    expect(at('queued')).to.have.members([...device, 'paused', 'printer-offline', 'connecting-to-device'])
    expect(at('failed')).to.have.members([
      ...device,
      'printer-offline',
      'connecting-to-device',
      'document-access-error',
      'document-format-error',
      'submission-interrupted',
      'aborted-by-system',
      'claim-timeout',
      'outcome-unknown',
    ])
    expect(at('canceled')).to.have.members([
      'job-canceled-by-user',
      'job-canceled-at-device',
      'job-expired',
      'printer-removed',
    ])
    expect([...at('processing'), ...at('completed')]).to.deep.equal([])
  })

  it('puts the keyword before the words', () => {
    expect(reasonText('media-empty', 'load 4x6 labels')).to.equal('media-empty: load 4x6 labels')
  })

  it('knows its own keywords and no other word', () => {
    expect(reasonKeyword('media-empty: load labels')).to.equal('media-empty')
    expect(reasonKeyword('media-empty')).to.equal('media-empty')
    for (const words of [
      '',
      'Printer out of paper',
      'Media-Empty: x',
      'constructor: x',
      '__proto__: x',
      ': x',
    ]) {
      expect(reasonKeyword(words), words).to.equal(null)
    }
  })

  it('cuts at 1023 code points, never within one, and keeps the keyword', () => {
    const keywords = fc.constantFrom(...(Object.keys(REASON_STATUSES) as ReasonKeyword[]))
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 990, max: 1100 }).map((length) => '🖨'.repeat(length)),
    )
    fc.assert(
      fc.property(keywords, texts, (keyword, text) => {
        const reason = reasonText(keyword, text)
        const whole = `${keyword}: ${text}`
        expect([...reason].length).to.equal(Math.min(1023, [...whole].length))
        expect(whole.startsWith(reason)).to.equal(true)
        expect(reasonKeyword(reason)).to.equal(keyword)
        expect(reason.isWellFormed()).to.equal(true)
      }),
    )
  })
})
