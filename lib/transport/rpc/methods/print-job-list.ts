import {
  type PrintJobListArgs,
  printJobListArgs,
  printJobListQuery,
} from '../../../../schemas/print-job-list.ts'
import { listOf, printJobAnswer } from '../../../../schemas/rpc-answers.ts'
import type { DocumentLinks } from '../../../documents/document-links.ts'
import type { JobLookupService } from '../../../print-jobs/job-lookup-service.ts'
import { readJobQuery, toJobFilter } from '../../print-job-query.ts'
import { printJobView } from '../../views/print-job-view.ts'
import { PRINT_JOB_EXAMPLE } from '../method-examples.ts'
import { defineMethod, EVERY_ROLE, type ResourceMethod } from '../rpc-method.ts'

/** `print_job.list(query)` answers `{data, pagination}`: contracts/rpc.md, section 11. */
export const printJobList = (jobs: JobLookupService, links: DocumentLinks): ResourceMethod =>
  defineMethod<PrintJobListArgs>({
    path: 'print_job.list',
    parameters: ['query'],
    required: [],
    roles: EVERY_ROLE,
    schema: printJobListArgs,
    summary: 'List print jobs',
    example: {
      params: [{ status: 'queued', limit: 1 }],
      result: { data: [PRINT_JOB_EXAMPLE], pagination: { page: 1, limit: 1, has_more: false } },
    },
    result: {
      type: 'object',
      required: ['data', 'pagination'],
      properties: {
        data: listOf(printJobAnswer),
        pagination: { type: 'object', required: ['page', 'limit', 'has_more'] },
      },
    },
    faults: [100, 104],
    argumentSchemas: { query: printJobListQuery },
    async call({ query }, caller) {
      const { filter, list } = toJobFilter(readJobQuery(query ?? {}))
      const { items, hasMore } = await jobs.listJobs(caller, filter, list)
      return {
        data: items.map((job) => printJobView(job, links)),
        pagination: { page: list.page, limit: list.limit, has_more: hasMore },
      }
    },
  })
