import { type PackageSearchArgs, packageSearchArgs } from '../../../../schemas/package-search.ts'
import { listOf, packageAnswer } from '../../../../schemas/rpc-answers.ts'
import { describeSearch } from '../../../../schemas/search-arguments.ts'
import type { OrdersService } from '../../../orders/orders-service.ts'
import { PACKAGE_SEARCH_FIELDS } from '../../../orders/search.ts'
import { readSearch } from '../../../orders/search-options.ts'
import { PACKAGE_EXAMPLE } from '../method-examples.ts'
import { defineMethod, EVERY_ROLE, type ResourceMethod } from '../rpc-method.ts'
import { selectFields } from '../views/field-selection.ts'
import { PACKAGE_FIELDS, packageView } from '../views/package-view.ts'

/** `package.search(filters, options, fields)` answers one page of packages: contracts/rpc.md, section 10; fault 101. */
export const packageSearch = (orders: OrdersService): ResourceMethod =>
  defineMethod<PackageSearchArgs>({
    path: 'package.search',
    parameters: ['filters', 'options', 'fields'],
    required: [],
    roles: EVERY_ROLE,
    schema: packageSearchArgs,
    argumentSchemas: describeSearch(PACKAGE_SEARCH_FIELDS),
    summary: 'Search packages',
    example: { params: [{ package_status: 'packing' }, { limit: 1 }], result: [PACKAGE_EXAMPLE] },
    result: listOf(packageAnswer),
    async call({ fields, ...given }, caller) {
      const selected = selectFields(PACKAGE_FIELDS, fields)
      const found = await orders.searchPackages(caller, readSearch(PACKAGE_SEARCH_FIELDS, given))
      return found.map((pack) => packageView(pack, selected))
    },
  })
