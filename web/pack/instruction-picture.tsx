import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { isConnected } from '../api/connection.ts'
import { Unreachable } from '../api/request.ts'
import { type MessageKey, text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { type Occurrence, type Picture, packing } from './packing-api.ts'
import { view } from './pack-state.ts'

/** The file that will be printed, page by page. */
export function InstructionPicture({ occurrence }: { readonly occurrence: Occurrence }) {
  const page = useSignal(1)
  const picture = useSignal<Picture | null>(null)
  const hasFailed = useSignal(false)
  const packageId = view.value?.package.package_id ?? ''
  const { instruction_id: instructionId, file_name: name, print_target: target } = occurrence
  const connected = isConnected.value
  useEffect(() => {
    if (!connected || picture.value?.page === page.value) return
    packing.picture(instructionId, packageId, page.value).then(
      (shown) => {
        picture.value = shown
      },
      (error: unknown) => {
        // Asked again when the connection is back.
        hasFailed.value = !(error instanceof Unreachable)
      },
    )
  }, [page.value, connected])
  const pages = picture.value?.pages ?? 1
  return (
    <figure class="picture">
      <div class="paper">
        {picture.value ? (
          <img
            src={`data:image/png;base64,${picture.value.content}`}
            alt={text('picture.alt', { name: name ?? '' })}
          />
        ) : (
          <span class="blank">
            <Icon name="paper" /> {text(missingKey(hasFailed.value, connected))}
          </span>
        )}
      </div>
      <figcaption>
        <span class="file">
          <Icon name="paper" /> {name}
        </span>
        {target !== null && (
          <span>{text('picture.goes_to', { target: text(`target.${target}` as 'target.LASER') })}</span>
        )}
        {pages > 1 && (
          <span class="pages">
            <button
              type="button"
              class="plain"
              aria-label={text('picture.back')}
              disabled={page.value === 1}
              onClick={() => (page.value -= 1)}
            >
              <Icon name="back" />
            </button>
            {text('picture.page', { page: page.value, pages })}
            <button
              type="button"
              class="plain"
              aria-label={text('picture.next')}
              disabled={page.value === pages}
              onClick={() => (page.value += 1)}
            >
              <Icon name="next" />
            </button>
          </span>
        )}
      </figcaption>
    </figure>
  )
}

function missingKey(hasFailed: boolean, isReachable: boolean): MessageKey {
  if (hasFailed) return 'picture.none'
  return isReachable ? 'picture.loading' : 'picture.lost'
}
