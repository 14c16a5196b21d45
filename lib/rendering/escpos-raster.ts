import { cut, FEED_BEFORE_CUT, pictureHeader } from '../thermal/escpos-commands.ts'
import { sliceRaster } from '../thermal/raster.ts'
import type { Cut } from '../thermal/thermal-settings.ts'
import type { Bitmap } from './bitmap.ts'

/** Many printers hold no more of a picture at once. */
const BAND_ROWS_MAX = 255
const INITIALIZE = '\x1b@'

/** Pages from a roll, each cut off as the printer is set. Pure. */
export function toEscpos(pages: readonly Bitmap[], how: Cut): Buffer {
  return Buffer.concat(
    pages.flatMap((page) => [
      Buffer.from(INITIALIZE, 'latin1'),
      ...sliceRaster(page, BAND_ROWS_MAX).flatMap(({ widthBytes, heightDots, bits }) => [
        Buffer.from(pictureHeader(widthBytes, heightDots), 'latin1'),
        bits,
      ]),
      Buffer.from(FEED_BEFORE_CUT + cut(how), 'latin1'),
    ]),
  )
}
