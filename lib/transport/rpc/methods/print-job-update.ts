import { type PrintJobUpdateArgs, printJobUpdateSchema } from '../../../../schemas/print-job-update.ts'
import { printJobAnswer } from '../../../../schemas/rpc-answers.ts'
import type { DocumentLinks } from '../../../documents/document-links.ts'
import type { JobProgressService } from '../../../print-jobs/job-progress-service.ts'
import { readJobReport } from '../../../print-jobs/job-report.ts'
import { printJobView } from '../../views/print-job-view.ts'
import { PRINT_JOB_EXAMPLE } from '../method-examples.ts'
import { defineMethod, EVERY_ROLE, type ResourceMethod } from '../rpc-method.ts'

/** `print_job.update(jobId, {status, reason?})` answers the print job: contracts/rpc.md, section 11. */
export const printJobUpdate = (jobs: JobProgressService, links: DocumentLinks): ResourceMethod =>
  defineMethod<PrintJobUpdateArgs>({
    path: 'print_job.update',
    parameters: ['jobId', 'update'],
    required: ['jobId', 'update'],
    roles: EVERY_ROLE,
    schema: printJobUpdateSchema,
    summary: 'Cancel a print job, or report its status',
    example: {
      params: [PRINT_JOB_EXAMPLE.id, { status: 'canceled', reason: 'the order was changed' }],
      result: {
        ...PRINT_JOB_EXAMPLE,
        status: 'canceled',
        reason: 'the order was changed',
      },
    },
    result: printJobAnswer,
    faults: [100, 101, 104, 105],
    async call({ jobId, update }, caller) {
      const { job } = await jobs.updateJob(caller, String(jobId), readJobReport(update))
      return printJobView(job, links)
    },
  })
