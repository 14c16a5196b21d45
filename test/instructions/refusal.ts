import { DomainError } from '../../lib/errors.ts'

/** `field: reason` of the InvalidError that `work` throws; fails when it throws none. */
export function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid') {
      return `${error.details.field}: ${error.details.reason}`
    }
    throw error
  }
  throw new Error('nothing was refused')
}
