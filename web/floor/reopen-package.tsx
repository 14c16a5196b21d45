import { useSignal } from '@preact/signals'
import { callRpc } from '../api/rpc.ts'
import { text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { act, maySupervise } from './floor-state.ts'
import { ReasonField } from './reason-field.tsx'

/** A package that was finished by mistake can be packed again; who reopened it and why is kept. */
export function ReopenPackage() {
  const packageId = useSignal('')
  const reason = useSignal('')
  if (!maySupervise.value) return null
  const reopen = async (event: Event) => {
    event.preventDefault()
    const id = packageId.value.trim()
    await act(text('floor.reopened', { id }), async () => {
      await callRpc('packing.reopen', [id, reason.value.trim()])
      packageId.value = ''
      reason.value = ''
    })
  }
  return (
    <section aria-labelledby="reopen">
      <h2 id="reopen">{text('floor.reopen_title')}</h2>
      <form class="reopen" onSubmit={(event) => void reopen(event)}>
        <label>
          {text('pack.package')}
          <input
            required
            maxLength={200}
            autocomplete="off"
            spellcheck={false}
            value={packageId.value}
            onInput={(event) => {
              packageId.value = event.currentTarget.value
            }}
          />
        </label>
        <ReasonField
          label={text('floor.reopen_why')}
          value={reason.value}
          onInput={(given) => {
            reason.value = given
          }}
        />
        <button type="submit" class="plain">
          <Icon name="box" /> {text('floor.reopen')}
        </button>
      </form>
    </section>
  )
}
