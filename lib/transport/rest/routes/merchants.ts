import { type ListParameters, listParameters } from '../../../../schemas/list-query.ts'
import {
  type MerchantCreateBody,
  type MerchantUpdateBody,
  merchantAnswer,
  merchantCreateBody,
  merchantUpdateBody,
} from '../../../../schemas/merchant.ts'
import type { MerchantsService } from '../../../access/merchants-service.ts'
import { listAnswer, type Noun, resourceAnswer } from '../rest-answer.ts'
import { toListQuery } from '../rest-query.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { merchantView } from '../views/merchant-view.ts'

const NOUN: Noun = { one: 'merchant', many: 'merchants' }
const PATH = '/v1/merchants'
const TAG = 'Merchants'

/** Merchants: contracts/running.md, "Administration". */
export const merchantRoutes = (merchants: MerchantsService): readonly RestRoute[] => [
  ...readingRoutes(merchants),
  ...writingRoutes(merchants),
]

const readingRoutes = (merchants: MerchantsService): readonly RestRoute[] => [
  defineRoute<unknown, ListParameters>({
    method: 'GET',
    path: PATH,
    scope: 'merchants:read',
    summary: 'List merchants',
    tag: TAG,
    query: listParameters,
    answer: { status: 200, schema: merchantAnswer, isList: true },
    async handle({ caller, query }) {
      const list = toListQuery(query)
      return listAnswer(NOUN, { page: await merchants.list(caller, list), list, view: merchantView })
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id`,
    scope: 'merchants:read',
    summary: 'Retrieve a merchant',
    tag: TAG,
    answer: { status: 200, schema: merchantAnswer },
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'retrieved', merchantView(await merchants.get(caller, id)))
    },
  }),
]

const writingRoutes = (merchants: MerchantsService): readonly RestRoute[] => [
  defineRoute<MerchantCreateBody>({
    method: 'POST',
    path: PATH,
    scope: 'merchants:write',
    summary: 'Create a merchant',
    tag: TAG,
    body: merchantCreateBody,
    answer: { status: 201, schema: merchantAnswer },
    refusals: ['location_access', 'already_exists'],
    async handle({ caller, body }) {
      return resourceAnswer(NOUN, 'created', merchantView(await merchants.create(caller, body)))
    },
  }),
  defineRoute<MerchantUpdateBody>({
    method: 'POST',
    path: `${PATH}/:id`,
    scope: 'merchants:write',
    summary: 'Update a merchant',
    description: 'What is not named stays.',
    tag: TAG,
    body: merchantUpdateBody,
    answer: { status: 200, schema: merchantAnswer },
    refusals: ['already_exists'],
    async handle({ caller, params: { id = '' }, body }) {
      return resourceAnswer(NOUN, 'updated', merchantView(await merchants.update(caller, id, body)))
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: `${PATH}/:id`,
    scope: 'merchants:write',
    summary: 'Delete a merchant',
    description: 'Refused while the merchant has users, orders or print jobs.',
    tag: TAG,
    answer: { status: 200, schema: merchantAnswer },
    refusals: ['validation_error'],
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'deleted', merchantView(await merchants.delete(caller, id)))
    },
  }),
]
