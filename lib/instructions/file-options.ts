import { reduceFileName } from '../documents/file-name.ts'
import { InvalidError } from '../errors.ts'
import { decodeFileContent } from './file-content.ts'
import { type FileRequest, readFileRequest } from './file-request.ts'

/** Where a file comes from; `name` as given, reduced, null where none was. */
export type FileSource =
  | { readonly kind: 'content'; readonly name: string | null; readonly bytes: Buffer }
  | { readonly kind: 'request'; readonly name: string | null; readonly request: FileRequest }

export interface FileOptions {
  readonly name: string | null
  readonly source: FileSource | null
}

interface FileMembers {
  readonly file_name?: string | null | undefined
  readonly file_content?: string | null | undefined
  readonly file_request?: unknown
}

/** The three members about the file; what else they need of each other differs between create and edit. Throws InvalidError. */
export function readFileOptions(options: FileMembers): FileOptions {
  const name = readFileName(options.file_name)
  const content = given(options.file_content)
  const request = given(options.file_request)
  if (content !== null && request !== null) {
    throw new InvalidError('file_request', 'conflict', 'file_content and file_request exclude each other')
  }
  if (content !== null) return { name, source: { kind: 'content', name, bytes: decodeFileContent(content) } }
  if (request !== null) return { name, source: { kind: 'request', name, request: readFileRequest(request) } }
  return { name, source: null }
}

function readFileName(value: string | null | undefined): string | null {
  const text = given(value)
  if (text === null) return null
  const name = reduceFileName(text)
  if (name === null)
    throw new InvalidError('file_name', 'invalid', 'file_name has nothing in it that names a file')
  return name
}

/** An empty string counts as not given. */
function given<T>(value: T | null | undefined): T | null {
  return value === '' ? null : (value ?? null)
}

export function nameWithoutFile(): InvalidError {
  return new InvalidError('file_name', 'invalid', 'file_name has no file to name')
}

export function fileWithoutName(): InvalidError {
  return new InvalidError('file_name', 'required', 'file_name is missing: file_content needs one')
}
