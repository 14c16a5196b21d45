/** Why a person does something that stays in the records; as long as the server takes it. */
export function ReasonField(props: {
  readonly label: string
  readonly value: string
  readonly onInput: (reason: string) => void
}) {
  const { label, value, onInput } = props
  return (
    <label>
      {label}
      <input
        required
        minLength={3}
        maxLength={1000}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  )
}
