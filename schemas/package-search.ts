export { type SearchArgs as PackageSearchArgs, searchArgs as packageSearchArgs } from './search-arguments.ts'
