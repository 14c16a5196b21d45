import { expect } from 'chai'
import { DomainError } from '../../lib/errors.ts'

/** Waits for a refusal with that code and those details. */
export async function rejects(
  promise: Promise<unknown>,
  expected: { code: string; [detail: string]: unknown },
): Promise<void> {
  const error: unknown = await promise.then(
    () => new Error('was accepted'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof DomainError)) throw error
  expect({ ...error.details, code: error.code }).to.include(expected)
}
