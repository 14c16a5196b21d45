import { text } from '../language/text.ts'
import type { Printer } from './floor-api.ts'

/** A choice among printers, or of none; value and choice are ids. */
export function PrinterSelect(props: {
  readonly label: string
  /** What '' means. */
  readonly none: string
  readonly printers: readonly Printer[]
  readonly value: string
  readonly onChoose: (printerId: string) => void
}) {
  const { label, none, printers, value, onChoose } = props
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{none}</option>
        {printers.map(({ id, name, station }) => (
          <option key={id} value={id}>
            {text('floor.printer_at', { name, station: station.display_name })}
          </option>
        ))}
      </select>
    </label>
  )
}
