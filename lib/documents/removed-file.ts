import { InvalidError, NotFoundError } from '../errors.ts'

/** A file was asked for whose bytes went with their retention: only whoever has it can bring it back. */
export function fileRemoved(fileName: string): InvalidError {
  return new InvalidError(
    null,
    'file_removed',
    `the file ${fileName} is no longer kept: it must be attached again`,
  )
}

/** What `work` does with the document of that file. Throws `fileRemoved` where it finds no bytes. */
export async function withFile<Result>(fileName: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NotFoundError && error.details.subject === 'document') throw fileRemoved(fileName)
    throw error
  }
}
