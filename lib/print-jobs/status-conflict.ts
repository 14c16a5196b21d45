import { ConflictError } from '../errors.ts'

/** What can't be done to a job in its status: `invalid_status_transition`. */
export function statusConflict(message: string): ConflictError {
  return new ConflictError('print_job', 'invalid_status_transition', message, {
    field: 'status',
    errors: [`status: ${message}`],
  })
}
