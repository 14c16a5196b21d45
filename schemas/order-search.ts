export { type SearchArgs as OrderSearchArgs, searchArgs as orderSearchArgs } from './search-arguments.ts'
