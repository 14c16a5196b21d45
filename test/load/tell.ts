/** Where the test is. */
export function tell(what: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${what}`)
}
