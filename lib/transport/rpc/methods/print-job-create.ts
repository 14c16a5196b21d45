import {
  type PrintJobCreateArgs,
  printJobCreateArgs,
  printJobCreateBody,
} from '../../../../schemas/print-job-create.ts'
import { printJobAnswer } from '../../../../schemas/rpc-answers.ts'
import type { DocumentLinks } from '../../../documents/document-links.ts'
import type { JobIntakeService } from '../../../print-jobs/job-intake-service.ts'
import { readPrintJobBody } from '../../print-job-body.ts'
import { printJobView } from '../../views/print-job-view.ts'
import { PRINT_JOB_EXAMPLE } from '../method-examples.ts'
import { defineMethod, EVERY_ROLE, type ResourceMethod } from '../rpc-method.ts'

/** `print_job.create(job)` answers the print job: contracts/rpc.md, section 11. Faults 100, 102 to 104. */
export const printJobCreate = (jobs: JobIntakeService, links: DocumentLinks): ResourceMethod =>
  defineMethod<PrintJobCreateArgs>({
    path: 'print_job.create',
    parameters: ['job'],
    required: ['job'],
    roles: EVERY_ROLE,
    schema: printJobCreateArgs,
    summary: 'Print a document',
    example: {
      params: [
        {
          location_id: 'loc_5nX0c7Yd2kQmR8vTb3LzWp',
          data: 'https://files.example/packing-slip.pdf',
          name: 'packing-slip.pdf',
          configuration: { copies: 1, paper_size: 'page_size_letter' },
        },
      ],
      result: PRINT_JOB_EXAMPLE,
    },
    result: printJobAnswer,
    faults: [100, 102, 103, 104],
    argumentSchemas: { job: printJobCreateBody },
    async call({ job }, caller) {
      const rules = { now: new Date(), isPaperSizeRequired: jobs.isPaperSizeRequired }
      return printJobView(await jobs.createJob(caller, readPrintJobBody(withObjects(job), rules)), links)
    },
  })

/** PHP writes the empty object as `[]` (contracts/rpc.md, section 4). */
function withObjects(job: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const objects = ['configuration', 'resource'].filter((name) => isEmptyArray(job[name]))
  return { ...job, ...Object.fromEntries(objects.map((name) => [name, {}])) }
}

function isEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
