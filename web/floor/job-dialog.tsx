import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { get } from '../api/rest.ts'
import { dateAndTime, text } from '../language/text.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { type Attempt, type Job, JOBS } from './floor-api.ts'
import { jobs, note, openedId, paper, quietly } from './floor-state.ts'
import { JobActions } from './job-actions.tsx'
import { wordsOfJob } from './job-list.tsx'
import { JobPicture } from './job-picture.tsx'

/** One job: its picture, what was tried, and what can be done about it. */
export function JobDialog({ id }: { readonly id: string }) {
  const listed = [...jobs.value, ...paper.value].find((job) => job.id === id)
  const fetched = useSignal<Job | null>(null)
  const attempts = useSignal<readonly Attempt[]>([])
  const job = listed ?? fetched.value
  useEffect(() => {
    note.value = null
  }, [id])
  useEffect(() => {
    void quietly(async () => {
      fetched.value = await get<Job>(`${JOBS}/${id}`)
      attempts.value = await get<readonly Attempt[]>(`${JOBS}/${id}/attempts`)
    })
  }, [id, listed?.updated_at])
  if (!job) return null
  const words = wordsOfJob(job)
  return (
    <Dialog
      title={job.name}
      onClose={() => {
        openedId.value = null
      }}
    >
      <div class="job">
        <div class="page">
          <JobPicture job={job} />
        </div>
        <div class="facts">
          <span class={`mark ${words.tone}`}>
            <Icon name={words.icon} /> {words.text}
          </span>
          {words.advice !== '' && <p class="advice">{words.advice}</p>}
          {job.reason !== null && <p class="soft">{job.reason}</p>}
          {job.warnings.map((warning) => (
            <p key={warning} class="soft">
              {warning}
            </p>
          ))}
          <p class="soft">
            {dateAndTime(job.created_at)}, {job.station.display_name},{' '}
            {text('floor.copies', { count: job.options.copies })}
          </p>
          {job.reprint_reason !== null && <p>{text('floor.reprinted', { reason: job.reprint_reason })}</p>}
          <Attempts attempts={attempts.value} />
        </div>
      </div>
      <JobActions job={job} />
    </Dialog>
  )
}

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <>
      <h3>{text('floor.attempts')}</h3>
      {attempts.length === 0 && <p class="soft">{text('floor.no_attempts')}</p>}
      <ol class="attempts">
        {attempts.map((attempt) => (
          <li key={attempt.attempt}>
            <strong>{text(`outcome.${attempt.outcome ?? 'running'}`)}</strong> {attempt.printer.name},{' '}
            {dateAndTime(attempt.started_at)}
            {attempt.bytes_offered !== null && (
              <span class="soft">
                {' '}
                {attempt.bytes_written ?? 0}/{attempt.bytes_offered} B
              </span>
            )}
            {attempt.detail !== null && <span class="soft"> {attempt.detail}</span>}
          </li>
        ))}
      </ol>
    </>
  )
}
