import {
  type ThermalTemplateQuery,
  thermalPreviewBody,
  thermalTemplateAnswer,
  thermalTemplateBody,
  thermalTemplateQuery,
} from '../../../../schemas/thermal.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../../services.ts'
import { MessageError } from '../../../thermal/sent-message.ts'
import type { TemplateReport } from '../../../thermal/templates-service.ts'
import { type Noun, type RestAnswer, resourceAnswer } from '../rest-answer.ts'
import { invalidRequest, notJson } from '../rest-refusal.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { thermalTemplateView } from '../views/thermal-template-view.ts'

const NOUN: Noun = { one: 'template', many: 'templates' }
const PATH = '/v1/thermal/templates'
const TAG = 'Thermal printing'
/** 16 MiB: pictures come along. */
const PREVIEW_BYTES_MAX = 16_777_216
/** A template of 1 MiB with what its envelope adds. */
const TEMPLATE_BYTES_MAX = 1_114_112

type ThermalServices = Pick<Services, 'receipts' | 'templates'>

/** Templates of receipts: contracts/thermal.md, section 9. */
export const thermalRoutes = (services: ThermalServices): readonly RestRoute[] => [
  ...readingRoutes(services),
  ...writingRoutes(services),
]

const readingRoutes = ({ receipts, templates }: ThermalServices): readonly RestRoute[] => [
  defineRoute({
    method: 'GET',
    path: PATH,
    scope: 'thermal:read',
    summary: 'List the templates of receipts',
    description: 'All types with a template, the defaults too, by name.',
    tag: TAG,
    answer: { status: 200, schema: thermalTemplateAnswer, isList: true, isPaged: false },
    async handle() {
      const reports = await templates.list()
      return {
        kind: 'json',
        status: 200,
        message: `${reports.length} templates retrieved`,
        data: reports.map(thermalTemplateView),
        keepsDigits: true,
        pagination: null,
        events: [],
      }
    },
  }),
  defineRoute<unknown, ThermalTemplateQuery>({
    method: 'GET',
    path: `${PATH}/:document_type`,
    scope: 'thermal:read',
    summary: 'Retrieve a template',
    tag: TAG,
    query: thermalTemplateQuery,
    answer: { status: 200, schema: thermalTemplateAnswer },
    async handle({ params: { document_type: documentType = '' }, query: { version, language } }) {
      const report = await templates.get(documentType, {
        ...(version !== undefined && { version }),
        ...(language !== undefined && { language }),
      })
      return templateAnswer('retrieved', report)
    },
  }),
  defineRoute({
    method: 'POST',
    path: `${PATH}/:document_type/preview`,
    scope: 'thermal:read',
    summary: 'Draw a receipt',
    description: 'Dot for dot as it would be printed, 576 or 384 wide. Nothing is printed.',
    tag: TAG,
    body: thermalPreviewBody,
    bodyBytesMax: PREVIEW_BYTES_MAX,
    takesText: true,
    answer: { status: 200, mediaType: 'image/png', description: 'the receipt' },
    async handle({ caller, params: { document_type: documentType = '' }, bodyText }) {
      const message = await receipts.open(bodyText).catch(refusedBody)
      const picture = await receipts.preview(caller, documentType, message)
      if (!picture) throw new NotFoundError('template', documentType)
      return {
        kind: 'other',
        send: (response) => void response.set('Cache-Control', 'no-store').type('image/png').end(picture),
      }
    },
  }),
]

const writingRoutes = ({ receipts, templates }: ThermalServices): readonly RestRoute[] => [
  defineRoute({
    method: 'POST',
    path: PATH,
    scope: 'thermal:write',
    summary: 'Store a template',
    description: 'As the next version of its type. The next message prints with it.',
    tag: TAG,
    body: thermalTemplateBody,
    bodyBytesMax: TEMPLATE_BYTES_MAX,
    answer: { status: 201, schema: thermalTemplateAnswer },
    async handle({ caller, bodyText }) {
      const message = await receipts.open(bodyText)
      const { documentType, version } = await templates.update(message, 'template', caller.id)
      return templateAnswer('created', await templates.get(documentType, { version }))
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: `${PATH}/:document_type`,
    scope: 'thermal:write',
    summary: 'Go back to the default template',
    description: 'The versions stay readable. A type without a default is unknown then.',
    tag: TAG,
    answer: { status: 200, schema: thermalTemplateAnswer },
    async handle({ params: { document_type: documentType = '' } }) {
      return templateAnswer('deleted', await templates.remove(documentType))
    },
  }),
]

/** What is stored next may be what was read here: `10.50` stays `10.50`. */
function templateAnswer(verb: 'created' | 'retrieved' | 'deleted', report: TemplateReport): RestAnswer {
  return { ...resourceAnswer(NOUN, verb, thermalTemplateView(report)), keepsDigits: true }
}

/** In the words of this interface. */
function refusedBody(error: unknown): never {
  if (!(error instanceof MessageError)) throw error
  throw error.fault === 'syntax' ? notJson() : invalidRequest(['body must be an object'])
}
