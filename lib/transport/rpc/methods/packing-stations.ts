import { packingStationsSchema } from '../../../../schemas/packing-stations.ts'
import { listOf, packingStationAnswer } from '../../../../schemas/rpc-answers.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import { defineMethod, PACKING_ROLES } from '../rpc-method.ts'
import { toPackingStationJson } from '../views/packing-station-view.ts'

/** `packing.stations()`: those of the user's location, with their printers. */
export const packingStations = (packing: PackingService) =>
  defineMethod<object>({
    path: 'packing.stations',
    parameters: [],
    required: [],
    roles: PACKING_ROLES,
    schema: packingStationsSchema,
    faults: [],
    summary: 'List the packing stations with the state and the queue of each printer',
    example: {
      params: [],
      result: [
        {
          id: 'prnt_stn_IAZ6ZCykEWYykO2HcYkTwd',
          name: 'Station-001',
          display_name: 'Station-001',
          code: 'STATION_001',
          status: 'online',
          location_id: 'loc_rsRNo0nNtXGTJBaXVzuCgV',
          printers: [
            {
              id: '01a213fb-822f-72ff-9ffc-389ef2cabe49',
              name: 'Laser',
              model: null,
              code: null,
              pool: 'LASER',
              status: 'online',
              paused: false,
              state_reasons: [],
              queue_depth: 0,
            },
          ],
        },
      ],
    },
    result: listOf(packingStationAnswer),
    async call(_args, caller) {
      return (await packing.stations(caller)).map(toPackingStationJson)
    },
  })
