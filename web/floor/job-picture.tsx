import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { fetchPicture } from '../api/rest.ts'
import { text } from '../language/text.ts'
import { type Job, JOBS } from './floor-api.ts'

/** Receipts are in their printer's language; virtual printers keep their pictures. */
const ESCPOS = 'application/vnd.escpos'

/** What was or will be printed; other documents in a printer's own language have no picture. */
export function JobPicture({ job }: { readonly job: Job }) {
  const address = useSignal<string | null>(null)
  const isLoaded = useSignal(false)
  useEffect(() => {
    let own: string | null = null
    let isGone = false
    void fetchPicture(`${JOBS}/${job.id}/${job.data_type === ESCPOS ? 'receipt' : 'preview'}.png`)
      .catch(() => null)
      .then((found) => {
        if (isGone && found !== null) return URL.revokeObjectURL(found)
        own = found
        address.value = found
        isLoaded.value = true
      })
    return () => {
      isGone = true
      if (own !== null) URL.revokeObjectURL(own)
    }
  }, [job.id])
  if (address.value !== null) return <img src={address.value} alt={text('picture.alt', { name: job.name })} />
  return <span class="blank">{text(isLoaded.value ? 'picture.none' : 'picture.loading')}</span>
}
