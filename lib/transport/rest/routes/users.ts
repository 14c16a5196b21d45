import { type ListParameters, listParameters } from '../../../../schemas/list-query.ts'
import {
  createdUserAnswer,
  type UserCreateBody,
  type UserUpdateBody,
  userAnswer,
  userCreateBody,
  userUpdateBody,
} from '../../../../schemas/user.ts'
import type { UserChange } from '../../../access/user.ts'
import type { UsersService } from '../../../access/users-service.ts'
import { listAnswer, type Noun, resourceAnswer } from '../rest-answer.ts'
import { toListQuery } from '../rest-query.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { userView } from '../views/user-view.ts'

const NOUN: Noun = { one: 'user', many: 'users' }
const PATH = '/v1/users'
const TAG = 'Users'

/** Users: contracts/running.md, "Administration". */
export const userRoutes = (users: UsersService): readonly RestRoute[] => [
  ...readingRoutes(users),
  ...writingRoutes(users),
]

const readingRoutes = (users: UsersService): readonly RestRoute[] => [
  defineRoute<unknown, ListParameters>({
    method: 'GET',
    path: PATH,
    scope: 'users:read',
    summary: 'List users',
    tag: TAG,
    query: listParameters,
    answer: { status: 200, schema: userAnswer, isList: true },
    async handle({ caller, query }) {
      const list = toListQuery(query)
      return listAnswer(NOUN, { page: await users.list(caller, list), list, view: userView })
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id`,
    scope: 'users:read',
    summary: 'Retrieve a user',
    tag: TAG,
    answer: { status: 200, schema: userAnswer },
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'retrieved', userView(await users.get(caller, id)))
    },
  }),
]

const writingRoutes = (users: UsersService): readonly RestRoute[] => [
  defineRoute<UserCreateBody>({
    method: 'POST',
    path: PATH,
    scope: 'users:write',
    summary: 'Create a user',
    description: 'Users of the RPC interface and of the pages. Username and API key are what `login` takes.',
    tag: TAG,
    body: userCreateBody,
    answer: { status: 201, schema: createdUserAnswer },
    refusals: ['not_found', 'location_access', 'already_exists'],
    async handle({ caller, body }) {
      const { user, apiKey } = await users.create(caller, {
        username: body.username,
        role: body.role,
        ...placesOf(body),
      })
      return resourceAnswer(NOUN, 'created', { ...userView(user), api_key: apiKey })
    },
  }),
  defineRoute<UserUpdateBody>({
    method: 'POST',
    path: `${PATH}/:id`,
    scope: 'users:write',
    summary: 'Update a user',
    description:
      'What is not named stays. A disabled user can do nothing, and the sessions end at once. Another role than merchant takes the merchant away.',
    tag: TAG,
    body: userUpdateBody,
    answer: { status: 200, schema: userAnswer },
    refusals: ['already_exists'],
    async handle({ caller, params: { id = '' }, body }) {
      const { username, role, disabled: isDisabled } = body
      const change = { username, role, isDisabled, ...placesOf(body) }
      return resourceAnswer(NOUN, 'updated', userView(await users.update(caller, id, change)))
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: `${PATH}/:id`,
    scope: 'users:write',
    summary: 'Delete a user',
    description: 'The sessions end at once, and the username is free again.',
    tag: TAG,
    answer: { status: 200, schema: userAnswer },
    refusals: ['validation_error'],
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'deleted', userView(await users.delete(caller, id)))
    },
  }),
]

function placesOf({
  merchant_id: merchantId,
  location_id: locationId,
}: UserUpdateBody): Pick<UserChange, 'merchantId' | 'locationId'> {
  return { merchantId, locationId }
}
