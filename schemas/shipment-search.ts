export {
  type SearchArgs as ShipmentSearchArgs,
  searchArgs as shipmentSearchArgs,
} from './search-arguments.ts'
