/** GS1's check digit: weights 3 and 1 from the right. */
export function checkDigit(digits: string): string {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0)
  return String((10 - (sum % 10)) % 10)
}

/** The twelve digits of UPC-A less its last one that a UPC-E of number system and six digits stands for. */
export function expandUpcE(digits: string): string {
  const system = digits.slice(0, 1)
  const body = digits.slice(1, 6)
  const last = digits.slice(6)
  if (last <= '2') return `${system}${body.slice(0, 2)}${last}0000${body.slice(2)}`
  if (last > '4') return `${system}${body}0000${last}`
  const kept = Number(last)
  return `${system}${body.slice(0, kept)}00000${body.slice(kept)}`
}
