import { expect } from 'chai'
import { UnreadableError, type UnreadableReason } from '../../lib/rendering/rendering.ts'

/** The refusal that `reading` must end in. */
export async function refusalOf(
  reading: Promise<unknown>,
  reason: UnreadableReason,
): Promise<UnreadableError> {
  try {
    await reading
  } catch (error) {
    expect(error).to.be.instanceOf(UnreadableError)
    expect(error).to.have.property('reason', reason)
    return error as UnreadableError
  }
  throw new Error('the document was read')
}
