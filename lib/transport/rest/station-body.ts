import {
  type ConnectionBody,
  connectionBody,
  type PrinterBody,
  THERMAL_MEMBERS,
} from '../../../schemas/printer.ts'
import { type StationBody, stationCreateBody, stationUpdateBody } from '../../../schemas/station.ts'
import { InvalidError } from '../../errors.ts'
import { isJsonObject } from '../../json-object.ts'
import type { PrinterDraft } from '../../printers/new-station.ts'
import type { NewPrinter, NewStation, StationChange } from '../../printers/printer.ts'
import { createValidator, type Validator } from './rest-validation.ts'

type Given = Readonly<Record<string, unknown>>
/** What no schema can say of printers: lib/printers/new-station.ts. */
type PrinterErrors = (printers: readonly PrinterDraft[]) => readonly string[]

const validateNew = createValidator(stationCreateBody, 'body')
const validateChange = createValidator(stationUpdateBody, 'body')
const validateConnection = createValidator(connectionBody, 'connection')

/** Throws InvalidError with every failing property in `errors`. */
export function readNewStation(body: Given, printerErrors: PrinterErrors): NewStation {
  const { name = '', location_id: locationId = '' } = assertValid(body, validateNew, printerErrors)
  return { ...toStation(body as StationBody), name, locationId }
}

/** Likewise. */
export function readStationChange(body: Given, printerErrors: PrinterErrors): StationChange {
  return toStation(assertValid(body, validateChange, printerErrors))
}

function assertValid(body: Given, validate: Validator, printerErrors: PrinterErrors): StationBody {
  const { printers } = body
  const drafts = Array.isArray(printers) ? printers.map(toDraft) : []
  const errors = [...validate(body), ...printerErrors(drafts)]
  const [first] = errors
  if (first !== undefined) throw new InvalidError(null, 'invalid', first, { errors })
  return body as StationBody
}

/** The members that have their form, so that what is wrong with them is told beside what is wrong with the others. */
function toDraft(given: unknown): PrinterDraft {
  const { name, page_size: pageSize, configuration, connection } = membersOf(given)
  const { thermal } = membersOf(configuration)
  return {
    ...(typeof name === 'string' && { name }),
    ...(isJsonObject(pageSize) && { pageSizes: Object.keys(pageSize) }),
    ...(isJsonObject(thermal) && { configuration: { thermal: thermalOf(thermal) } }),
    ...(isJsonObject(connection) &&
      validateConnection(connection).length === 0 && {
        connection: toConnection(connection as unknown as ConnectionBody),
      }),
  }
}

function toStation(body: StationBody): StationChange {
  return given({
    name: body.name,
    locationId: body.location_id,
    displayName: body.display_name,
    code: body.code,
    status: body.status,
    deviceToken: body.device_token,
    allowAllUsers: body.allow_all_users,
    allowedUsers: body.allowed_users && [...new Set(body.allowed_users.map(idOf))],
    isPoolingEnabled: body.configuration?.pooling_enabled,
    printers: body.printers?.map(toPrinter),
  })
}

/** Without the members that weren't sent. */
function given<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const sent = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(sent) as { [Name in keyof T]?: Exclude<T[Name], undefined> }
}

function idOf(user: string | { readonly id: string }): string {
  return typeof user === 'string' ? user : user.id
}

function toPrinter({ name, configuration = {}, ...body }: PrinterBody): NewPrinter {
  return {
    name,
    ...given({
      model: body.model,
      code: body.code,
      pool: body.pool,
      status: body.status,
      hasColor: configuration.color_print,
      hasDuplex: configuration.double_sided,
      orientations: configuration.orientations && [...new Set(configuration.orientations)],
      priority: configuration.priority,
      pageSizes: body.page_size && trueKeys(body.page_size),
      connection: body.connection && toConnection(body.connection),
    }),
    configuration: toConfiguration(configuration),
  }
}

function toConfiguration({
  dpi,
  speed,
  spooling,
  port,
  type,
  thermal,
  zpl_graphics: zplGraphics,
}: NonNullable<PrinterBody['configuration']>): NonNullable<NewPrinter['configuration']> {
  return given({ dpi, speed, spooling, port, type, thermal: thermal && thermalOf(thermal), zplGraphics })
}

function trueKeys(members: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(members).flatMap(([key, isTrue]) => (isTrue ? [key] : []))
}

function thermalOf(thermal: Given): Given {
  return Object.fromEntries(
    THERMAL_MEMBERS.flatMap((name) => (thermal[name] === undefined ? [] : [[name, thermal[name]]])),
  )
}

/** Members of other types are ignored, as unknown ones are. */
function toConnection(body: ConnectionBody): NonNullable<NewPrinter['connection']> {
  const { type, host = '', port = 0, language = 'raw' } = body
  switch (type) {
    case 'socket':
      return { type, host, port, language }
    case 'ipp':
      return toIppConnection(body)
    case 'virtual':
    case 'station':
      return { type }
  }
}

function toIppConnection({ uri = '', username, password, ca }: ConnectionBody) {
  return { type: 'ipp', uri, ...given({ username, password, ca }) } as const
}

function membersOf(value: unknown): Given {
  return isJsonObject(value) ? value : {}
}
