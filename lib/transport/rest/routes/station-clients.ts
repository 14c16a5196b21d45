import { printJobAnswer } from '../../../../schemas/print-job.ts'
import { type StationNextQuery, stationNextQuery } from '../../../../schemas/station.ts'
import type { StationSignal } from '../../../printers/station-signal.ts'
import type { Services } from '../../../services.ts'
import { printJobView } from '../../views/print-job-view.ts'
import { patienceOf } from '../hang-up.ts'
import { type Noun, type OtherAnswer, resourceAnswer } from '../rest-answer.ts'
import { RestRefusal } from '../rest-refusal.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { openStationStream } from '../station-stream.ts'

type ClientServices = Pick<Services, 'documentLinks' | 'jobProgress' | 'stationClients'>

const JOB: Noun = { one: 'print job', many: 'print jobs' }
const PATH = '/v1/cloud-printing/stations/:id'
const TAG = 'Station clients'
const SECOND_MS = 1_000
const WAIT_DEFAULT_SECONDS = 25

/** What runs beside the printers of a station: contracts/cloud-printing.md, section 6. */
export const stationClientRoutes = (services: ClientServices): readonly RestRoute[] => [
  nextRoute(services),
  eventsRoute(services),
]

const nextRoute = ({ stationClients, jobProgress, documentLinks }: ClientServices): RestRoute =>
  defineRoute<unknown, StationNextQuery>({
    method: 'GET',
    path: `${PATH}/next`,
    scope: 'print_jobs:write',
    summary: 'Claim the next print job',
    description:
      'Waits for one when there is none. The job is the caller’s until its claim expires, unless it is renewed.',
    tag: TAG,
    query: stationNextQuery,
    answer: { status: 200, schema: printJobAnswer, isNullable: true },
    refusals: ['unauthorized'],
    hasHead: false,
    isStanding: true,
    async handle({ caller, params: { id = '' }, query, ending, http }) {
      const patience = patienceOf(http, ending)
      try {
        const job = await stationClients.next(caller, id, {
          waitMs: (query.wait ?? WAIT_DEFAULT_SECONDS) * SECOND_MS,
          printerId: query.printer_id ?? null,
          signal: patience.signal,
        })
        if (!job && ending.reason instanceof RestRefusal) throw ending.reason
        if (!job) return { ...resourceAnswer(JOB, 'retrieved', null), message: 'No print job' }
        if (patience.hasHungUp()) await jobProgress.handBack(caller, job.jobId)
        return resourceAnswer(JOB, 'retrieved', printJobView(job, documentLinks), [
          'cloud_printing.job.processing',
        ])
      } finally {
        patience.release()
      }
    },
  })

const eventsRoute = ({ stationClients }: ClientServices): RestRoute =>
  defineRoute({
    method: 'GET',
    path: `${PATH}/events`,
    scope: 'print_jobs:read',
    summary: 'Follow what happens at a station',
    description:
      '`ready`, `job.queued`, `job.canceled`, `printer.identify`, `printer.paused`, `printer.resumed`. Pushes are hints: ' +
      'after a reconnect, ask for the next job.',
    tag: TAG,
    answer: { status: 200, mediaType: 'text/event-stream', description: 'Server-sent events' },
    refusals: ['unauthorized'],
    hasHead: false,
    isStanding: true,
    async handle({ caller, params: { id = '' }, ending, log }): Promise<OtherAnswer> {
      const stream = openStationStream({ ending, log })
      const following = await stationClients.follow(caller, id, (signal: StationSignal) =>
        stream.push(signal),
      )
      return { kind: 'other', send: (response) => stream.start(response, following) }
    },
  })
