import { jobMarker, jobNameAtPrinter } from './ipp-client.ts'
import type { IppJobView } from './ipp-job-state.ts'

/** Printers that cut names keep this much of them at least; what is shorter may be anybody's. */
const CUT_NAME_MIN = 20

/**
 * Tells a job of ours from another one that has its number: a printer that starts anew numbers its jobs anew, so that a
 * number alone proves nothing (contracts/printing.md, "Outcome": by its id and name).
 */
export class JobIdentity {
  readonly #marker: string
  readonly #name: string
  /** What the printer called it when its number was just made: some keep no names, or change them. */
  #nameThere: string | undefined

  constructor({ jobId, jobName }: { readonly jobId: string; readonly jobName: string }) {
    this.#marker = jobMarker(jobId)
    this.#name = jobNameAtPrinter(jobName, jobId)
  }

  /** By the name alone, where the number isn't known. */
  isNamed({ name }: IppJobView): boolean {
    return name.includes(this.#marker)
  }

  /** For a job that was found under our number. A printer that tells no name at all is believed. */
  isOurs(view: IppJobView): boolean {
    const { name } = view
    return this.isNamed(view) || name === '' || name === this.#nameThere || this.#isCut(name)
  }

  /** The number was made a moment ago, so this is our job whatever its name is. */
  learn({ name }: IppJobView): void {
    this.#nameThere = name
  }

  #isCut(name: string): boolean {
    return name.length >= CUT_NAME_MIN && this.#name.startsWith(name)
  }
}
