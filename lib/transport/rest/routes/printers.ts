import { printJobAnswer } from '../../../../schemas/print-job.ts'
import { type PrinterListQuery, printerAnswer, printerListQuery } from '../../../../schemas/printer.ts'
import type { PrintJob } from '../../../print-jobs/print-job.ts'
import type { Services } from '../../../services.ts'
import { printJobView } from '../../views/print-job-view.ts'
import { listAnswer, type Noun, resourceAnswer } from '../rest-answer.ts'
import { toListQuery } from '../rest-query.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { placedPrinterView } from '../views/printer-view.ts'

type PrinterServices = Pick<Services, 'documentLinks' | 'jobIntake' | 'printerControl'>

const NOUN: Noun = { one: 'printer', many: 'printers' }
const JOB: Noun = { one: 'print job', many: 'print jobs' }
const PATH = '/v1/cloud-printing/printers'
const TAG = 'Printers'

/** Printers of all stations: contracts/cloud-printing.md, sections 2 and 5. */
export const printerRoutes = (services: PrinterServices): readonly RestRoute[] => [
  ...readingRoutes(services),
  testPageRoute(services),
  pauseRoute(services, true),
  pauseRoute(services, false),
  identifyRoute(services),
]

const readingRoutes = ({ printerControl }: PrinterServices): readonly RestRoute[] => [
  defineRoute<unknown, PrinterListQuery>({
    method: 'GET',
    path: PATH,
    scope: 'print_stations:read',
    summary: 'List printers',
    tag: TAG,
    query: printerListQuery,
    answer: { status: 200, schema: printerAnswer, isList: true },
    refusals: ['location_access'],
    async handle({ caller, query }) {
      const list = toListQuery(query)
      const filter = {
        locationId: query.location_id ?? null,
        stationId: query.print_station_id ?? null,
        status: query.status ?? null,
        pool: query.pool ?? null,
      }
      const page = await printerControl.list(caller, filter, list)
      return listAnswer(NOUN, { page, list, view: placedPrinterView })
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id`,
    scope: 'print_stations:read',
    summary: 'Retrieve a printer',
    tag: TAG,
    answer: { status: 200, schema: printerAnswer },
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'retrieved', placedPrinterView(await printerControl.get(caller, id)))
    },
  }),
]

const testPageRoute = ({ jobIntake, documentLinks }: PrinterServices): RestRoute =>
  defineRoute({
    method: 'POST',
    path: `${PATH}/:id/test-page`,
    scope: 'print_stations:write',
    summary: 'Print a test page',
    description: 'A print job in the language that the printer takes.',
    tag: TAG,
    answer: { status: 201, schema: printJobAnswer },
    refusals: ['unauthorized', 'no_compatible_printer'],
    async handle({ caller, params: { id = '' }, recordAnswer }) {
      const created = (job: PrintJob) =>
        resourceAnswer(JOB, 'created', printJobView(job, documentLinks), ['cloud_printing.job.created'])
      const job = await jobIntake.submitTestPage(caller, id, (trx, made) => recordAnswer(trx, created(made)))
      return created(job)
    },
  })

const pauseRoute = ({ printerControl }: PrinterServices, isPaused: boolean): RestRoute =>
  defineRoute({
    method: 'POST',
    path: `${PATH}/:id/${isPaused ? 'pause' : 'resume'}`,
    scope: 'print_stations:write',
    summary: isPaused ? 'Pause a printer' : 'Resume a printer',
    description: isPaused
      ? 'It takes jobs and prints none; what it is printing goes on.'
      : 'It prints what has been queued meanwhile.',
    tag: TAG,
    answer: { status: 200, schema: printerAnswer },
    async handle({ caller, params: { id = '' } }) {
      const { printer, isChanged } = await printerControl.setPaused(caller, id, isPaused)
      const events = isChanged ? ['cloud_printing.printer.state_changed'] : []
      return resourceAnswer(NOUN, 'updated', placedPrinterView(printer), events)
    },
  })

const identifyRoute = ({ printerControl }: PrinterServices): RestRoute =>
  defineRoute({
    method: 'POST',
    path: `${PATH}/:id/identify`,
    scope: 'print_stations:write',
    summary: 'Make a printer show itself',
    description: 'It blinks, beeps or prints its name.',
    tag: TAG,
    answer: { status: 200, schema: printerAnswer },
    refusals: ['validation_error'],
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'updated', placedPrinterView(await printerControl.identify(caller, id)))
    },
  })
