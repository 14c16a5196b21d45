import type { Request, Response } from 'express'
import { type DocumentLinkQuery, documentLinkQuery } from '../../../../schemas/print-job.ts'
import { DomainError } from '../../../errors.ts'
import type { Services } from '../../../services.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'

type DocumentServices = Pick<Services, 'documentBytes' | 'documentLinks'>

/** `data_url`: contracts/cloud-printing.md, section 4. The signature is the key. */
export const documentRoutes = ({ documentBytes, documentLinks }: DocumentServices): readonly RestRoute[] => [
  defineRoute<unknown, DocumentLinkQuery>({
    method: 'GET',
    path: '/v1/documents/:id',
    scope: 'public',
    summary: 'Download a document by its signed link',
    description: 'The bytes as they came. ETag, If-None-Match and Range are honoured.',
    tag: 'Documents',
    query: documentLinkQuery,
    answer: { status: 200, mediaType: 'application/octet-stream', description: 'the document' },
    refusals: ['invalid_signature'],
    admit({ params: { id = '' }, query: { expires, signature } }) {
      if (!documentLinks.verify(String(id), { expires, signature })) {
        throw new DomainError('forbidden', 'the link is wrong or has expired', { subject: 'signature' })
      }
    },
    async handle({ params: { id = '' }, http }) {
      const { mediaType, bytes } = await documentBytes(id)
      return {
        kind: 'other',
        send: (response) => sendBytes(http, response, { etag: `"${id}"`, mediaType, bytes }),
      }
    },
  }),
]

interface Content {
  /** Strong: an id stands for the same bytes for ever. */
  readonly etag: string
  readonly mediaType: string
  readonly bytes: Buffer
}

/** RFC 9110, sections 13 and 14. Several ranges at once are answered with the whole. */
function sendBytes(request: Request, response: Response, { etag, mediaType, bytes }: Content): void {
  response
    .set('ETag', etag)
    .set('Accept-Ranges', 'bytes')
    .set('Cache-Control', 'private, max-age=3600')
    .set('Content-Type', mediaType)
  if (isKnown(request.headers['if-none-match'], etag)) {
    response.removeHeader('Content-Type')
    response.status(304).end()
    return
  }
  const range = wantedRange(request, bytes.length, etag)
  if (range === 'unsatisfiable') {
    response.removeHeader('Content-Type')
    response.status(416).set('Content-Range', `bytes */${bytes.length}`).set('Content-Length', '0').end()
    return
  }
  const part = range === null ? bytes : bytes.subarray(range.start, range.end + 1)
  if (range !== null) {
    response.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${bytes.length}`)
  }
  response.set('Content-Length', String(part.length)).end(part)
}

function isKnown(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag)
}

function wantedRange(
  request: Request,
  size: number,
  etag: string,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | null {
  // RFC 9110, section 14.2: of GET alone.
  if (request.method !== 'GET') return null
  const condition = request.headers['if-range']
  if (condition !== undefined && condition !== etag) return null
  const ranges = request.range(size, { combine: true })
  if (ranges === -1) return 'unsatisfiable'
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return null
  return ranges[0] ?? null
}
