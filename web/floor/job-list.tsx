import { dateAndTime, text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { jobWords } from '../parts/print-words.ts'
import type { Job } from './floor-api.ts'
import {
  type Filter,
  filter,
  jobCount,
  jobs,
  loadJobs,
  openedId,
  page,
  pageCount,
  printers,
  quietly,
} from './floor-state.ts'
import { PrinterSelect } from './printer-select.tsx'

const STATUSES = ['queued', 'processing', 'completed', 'failed', 'canceled'] as const

function narrow(change: Partial<Filter>): void {
  filter.value = { ...filter.value, ...change }
  page.value = 1
  void quietly(loadJobs)
}

function turn(by: 1 | -1): void {
  page.value += by
  void quietly(loadJobs)
}

export function JobList() {
  return (
    <section aria-labelledby="jobs">
      <div class="head">
        <h2 id="jobs">{text('floor.jobs', { count: jobCount.value })}</h2>
        <Filters />
      </div>
      <div class="scroll">
        <table class="jobs">
          <thead>
            <tr>
              <th scope="col">{text('floor.document')}</th>
              <th scope="col">{text('floor.printer')}</th>
              <th scope="col">{text('floor.state')}</th>
              <th scope="col">{text('floor.time')}</th>
            </tr>
          </thead>
          <tbody>
            {jobs.value.map((job) => (
              <JobRow key={job.id} job={job} />
            ))}
          </tbody>
        </table>
      </div>
      {jobs.value.length === 0 && <p class="soft">{text('floor.no_jobs')}</p>}
      <p class="pages">
        <button
          type="button"
          class="plain"
          aria-label={text('picture.back')}
          disabled={page.value <= 1}
          onClick={() => turn(-1)}
        >
          <Icon name="back" />
        </button>
        {text('picture.page', { page: page.value, pages: pageCount.value })}
        <button
          type="button"
          class="plain"
          aria-label={text('picture.next')}
          disabled={page.value >= pageCount.value}
          onClick={() => turn(1)}
        >
          <Icon name="next" />
        </button>
      </p>
    </section>
  )
}

function Filters() {
  return (
    <div class="filters">
      <label>
        {text('floor.state')}
        <select
          value={filter.value.status}
          onChange={(event) => narrow({ status: event.currentTarget.value })}
        >
          <option value="">{text('floor.all')}</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {text(`job.${status}`)}
            </option>
          ))}
        </select>
      </label>
      <PrinterSelect
        label={text('floor.printer')}
        none={text('floor.all')}
        printers={printers.value}
        value={filter.value.printerId}
        onChoose={(printerId) => narrow({ printerId })}
      />
    </div>
  )
}

export function wordsOfJob(job: Job) {
  return jobWords({
    ...job,
    reason: job.reason ?? job.state_reasons[0] ?? null,
    printerName: job.printer.name,
  })
}

function JobRow({ job }: { readonly job: Job }) {
  const words = wordsOfJob(job)
  return (
    <tr data-job={job.id} data-status={job.status}>
      <td>
        <button
          type="button"
          class="link"
          onClick={() => {
            openedId.value = job.id
          }}
        >
          {job.name}
        </button>
        {job.reprint_of !== null && (
          <span class="mark dull">
            <Icon name="again" /> {text('floor.reprint')}
          </span>
        )}
      </td>
      <td>{job.printer.name}</td>
      <td>
        <span class={`mark ${words.tone}`}>
          <Icon name={words.icon} /> {words.text}
        </span>
      </td>
      <td>{dateAndTime(job.created_at)}</td>
    </tr>
  )
}
