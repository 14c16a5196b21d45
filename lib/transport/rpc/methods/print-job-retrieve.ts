import { type PrintJobRetrieveArgs, printJobRetrieveSchema } from '../../../../schemas/print-job-retrieve.ts'
import { printJobAnswer } from '../../../../schemas/rpc-answers.ts'
import type { DocumentLinks } from '../../../documents/document-links.ts'
import type { JobLookupService } from '../../../print-jobs/job-lookup-service.ts'
import { printJobView } from '../../views/print-job-view.ts'
import { PRINT_JOB_EXAMPLE } from '../method-examples.ts'
import { defineMethod, EVERY_ROLE, type ResourceMethod } from '../rpc-method.ts'

/** `print_job.retrieve(jobId)` answers the print job: contracts/rpc.md, section 11. */
export const printJobRetrieve = (jobs: JobLookupService, links: DocumentLinks): ResourceMethod =>
  defineMethod<PrintJobRetrieveArgs>({
    path: 'print_job.retrieve',
    parameters: ['jobId'],
    required: ['jobId'],
    roles: EVERY_ROLE,
    schema: printJobRetrieveSchema,
    summary: 'Look up a print job',
    example: { params: [PRINT_JOB_EXAMPLE.id], result: PRINT_JOB_EXAMPLE },
    result: printJobAnswer,
    faults: [101, 104],
    async call({ jobId }, caller) {
      return printJobView(await jobs.getJob(caller, String(jobId)), links)
    },
  })
