/** QR codes that the printer draws itself: contracts/thermal.md, sections 6 and 7. */
import type { LayoutContext } from './layout-context.ts'
import type { QrItem } from './receipt-item.ts'
import type { Align } from './text-style.ts'
import { ThermalError } from './thermal-error.ts'

/** What a request or an element asks for; undefined is the default. */
export interface QrRequest {
  readonly value: string
  readonly size: number | undefined
  readonly align: Align
}

const SIZE_MIN = 1
const SIZE_MAX = 16
const SIZE_DEFAULT = 3
const QUIET_MODULES = 4

/** ISO/IEC 18004, table 7: bytes that versions 1 to 40 hold at level L. */
const BYTES_BY_VERSION = [
  17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858, 929, 1003,
  1091, 1171, 1273, 1367, 1465, 1528, 1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431, 2563, 2699, 2809, 2953,
] as const
const BYTES_MAX = 2953

/** An empty one prints nothing. Throws ThermalError for more bytes than a QR code can hold. */
export function layoutQr(context: LayoutContext, request: QrRequest): readonly QrItem[] {
  const data = Buffer.from(request.value)
  if (data.length === 0) return []
  if (data.length > BYTES_MAX) throw new ThermalError(`the value has more than ${BYTES_MAX} bytes`)
  const wanted = Math.min(SIZE_MAX, Math.max(SIZE_MIN, Math.round(request.size ?? SIZE_DEFAULT)))
  const modules = qrModules(data.length)
  context.symbols.countQr(request.value, modules)
  const size = Math.min(wanted, Math.floor(context.paper.widthDots / modules))
  const feeds = Math.ceil((QUIET_MODULES * size) / context.lineSpacingDots)
  return [{ kind: 'qr', align: request.align, data, size, feeds }]
}

/** Modules a side, in byte mode. A printer that finds a denser mode needs no more. */
export function qrModules(bytes: number): number {
  const version = BYTES_BY_VERSION.findIndex((capacity) => bytes <= capacity) + 1
  return 17 + 4 * version
}
