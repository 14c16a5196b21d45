import { text, timeOfDay } from '../language/text.ts'
import { openedId, paper } from './floor-state.ts'
import { JobPicture } from './job-picture.tsx'

/** The paper of virtual printers, the newest first, as it comes out. */
export function PaperTray() {
  return (
    <section aria-labelledby="paper">
      <h2 id="paper">{text('floor.paper')}</h2>
      {paper.value.length === 0 && <p class="soft">{text('floor.no_paper')}</p>}
      <ul class="tray" aria-live="polite">
        {paper.value.map((job) => (
          <li key={job.id}>
            <button
              type="button"
              class="sheet"
              onClick={() => {
                openedId.value = job.id
              }}
            >
              <span class="page">
                <JobPicture job={job} />
              </span>
              <strong>{job.name}</strong>
              <span>
                {job.printer.name}, {timeOfDay(job.updated_at)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
