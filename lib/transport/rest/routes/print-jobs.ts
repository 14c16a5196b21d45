import {
  type MoveBody,
  moveBody,
  type PreviewQuery,
  previewQuery,
  printAttemptAnswer,
  printJobAnswer,
  printJobRoutingAnswer,
  printJobUpdateBody,
  type ReprintBody,
  reprintBody,
} from '../../../../schemas/print-job.ts'
import { printJobCreateBody } from '../../../../schemas/print-job-create.ts'
import { type PrintJobListQuery, printJobListQuery } from '../../../../schemas/print-job-list.ts'
import type { PrintJobDraft } from '../../../print-jobs/job-draft.ts'
import type { BesideJob } from '../../../print-jobs/job-intake-service.ts'
import { type JobReport, readJobReport } from '../../../print-jobs/job-report.ts'
import type { PrintJob } from '../../../print-jobs/print-job.ts'
import type { Services } from '../../../services.ts'
import { readPrintJobBody } from '../../print-job-body.ts'
import { toJobFilter } from '../../print-job-query.ts'
import { printJobView } from '../../views/print-job-view.ts'
import { listAnswer, type Noun, resourceAnswer } from '../rest-answer.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { printAttemptView, printJobRoutingView } from '../views/print-job-ledger-view.ts'

type JobServices = Pick<
  Services,
  'documentLinks' | 'jobIntake' | 'jobLookup' | 'jobMove' | 'jobPreview' | 'jobProgress'
>

const NOUN: Noun = { one: 'print job', many: 'print jobs' }
const PATH = '/v1/cloud-printing/jobs'
const TAG = 'Print jobs'
/** 36 MiB: a document of 25 MiB in base64, and its surroundings. */
const JOB_BODY_BYTES_MAX = 37_748_736

/** Print jobs: contracts/cloud-printing.md, sections 2 and 3. */
export const printJobRoutes = (services: JobServices): readonly RestRoute[] => [
  ...readingRoutes(services),
  ...ledgerRoutes(services),
  ...writingRoutes(services),
  moveRoute(services),
]

const readingRoutes = ({ jobLookup, documentLinks }: JobServices): readonly RestRoute[] => [
  defineRoute<unknown, PrintJobListQuery>({
    method: 'GET',
    path: PATH,
    scope: 'print_jobs:read',
    summary: 'List print jobs',
    tag: TAG,
    query: printJobListQuery,
    answer: { status: 200, schema: printJobAnswer, isList: true },
    refusals: ['location_access'],
    async handle({ caller, query }) {
      const { filter, list } = toJobFilter(query)
      const page = await jobLookup.listJobs(caller, filter, list)
      return listAnswer(NOUN, { page, list, view: (job) => printJobView(job, documentLinks) })
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id`,
    scope: 'print_jobs:read',
    summary: 'Retrieve a print job',
    tag: TAG,
    answer: { status: 200, schema: printJobAnswer },
    refusals: ['location_access'],
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(
        NOUN,
        'retrieved',
        printJobView(await jobLookup.getJob(caller, id), documentLinks),
      )
    },
  }),
]

const ledgerRoutes = ({ jobLookup, jobPreview }: JobServices): readonly RestRoute[] => [
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id/routing`,
    scope: 'print_jobs:read',
    summary: 'Explain why this printer',
    description: 'As it was decided when the job was made.',
    tag: TAG,
    answer: { status: 200, schema: printJobRoutingAnswer },
    refusals: ['location_access'],
    async handle({ caller, params: { id = '' } }) {
      const routing = await jobLookup.routing(caller, id)
      return resourceAnswer(
        { one: 'print job routing', many: '' },
        'retrieved',
        printJobRoutingView(id, routing),
      )
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id/attempts`,
    scope: 'print_jobs:read',
    summary: 'List the attempts to print a job',
    description: 'The ledger, oldest line first: its last thousand lines, where it has more.',
    tag: TAG,
    answer: { status: 200, schema: printAttemptAnswer, isList: true, isPaged: false },
    refusals: ['location_access'],
    async handle({ caller, params: { id = '' } }) {
      const attempts = await jobLookup.attempts(caller, id)
      const message = `${attempts.length} print ${attempts.length === 1 ? 'attempt' : 'attempts'} retrieved`
      const data = attempts.map(printAttemptView)
      return { kind: 'json', status: 200, message, data, pagination: null, events: [] }
    },
  }),
  defineRoute<unknown, PreviewQuery>({
    method: 'GET',
    path: `${PATH}/:id/preview.png`,
    scope: 'print_jobs:read',
    summary: 'Picture of what was or will be printed',
    description: 'The exact black and white raster for label printers, the page for others.',
    tag: TAG,
    query: previewQuery,
    answer: { status: 200, mediaType: 'image/png', description: 'one page' },
    refusals: ['location_access', 'unsupported_document'],
    async handle({ caller, params: { id = '' }, query }) {
      const picture = await jobPreview.draw(caller, id, query.page ?? 1)
      return {
        kind: 'other',
        send(response) {
          response.set('Content-Type', 'image/png').set('Cache-Control', 'no-store').end(picture)
        },
      }
    },
  }),
]

const writingRoutes = ({ jobIntake, jobProgress, documentLinks }: JobServices): readonly RestRoute[] => {
  const created = (job: PrintJob) =>
    resourceAnswer(NOUN, 'created', printJobView(job, documentLinks), ['cloud_printing.job.created'])
  return [
    defineRoute<PrintJobDraft>({
      method: 'POST',
      path: PATH,
      scope: 'print_jobs:write',
      summary: 'Create a print job',
      description: 'The document is fetched within the request, and the job goes to the best printer.',
      tag: TAG,
      body: printJobCreateBody,
      readBody: (body) =>
        readPrintJobBody(body, { now: new Date(), isPaperSizeRequired: jobIntake.isPaperSizeRequired }),
      bodyBytesMax: JOB_BODY_BYTES_MAX,
      answer: { status: 201, schema: printJobAnswer },
      refusals: [
        'not_found',
        'location_access',
        'unauthorized',
        'document_unreachable',
        'document_too_large',
        'unsupported_document',
        'no_compatible_printer',
      ],
      async handle({ caller, body, recordAnswer }) {
        const job = await jobIntake.createJob(caller, body, (trx, made) => recordAnswer(trx, created(made)))
        return created(job)
      },
    }),
    defineRoute<JobReport>({
      method: 'POST',
      path: `${PATH}/:id`,
      scope: 'print_jobs:write',
      summary: 'Update the status of a print job',
      tag: TAG,
      body: printJobUpdateBody,
      readBody: readJobReport,
      answer: { status: 200, schema: printJobAnswer },
      refusals: ['location_access', 'invalid_status_transition'],
      async handle({ caller, params: { id = '' }, body }) {
        const { job, isChanged } = await jobProgress.updateJob(caller, id, body)
        const events = isChanged ? [`cloud_printing.job.${job.status}`] : []
        return resourceAnswer(NOUN, 'updated', printJobView(job, documentLinks), events)
      },
    }),
    defineRoute<ReprintBody>({
      method: 'POST',
      path: `${PATH}/:id/reprint`,
      scope: 'print_jobs:write',
      summary: 'Print a job again',
      description: 'For a job that has ended: a new one with the same document and options.',
      tag: TAG,
      body: reprintBody,
      answer: { status: 201, schema: printJobAnswer },
      refusals: ['location_access', 'unauthorized', 'invalid_status_transition', 'no_compatible_printer'],
      async handle({ caller, params: { id = '' }, body, recordAnswer }) {
        const { reason, printer_id: printerId = null } = body
        const beside: BesideJob = (trx, made) => recordAnswer(trx, created(made))
        return created(await jobIntake.reprint(caller, id, { reason, printerId, beside }))
      },
    }),
  ]
}

const moveRoute = ({ jobMove, documentLinks }: JobServices): RestRoute =>
  defineRoute<MoveBody>({
    method: 'POST',
    path: `${PATH}/:id/move`,
    scope: 'print_jobs:write',
    summary: 'Move a job to another printer',
    description:
      'For a queued job of which nothing was sent: the same job, in the queue of a printer of its location that can print it. Repeating it changes nothing.',
    tag: TAG,
    body: moveBody,
    answer: { status: 200, schema: printJobAnswer },
    refusals: ['location_access', 'unauthorized', 'invalid_status_transition', 'no_compatible_printer'],
    async handle({ caller, params: { id = '' }, body: { printer_id: printerId } }) {
      const job = await jobMove.moveJob(caller, id, printerId)
      return resourceAnswer(NOUN, 'updated', printJobView(job, documentLinks))
    },
  })
