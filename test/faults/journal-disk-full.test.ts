import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openJobJournal } from '../../lib/station-client/job-journal.ts'
import { mountSmallDisk } from './small-disk.ts'

describe('the journal of a station client whose disk is full', () => {
  it('knows after a restart every job of which it said that it is on the disk, and those after it had room again', async function () {
    const folder = await mkdtemp(join(tmpdir(), 'packhouse-journal-'))
    const disk = await mountSmallDisk(this, 1, folder)
    try {
      const journal = await openJobJournal(folder)
      const kept = ['job_first']
      await journal.note('job_first', 'claimed')
      await disk.fill(0)
      let refusals = 0
      // The page that the file has already takes some of them, and a part of one.
      for (let number = 0; number < 200 && refusals < 3; number += 1) {
        const jobId = `job_${number}`
        await journal.note(jobId, 'claimed').then(
          () => kept.push(jobId),
          () => (refusals += 1),
        )
      }
      expect(refusals).to.equal(3)
      expect(kept).to.have.length.above(10)
      await disk.clear()
      for (const jobId of ['job_later', 'job_last']) {
        await journal.note(jobId, 'claimed')
        kept.push(jobId)
      }
      await journal.close()
      const again = await openJobJournal(folder)
      expect([...again.abandoned().keys()]).to.include.members(kept)
      await again.close()
    } finally {
      await disk.unmount()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
